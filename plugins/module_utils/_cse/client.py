# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of the Container Service Extension behind one vCloud Director: which release it is, and calls of `/api/cse`.

The vCD authenticates the caller and hands the call on (contract cse-api.md, 1.2, 1.3, 2.1 and 2.3). Releases of 4.x
have no calls: there the vCD's own client, `api`, is all that is needed.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator, Mapping
from typing import Any

from .._http import HttpError
from .._plan import InputError
from .._vcd import client as vcd
from .._vcd import entity_types, sessions
from .._vcd.client import AUTHORIZATION, LEGACY_JSON, SHORT_TOKEN, Vcd
from . import errors, releases
from .releases import Release

ROOT = "api/cse"
# Above this API number no CSE is left that takes only one kind of a session's tokens (contract 1.3).
_ONE_KIND_OF_TOKEN = (35, 0)
_SHORT_ONLY = (33, 0)


class NoCse(InputError):
    """There is no Container Service Extension at a vCloud Director, or this user sees none of it."""


class Cse:
    """The CSE of one vCloud Director, whose login it uses; `api` is the client of that."""

    def __init__(self, api: Vcd) -> None:
        """Finds out which release is there. Raises NoCse, InputError for a release that is not known, HttpError."""
        self.api = api
        self._told: tuple[str, dict[str, str]] = ("", {})
        # What a server says of itself in `/api/cse/system`; empty for 4.x.
        self.system: dict[str, Any] = {}
        self._release: Release | None = None
        self._release = self._discover()

    @property
    def release(self) -> Release:
        """Which CSE it is, and how it is spoken to."""
        if self._release is None:
            raise AssertionError("unreachable: nothing asks before it was found out")
        return self._release

    @property
    def endpoint(self) -> str:
        """The address of the vCloud Director."""
        return self.api.endpoint

    @property
    def site(self) -> str | None:
        """The name of its site."""
        return self.api.site

    def acting_with(self, api: Vcd) -> Cse:
        """The same server, with every request made by another client of its vCD (see `Vcd.acting_for`)."""
        other = copy.copy(self)
        other.api = api
        return other

    def _discover(self) -> Release:
        try:
            told = self.get("system")
        except HttpError as problem:
            if problem.status not in (404, 406):
                if problem.status in (401, 403):
                    problem.advice = "The user's role has no access to the Container Service Extension."
                raise
            return self._polled()
        if not isinstance(told, dict):
            raise self.api.unexpected("GET", f"{ROOT}/system", 200, "this is not what CSE says of itself")
        self.system = told
        return releases.of_system(told, self.api.version)

    def _polled(self) -> Release:
        """CSE 4.x, of which a vCD shows nothing but the type of its clusters."""
        registered: list[str] = []
        if self.api.has("defined_entities"):
            asked = {"vendor": "vmware", "nss": "capvcdCluster"}
            found = entity_types.matching(self.api.acting_for(None), entity_types.TYPES, asked)
            registered = [str(one["version"]) for one in found]
        release = releases.of_types(registered)
        if release is None:
            types = f"only capvcdCluster {', '.join(registered)}, of no known release" if registered else "no clusters"
            raise NoCse(
                f"there is no Container Service Extension at {self.endpoint} for {self.api.facts.get('user')}: no "
                f"extension answers at /{ROOT}, and among its entity types are {types}. The provider installs it; a "
                "tenant of CSE 4 needs its rights bundle and the role Kubernetes Cluster Author"
            )
        return release

    # Calls

    def _headers(self) -> dict[str, str]:
        """The headers in which servers of all releases find what they look for; those for 4.x are not asked for.

        Up to 2.5 they know the 32 character token alone, 3.1 in legacy mode the access token alone: a request that
        carries both suits all of them.
        """
        known = self._release
        version = known.api if known and known.api else self.api.version
        headers = vcd.accept(LEGACY_JSON, version)
        token = self.api.token
        short_suffices = self.api.version < _SHORT_ONLY and len(token) == SHORT_TOKEN
        if self.api.version >= _ONE_KIND_OF_TOKEN or short_suffices:
            return headers
        if self._told[0] != token:
            about = sessions.tell(self.api)
            both = {}
            if about["cookie"]:
                both[AUTHORIZATION] = str(about["cookie"])
            if about["access_token"]:
                both["Authorization"] = f"Bearer {about['access_token']}"
            # The telling itself may have renewed an expired login.
            self._told = (self.api.token, both)
        return {**headers, **self._told[1]}

    def request(self, method: str, path: str, *, query: Mapping[str, Any] | None = None, document: Any = None) -> Any:
        """One call below `/api/cse`: the document of its answer, None for an empty one.

        `path` is percent-encoded already; what is None in `query` is left out; a DELETE may have a `document`. An
        expired login is renewed once. Raises HttpError, whose advice says what this server's texts mean.
        """
        place = f"{ROOT}/{path}".rstrip("/")
        asked = {name: value for name, value in (query or {}).items() if value is not None} or None
        for again in (False, True):
            headers = self._headers()
            token = self.api.token
            try:
                reply = self.api.send(method, place, media=LEGACY_JSON, query=asked, document=document, headers=headers)
                break
            except HttpError as problem:
                # The vCD's client has renewed its login, but sent the tokens of the old one along.
                if problem.status == 401 and self.api.token != token and not again:
                    continue
                problem.advice = problem.advice or errors.advice(problem)
                raise
        try:
            if reply.status >= 300:
                raise ValueError(f"it redirects to {reply.headers.get('Location', 'nowhere')}")
            return reply.json()
        except ValueError as problem:
            raise self.api.unexpected(method, place, reply.status, f"no JSON: {problem}") from problem

    def get(self, path: str, **query: Any) -> Any:
        """GET a document below `/api/cse`."""
        return self.request("GET", path, query=query)


@contextlib.contextmanager
def connect(params: Mapping[str, Any]) -> Iterator[Cse]:
    """The CSE behind the vCloud Director that the connection options name; see `_vcd.client.connect`."""
    with vcd.connect(params) as api:
        yield Cse(api)
