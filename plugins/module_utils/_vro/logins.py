# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to log in to an orchestrator, and finding out which one a server takes (contract vro-api.md, 2)."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._http import Http, HttpError
from .._plan import InputError
from .._sessions import Session

AUTO, BASIC, ARIA, VCF, TOKEN = "auto", "basic", "aria", "vcf", "token"
JSON = "application/json"
USERS = "vco/api/users"
_SYSTEM_DOMAIN = "system domain"
OTHER_PRODUCT = "This is no orchestrator: vro_url may be the address of another product."
_OTHER_WAY = "Or does this server take another way to log in? vro_login auto finds out which."


@dataclass(frozen=True)
class Credentials:
    """What a task has to log in with. `given` is the token of somebody else's session."""

    user: str = ""
    password: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    given: str = field(default="", repr=False)

    @property
    def secret(self) -> str:
        """What makes this login that of no other task."""
        return self.given or self.refresh_token or self.password

    @property
    def encoded(self) -> str:
        """User and password as the header carries them."""
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    @property
    def basic(self) -> str:
        """The value of the header Authorization, for a login with user and password."""
        return f"Basic {self.encoded}"

    @property
    def secrets(self) -> list[str]:
        """What no message may show."""
        return [each for each in (self.password, self.refresh_token, self.given, self.encoded) if each]


@dataclass(frozen=True)
class LoginPlace:
    """Where logins go (`at`), and the server itself (`server`), most often the same."""

    at: Http
    server: Http


def read_credentials(params: Mapping[str, Any]) -> Credentials:
    """The credentials of a task. Raises InputError where there are none, or one that cannot be."""
    if params.get("vro_token"):
        return Credentials(given=str(params["vro_token"]))
    if params.get("vro_refresh_token"):
        if params.get("vro_login") not in (AUTO, ARIA, None):
            raise InputError(f"vro_refresh_token is for vro_login aria, and vro_login is {params['vro_login']}")
        return Credentials(refresh_token=str(params["vro_refresh_token"]))
    user, password = params.get("vro_user"), params.get("vro_password")
    if not (user and password):
        raise InputError(
            "no credentials: set vro_user and vro_password (environment VRO_USER, VRO_PASSWORD), or vro_refresh_token, "
            "or vro_token"
        )
    if ":" in str(user):
        raise InputError(f"vro_user is {user!r}: a colon cannot be part of it")
    return Credentials(str(user), str(password))


def find_out(http: Http, params: Mapping[str, Any], credentials: Credentials) -> str:
    """The way to log in: what the task says, else what the server asks for when nobody is logged in.

    Nothing secret is sent for that. Raises InputError for a user that this way does not take, HttpError.
    """
    if credentials.given:
        return TOKEN
    if credentials.refresh_token:
        return ARIA
    way = str(params.get("vro_login") or AUTO)
    if way == AUTO:
        way = _asked_for(http)
    if way == VCF and not all(credentials.user.rpartition("@")[::2]):
        raise InputError(
            f"vro_user is {credentials.user!r}: this server takes user@organization; a provider's is admin@system"
        )
    return way


def _asked_for(http: Http) -> str:
    """What a request without a login is answered with: a challenge for a password, for a token, or none at all."""
    try:
        http.request("GET", USERS, headers={"Accept": JSON})
    except HttpError as problem:
        if problem.status == 404:
            problem.advice = OTHER_PRODUCT
        if problem.status != 401:
            raise
        challenge = str(problem.headers.get("WWW-Authenticate") or "").lower()
        if "basic" in challenge:
            return BASIC
        return ARIA if "bearer" in challenge else VCF
    raise InputError("this server answers without a login, so which way to log in cannot be found out: set vro_login")


def open_session(place: LoginPlace, way: str, credentials: Credentials) -> Session:
    """Log in. The session has no facts yet, and no token where user and password go with every request."""
    transport = place.at.transport
    if way == TOKEN:
        return Session(place.server.transport, credentials.given, {}, None)
    if way == BASIC:
        return Session(place.server.transport, "", {}, None)
    if way == ARIA:
        refresh = credentials.refresh_token or _aria_refresh_token(place.at, credentials)
        place.at.hide(refresh)
        try:
            answer = place.at.json(
                "POST", "iaas/api/login", document={"refreshToken": refresh}, headers={"Accept": JSON}, repeatable=True
            )
        except HttpError as problem:
            if credentials.refresh_token and problem.status in (400, 401, 403, 404):
                problem.advice = (
                    "Check vro_refresh_token: it is an API token of vRealize or Aria Automation 8 that has not "
                    "expired, and other releases take none."
                )
            raise
        return Session(transport, _told(place.at, "iaas/api/login", answer, "token"), {}, None)
    return _vcf_session(place.at, credentials)


def _told(http: Http, path: str, answer: Any, name: str) -> str:
    token = answer.get(name) if isinstance(answer, dict) else None
    if not token:
        text = f"a login without {name}; is this the right product?"
        raise HttpError("body", "POST", http.endpoint, f"/{path}", status=200, message=text)
    return str(token)


def _aria_refresh_token(http: Http, credentials: Credentials) -> str:
    """The first of the two steps. The bare word in the query asks for an API token instead of one for the UI."""
    user, at, domain = credentials.user.rpartition("@")
    body = {"username": user if at else domain, "password": credentials.password, **({"domain": domain} if at else {})}
    places = ["csp/gateway/am/api/login"]
    if at and domain.lower() != _SYSTEM_DOMAIN:
        places.append("csp/gateway/am/idp/auth/login")  # users of a directory
    for last, path in enumerate(places, 1):
        try:
            answer = http.json("POST", f"{path}?access_token", document=body, headers={"Accept": JSON}, repeatable=True)
        except HttpError as problem:
            if problem.status in (400, 401) and last < len(places):
                continue
            if problem.status in (400, 401, 403):
                problem.advice = (
                    "Check vro_user and vro_password; a user of a directory is written as user@domain, a local one "
                    f"without a domain. {_OTHER_WAY}"
                )
            raise
        return _told(http, path, answer, "refresh_token")
    raise AssertionError("unreachable: the last place returns or raises")


def _vcf_session(http: Http, credentials: Credentials) -> Session:
    try:
        offered = http.request("GET", "api/versions", headers={"Accept": JSON}).body
    except HttpError as problem:
        if problem.status in (401, 403, 404):
            problem.advice = (
                "This is no VCF Automation, which tells its versions to everybody: vro_url may be the address of "
                "another product, or vro_login may be wrong; auto finds out which."
            )
        raise
    version = "9.1.0" if re.search(rb"(?<![\d.])9\.1\.0(?![\d.])", offered) else "9.0.0"
    media = f"{JSON};version={version}"
    provider = credentials.user.rpartition("@")[2].lower() == "system"
    path = "cloudapi/1.0.0/sessions" + "/provider" * provider
    headers = {"Accept": media, "Content-Type": media, "Authorization": credentials.basic}
    try:
        reply = http.request("POST", path, headers=headers)
    except HttpError as problem:
        if problem.status in (401, 403):
            problem.advice = "Check vro_user, written as user@organization, and vro_password."
        raise
    token = reply.headers.get("x-vmware-vcloud-access-token")
    answer = {"header x-vmware-vcloud-access-token": token}
    found = _told(http, path, answer, "header x-vmware-vcloud-access-token")
    leaving = {"Accept": media, "Authorization": f"Bearer {found}"}
    return Session(http.transport, found, {}, ("DELETE", "cloudapi/1.0.0/sessions/current", leaving))
