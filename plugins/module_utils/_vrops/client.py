# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of one vRealize Operations: tokens, requests, lists in pages (contract vrops-docker-api.md, A1 to A7)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from .._address import read_address, transport
from .._http import Http, HttpError, Reply, Transport, generic_error
from .._plan import InputError
from .._sessions import Login, Session, Store, in_session, store

API = "suite-api/api"
PAGE = 1000
_FAMILIES = ("/suite-api/api", "/suite-api", "/ui")
_ACCEPT = {"Accept": "application/json"}  # without it 6.x answers XML
_ADDRESS = "Is vrops_url the address of vRealize Operations, and not of another product?"


def connection(params: Mapping[str, Any]) -> Transport:
    """The transport that connection options describe. Raises InputError for an address that is none.

    `/suite-api` or `/ui` at the end is taken off: that is how documents and browsers write the address.
    """
    url = str(params["vrops_url"]).strip()
    for family in _FAMILIES:
        if url.rstrip("/").endswith(family):
            url = url.rstrip("/").removesuffix(family)
            break
    read_address("vrops_url", url, "write it as https://<host>[:port], for example https://vrops.example.com")
    return transport(url, params)


def read_error(reply: Reply) -> tuple[str | None, str]:
    """(code, message) of an error: its sentence, and what a validation found (contract A7)."""
    try:
        document = reply.json()
        failures = document.get("validationFailures") or []
        found = [f"{one['failureMessage']} ({one.get('violationPath') or 'unknown place'})" for one in failures]
        said = " ".join(str(document.get("message") or "").split())
    except (ValueError, AttributeError, KeyError, TypeError):
        return generic_error(reply)
    if not said and not found:
        return generic_error(reply)
    return None, "; ".join(filter(None, [said, *found]))[:500]


def _bearer(token: str) -> dict[str, str]:
    """The header of a token; this scheme is known to every release, `OpsToken` to newer ones alone (contract A2)."""
    return {"Authorization": f"vRealizeOpsToken {token}"}


def segment(text: str) -> str:
    """A key or an id as one part of a path."""
    return quote(text, safe="")


class Vrops:
    """One server, logged in. Safe to use from several threads."""

    def __init__(self, params: Mapping[str, Any], sessions: Store) -> None:
        """Logs in, or finds the login. Raises InputError, HttpError."""
        way = connection(params)
        self.endpoint = way.endpoint
        self._sessions = sessions
        self._given: str | None = params.get("vrops_token") or None
        self._source: str | None = params.get("vrops_auth_source") or None
        if self._given:
            self._login = Login(way, "vrops token", "", self._given)
        else:
            user, password = params.get("vrops_user"), params.get("vrops_password")
            if not (user and password):
                raise InputError(
                    "no credentials: set vrops_user and vrops_password (environment VROPS_USER, VROPS_PASSWORD), or "
                    "vrops_token"
                )
            self._login = Login(way, "vrops", str(user), str(password), (self._source or "",))
        self._http = Http(way, read_error=read_error, secrets=[self._login.secret])
        self._session = sessions.acquire(self._login, self._open)
        self._http.hide(self._session.token)

    @property
    def site(self) -> str | None:
        """The server's host name: it knows no other name of itself."""
        return urlsplit(self.endpoint).hostname

    def hide(self, *secrets: str) -> None:
        """From now on these are blotted out of every message: the password of a credential, say."""
        self._http.hide(*secrets)

    def unexpected(self, method: str, path: str, message: str) -> HttpError:
        """An answer of a shape that this API does not send."""
        sent = method != "GET"
        return HttpError("body", method, self.endpoint, f"/{API}/{path}", status=200, message=message, sent=sent)

    def _open(self) -> Session:
        """Acquire a token, or take the given one. Raises HttpError."""
        if self._given:
            return Session(self._login.transport, self._given, {}, None)
        body = {"username": self._login.user, "password": self._login.secret}
        if self._source:
            body["authSource"] = self._source
        path = f"{API}/auth/token/acquire"
        try:
            answer = self._http.json("POST", path, document=body, headers=_ACCEPT, repeatable=True)
        except HttpError as problem:
            if problem.status == 401:
                source = f"in the source {self._source!r}" if self._source else "among the server's own users"
                problem.advice = (
                    f"Check vrops_user and vrops_password; they were looked for {source}, and vrops_auth_source names "
                    f"another. {_ADDRESS}"
                )
            elif problem.status in (403, 404, 405):
                problem.advice = _ADDRESS
            raise
        token = answer.get("token") if isinstance(answer, dict) else None
        if not token:
            raise self.unexpected("POST", "auth/token/acquire", "no token; is this vRealize Operations?")
        logout = ("POST", f"{API}/auth/token/release", {**_ACCEPT, **_bearer(str(token))})
        return Session(self._login.transport, str(token), {}, logout)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        document: Any = None,
        repeatable: bool = False,
    ) -> Any:
        """One call: the document, None for an empty answer.

        `path` is relative to `/suite-api/api` and already percent-encoded. `repeatable` marks a call that writes
        nothing whatever its method. A token that has expired is acquired again once. Raises HttpError.
        """
        place, asked = f"{API}/{path}", {**(query or {}), "_no_links": "true"}

        def call(session: Session) -> Reply:
            sent = {**_ACCEPT, **_bearer(session.token)}
            return self._http.request(
                method, place, query=asked, document=document, headers=sent, repeatable=repeatable
            )

        reply = in_session(self._session, call, None if self._given else self._renew)
        return self._http.parse(reply, method, place, repeatable=repeatable)

    def _renew(self, stale: Session) -> Session:
        self._session = self._sessions.renew(self._login, stale, self._open)
        self._http.hide(self._session.token)
        return self._session

    def find(self, path: str, **query: Any) -> Any | None:
        """GET a document, None where there is none. Raises HttpError."""
        try:
            return self.request("GET", path, query=query)
        except HttpError as problem:
            if problem.status == 404:
                return None
            raise

    def rows(self, path: str, member: str, **query: Any) -> list[dict[str, Any]]:
        """The list in a member of a document.

        Empty where the server says 404: it does so for a list of adapter instances without any (contract A5), and for
        the kinds of a management pack that is not installed (A3).
        """
        answer = self.find(path, **query)
        found = answer.get(member) if isinstance(answer, dict) else None
        if answer is not None and not isinstance(answer, dict):
            raise self.unexpected("GET", path, f"no list of {member}")
        return [row for row in found or [] if isinstance(row, dict)]

    def pages(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All resources of a list, page after page from zero on (contract A6).

        Raises HttpError of kind body when the list ends before the total that the server itself promises.
        """
        found: list[dict[str, Any]] = []
        number = 0
        while True:
            answer = self.request("GET", path, query={**query, "page": number, "pageSize": PAGE})
            rows = answer.get("resourceList") if isinstance(answer, dict) else None
            if not isinstance(rows, list):
                raise self.unexpected("GET", path, "a page without resourceList")
            found += rows
            total = (answer.get("pageInfo") or {}).get("totalCount")
            if not isinstance(total, int) or len(found) >= total:
                return found
            if not rows:
                raise self.unexpected("GET", path, f"the list ends after {len(found)} of {total}")
            number += 1


@contextlib.contextmanager
def connect(params: Mapping[str, Any]) -> Iterator[Vrops]:
    """A logged-in client for the connection options of a task; its login is shared by the run or ends here."""
    with store() as sessions:
        yield Vrops(params, sessions)
