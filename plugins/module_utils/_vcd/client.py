# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of one vCloud Director: version negotiation, both login families, both API families, paging.

Contract vcd-api.md, 1 and 2; lists 4.1 and 4.5.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from .._address import read_address, transport
from .._http import Http, HttpError, Reply, Transport
from .._plan import InputError
from .._sessions import Login, Session, Store, store
from . import versions
from .documents import child_text, local, named, parse, read_error
from .versions import Version

PAGE = 128
SHORT_TOKEN = 32  # characters; anything else is an access token (contract 2.2)
ACCESS_TOKEN = "X-VMWARE-VCLOUD-ACCESS-TOKEN"
AUTHORIZATION = "x-vcloud-authorization"
JSON, XML, LEGACY_JSON = "application/json", "application/*+xml", "application/*+json"
SESSIONS = "cloudapi/1.0.0/sessions"

Item = TypeVar("Item")


def connection(params: Mapping[str, Any]) -> Transport:
    """The transport that connection options describe. Raises InputError for an address that is none.

    `/api` at the end is taken off: that is how vCloud Availability and older tools write the address.
    """
    url = str(params["vcd_url"]).strip()
    for family in ("/cloudapi", "/api"):
        if url.rstrip("/").endswith(family):
            url = url.rstrip("/").removesuffix(family)
    read_address("vcd_url", url, "write it as https://<host>[:port], for example https://vcd.example.com")
    return transport(url, params)


def credentials(params: Mapping[str, Any]) -> tuple[str, str, str]:
    """(user, organization, password) from the connection options; the last `@` separates. Raises InputError."""
    name, password = params.get("vcd_user"), params.get("vcd_password")
    if not (name and password):
        raise InputError(
            "no credentials: set vcd_user and vcd_password (environment VCD_USER, VCD_PASSWORD), or vcd_token"
        )
    user, _at, org = str(name).rpartition("@")
    if not user or not org:
        raise InputError(
            f"vcd_user is {name!r}: write it as user@organization; a provider's administrator is administrator@system"
        )
    if ":" in user or ":" in org:
        raise InputError(f"vcd_user is {name!r}: a colon cannot be part of it")
    return user, ("system" if org.lower() == "system" else org), str(password)


def authorization(token: str) -> dict[str, str]:
    """The header that carries a session's token (contract 2.2)."""
    return {AUTHORIZATION: token} if len(token) == SHORT_TOKEN else {"Authorization": f"Bearer {token}"}


def accept(media: str, version: Version) -> dict[str, str]:
    """The Accept header for a notation in an API number."""
    return {"Accept": f"{media};version={versions.text(version)}"}


class Vcd:
    """One server, logged in. Safe to use from several threads."""

    def __init__(self, params: Mapping[str, Any], sessions: Store) -> None:
        """Logs in, or finds the login. Raises InputError, HttpError."""
        transport = connection(params)
        self.endpoint = transport.endpoint
        self._sessions = sessions
        self._pin = versions.pinned(params.get("vcd_api_version"))
        self._given: str | None = params.get("vcd_token") or None
        self._org, self._basic = "", ""
        # A pinned version is part of the login: the session remembers the version that it was made with.
        extra = (versions.text(self._pin),) if self._pin else ()
        if self._given:
            self._login = Login(transport, "token", "", self._given, extra)
        else:
            user, self._org, password = credentials(params)
            self._basic = base64.b64encode(f"{user}@{self._org}:{password}".encode()).decode()
            self._login = Login(transport, "basic", f"{user}@{self._org}", password, extra)
        self._http = Http(transport, read_error=read_error, secrets=[self._login.secret, self._basic])
        self._session = sessions.acquire(self._login, self._open)
        self._http.hide(self._session.token)

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the login told: api_version, site, org, user (the last three None where it did not)."""
        return self._session.facts

    @property
    def version(self) -> Version:
        """The API number that is spoken, chosen at the login."""
        return versions.number(self.facts["api_version"])

    @property
    def site(self) -> str | None:
        """The site's name as the login told it, else the server's host name."""
        return self.facts.get("site") or urlsplit(self.endpoint).hostname

    def has(self, feature: str) -> bool:
        """True if the API number that is spoken has the feature (see versions.py)."""
        return versions.has(self.version, feature)

    # Logging in

    def _unexpected(self, method: str, path: str, status: int, message: str) -> HttpError:
        """An answer of a shape that this API does not send."""
        return HttpError("body", method, self.endpoint, f"/{path}", status=status, message=message, sent=True)

    def _negotiate(self) -> Version:
        """Ask what the server offers, without a login, and choose. Raises InputError, HttpError."""
        reply = self._http.request("GET", "api/versions", headers={"Accept": XML})
        try:
            offered = versions.offers(reply.body)
        except ValueError as problem:
            raise self._unexpected("GET", "api/versions", reply.status, f"no list of versions: {problem}") from problem
        return versions.choose(offered, self._pin, short_token=len(self._given or "") == SHORT_TOKEN)

    def _open(self) -> Session:
        """Choose the version, then log in at the address that goes with it, or look at the given session."""
        version = self._negotiate()
        if self._given:
            current = versions.has(version, "openapi_current_session")
            path, media = (f"{SESSIONS}/current", JSON) if current else ("api/session", XML)
            reply = self._http.request("GET", path, headers={**accept(media, version), **authorization(self._given)})
            return Session(self._login.transport, self._given, self._about(version, reply), None)
        if versions.has(version, "openapi_login"):
            path, media = (f"{SESSIONS}/provider" if self._org == "system" else SESSIONS), JSON
        else:
            path, media = "api/sessions", XML
        headers = {**accept(media, version), "Authorization": f"Basic {self._basic}"}
        reply = self._http.request("POST", path, headers=headers)
        token = reply.headers.get(ACCESS_TOKEN) or reply.headers.get(AUTHORIZATION)
        if not token:
            raise self._unexpected(
                "POST", path, reply.status, f"a login without the header {ACCESS_TOKEN}; is this vCloud Director?"
            )
        if versions.has(version, "openapi_logout"):
            path, media = f"{SESSIONS}/current", JSON
        else:
            path, media = "api/session", XML
        logout = ("DELETE", path, {**accept(media, version), **authorization(token)})
        return Session(self._login.transport, token, self._about(version, reply), logout)

    @staticmethod
    def _about(version: Version, reply: Reply) -> dict[str, Any]:
        """What the Session document of either family tells. One that cannot be read costs only the site's name."""
        facts: dict[str, Any] = {"api_version": versions.text(version), "site": None, "org": None, "user": None}
        try:
            if reply.body.lstrip().startswith(b"<"):
                facts.update(_read_xml_session(parse(reply.body)))
            else:
                document = reply.json()
                facts.update({name: document[name]["name"] for name in ("site", "org", "user")})
        except (ValueError, KeyError, TypeError):
            pass
        return facts

    # Requests

    def send(
        self,
        method: str,
        path: str,
        *,
        media: str,
        query: Mapping[str, Any] | None = None,
        document: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One call in a notation (`media`, without version), with the reply as it came: for bytes, links, locations.

        An expired login is renewed once. Raises HttpError.
        """
        for fresh in (False, True):
            session = self._session
            sent = {**accept(media, self.version), **authorization(session.token), **(headers or {})}
            try:
                return self._http.request(method, path, query=query, document=document, data=data, headers=sent)
            except HttpError as problem:
                if problem.status != 401 or fresh or self._given:
                    raise
                self._session = self._sessions.renew(self._login, session, self._open)
                self._http.hide(self._session.token)
        raise AssertionError("unreachable: the second attempt returns or raises")

    def request(self, method: str, path: str, *, query: Mapping[str, Any] | None = None, document: Any = None) -> Any:
        """One call in JSON, of `/api` in its JSON variant: the document, None for an empty answer. Raises HttpError."""
        media = JSON if path.lstrip("/").startswith("cloudapi") else LEGACY_JSON
        return self._http.parse(self.send(method, path, media=media, query=query, document=document), method, path)

    def xml(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
    ) -> Element | None:
        """One call of `/api` in XML: the root of the answer, None for an empty one. Raises HttpError."""
        headers = {"Content-Type": content_type} if content_type else None
        reply = self.send(method, path, media=XML, query=query, data=body, headers=headers)
        if not reply.body.strip():
            return None
        try:
            return parse(reply.body)
        except ValueError as problem:
            raise self._unexpected(method, path, reply.status, str(problem)) from problem

    def get(self, path: str, **query: Any) -> Any:
        """GET a document in JSON."""
        return self.request("GET", path, query=query or None)

    # Lists

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a `/cloudapi` collection (contract 4.1), in the server's order.

        The few collections that answer a plain array are read too; those that are paged by a cursor are not.
        Raises HttpError of kind body when the list ends before the total that the server itself promises.
        """

        def page(number: int) -> tuple[Sequence[dict[str, Any]], int | None, int | None]:
            answer = self.get(path, **query, page=number, pageSize=PAGE)
            if isinstance(answer, list):
                return answer, len(answer), 1
            if not isinstance(answer, dict) or "values" not in answer:
                raise self._unexpected("GET", path, 200, "a list without values")
            return answer["values"] or [], answer.get("resultTotal"), answer.get("pageCount")

        return self._all(path, page)

    def records(self, kind: str, **query: Any) -> Iterator[Element]:
        """All records of a type of the query service (contract 4.5), each with its URN as `id`; honest as `pages` is.

        In XML, which every client of this service speaks.
        """

        def page(number: int) -> tuple[Sequence[Element], int | None, int | None]:
            asked = {"type": kind, "format": "idrecords", **query, "page": number, "pageSize": PAGE}
            root = self.xml("GET", "api/query", query=asked)
            if root is None or local(root) != "QueryResultRecords":
                raise self._unexpected("GET", "api/query", 200, "an answer without QueryResultRecords")
            total = root.get("total", "")
            items = [child for child in root if local(child) != "Link"]
            return items, int(total) if total.isdecimal() else None, None

        return self._all("api/query", page)

    def _all(self, path: str, fetch: Callable[[int], tuple[Sequence[Item], int | None, int | None]]) -> Iterator[Item]:
        """The items of all pages; `fetch(number)` answers items, their promised total and the number of pages.

        Some lists forget total or number of pages, some give fewer items than asked for: so only an empty page or
        the total ends a list, and the number of pages where there is no total.
        """
        seen, number = 0, 1
        while True:
            items, total, last = fetch(number)
            yield from items
            seen += len(items)
            if total is not None and seen >= total:
                return
            if not items:
                if total is None:
                    return
                raise self._unexpected("GET", path, 200, f"the list ended after {seen} of {total} items; run again")
            if total is None and last is not None and number >= last:
                return
            number += 1


def _read_xml_session(root: Element) -> dict[str, Any]:
    """Site, organization and user of a `Session` element; the site is the one of its own location."""
    here = root.get("locationId")
    sites = [
        child_text(place, "SiteName")
        for place in named(root, "Location")
        if here is None or child_text(place, "LocationId") in (here, None)
    ]
    return {"site": next((site for site in sites if site), None), "org": root.get("org"), "user": root.get("user")}


@contextlib.contextmanager
def connect(params: Mapping[str, Any]) -> Iterator[Vcd]:
    """A logged-in client for the connection options of a task; its login is shared by the run or ends here."""
    with store() as sessions:
        yield Vcd(params, sessions)
