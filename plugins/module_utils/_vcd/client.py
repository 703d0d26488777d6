# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of one vCloud Director: version negotiation, both login families, both API families, paging.

Contract vcd-api.md, 1 and 2; lists 4.1 and 4.5.
"""

from __future__ import annotations

import base64
import contextlib
import copy
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from xml.etree.ElementTree import Element

from .._address import read_address, transport
from .._http import Http, HttpError, Reply, Transport
from .._plan import InputError
from .._sessions import Login, Session, Store, in_session, store
from . import lists, versions
from .documents import bare_id, child_text, local, named, parse, read_error
from .filters import Filter, equals
from .lists import PAGE, Page
from .versions import Version

SHORT_TOKEN = 32  # characters; anything else is an access token (contract 2.2)
ACCESS_TOKEN = "X-VMWARE-VCLOUD-ACCESS-TOKEN"
AUTHORIZATION = "x-vcloud-authorization"
JSON, XML, LEGACY_JSON = "application/json", "application/*+xml", "application/*+json"
SESSIONS = "cloudapi/1.0.0/sessions"
SYSTEM = "system"
# Organizations that a System administrator acts for are named by their bare UUID and by their name (contract 2.5).
TENANT_CONTEXT, AUTH_CONTEXT = "X-VMWARE-VCLOUD-TENANT-CONTEXT", "X-VMWARE-VCLOUD-AUTH-CONTEXT"


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
            "no credentials: set vcd_user and vcd_password (environment VCD_USER, VCD_PASSWORD), or vcd_api_token, or "
            "vcd_token"
        )
    user, _at, org = str(name).rpartition("@")
    if not user or not org:
        raise InputError(
            f"vcd_user is {name!r}: write it as user@organization; a provider's administrator is administrator@system"
        )
    if ":" in user or ":" in org:
        raise InputError(f"vcd_user is {name!r}: a colon cannot be part of it")
    return user, _organization(org), str(password)


def _organization(name: str) -> str:
    """An organization's name for a login: System is matched in any case, so it is written in one."""
    return SYSTEM if name.lower() == SYSTEM else name


def authorization(token: str) -> dict[str, str]:
    """The header that carries a session's token (contract 2.2)."""
    return {AUTHORIZATION: token} if len(token) == SHORT_TOKEN else {"Authorization": f"Bearer {token}"}


def accept(media: str, version: Version) -> dict[str, str]:
    """The Accept header for a notation in an API number."""
    return {"Accept": f"{media};version={versions.text(version)}"}


class Vcd:
    """One server, logged in. Safe to use from several threads.

    With the option `vcd_tenant`, every request is made for that organization (see `acting_for`).
    """

    def __init__(self, params: Mapping[str, Any], sessions: Store) -> None:
        """Logs in, or finds the login. Raises InputError, HttpError."""
        transport = connection(params)
        self.endpoint = transport.endpoint
        self._sessions = sessions
        self._pin = versions.pinned(params.get("vcd_api_version"))
        self._given: str | None = params.get("vcd_token") or None
        self._api_token: str | None = None if self._given else params.get("vcd_api_token") or None
        self._tenant: str | None = params.get("vcd_tenant") or None
        self._context: dict[str, str] | None = None
        self._org, self._basic = "", ""
        # A pinned version is part of the login: the session remembers the version that it was made with.
        extra = (versions.text(self._pin),) if self._pin else ()
        if self._given:
            self._login = Login(transport, "token", "", self._given, extra)
        elif self._api_token:
            self._org = _organization(str(params.get("vcd_api_token_org") or SYSTEM))
            self._login = Login(transport, "api token", self._org, self._api_token, extra)
        else:
            user, self._org, password = credentials(params)
            self._basic = base64.b64encode(f"{user}@{self._org}:{password}".encode()).decode()
            self._login = Login(transport, "basic", f"{user}@{self._org}", password, extra)
        self._http = Http(transport, read_error=read_error, secrets=[self._login.secret, self._basic])
        self._session = sessions.acquire(self._login, self._open)
        self._http.hide(self._session.token)

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the login told: api_version, site, org, org_id, user (all but the first None where it did not)."""
        return self._session.facts

    @property
    def version(self) -> Version:
        """The API number that is spoken, chosen at the login."""
        return versions.number(self.facts["api_version"])

    @property
    def site(self) -> str | None:
        """The site's name as the login told it, else the server's host name."""
        return self.facts.get("site") or urlsplit(self.endpoint).hostname

    @property
    def is_provider(self) -> bool:
        """True for a user of the System organization."""
        return str(self.facts.get("org") or "").lower() == SYSTEM

    def demand_provider(self, doing: str) -> None:
        """Refuse a user of a tenant. `doing` is what only a System administrator can. Raises InputError."""
        if not self.is_provider:
            raise InputError(
                f"{doing}: only a System administrator can; the user is of {self.facts.get('org')!r}. Give vcd_user as "
                "administrator@system"
            )

    def has(self, feature: str) -> bool:
        """True if the API number that is spoken has the feature (see versions.py)."""
        return versions.has(self.version, feature)

    @property
    def token(self) -> str:
        """The session's token, for sessions.py alone."""
        return self._session.token

    def detach(self) -> None:
        """Leave the session open when the task or the run ends: its token is in the user's hands now."""
        self._sessions.forget(self._login)

    def leave(self) -> None:
        """Log out at once, a session that the user gave too, and keep the login for nobody. Raises HttpError."""
        self._sessions.forget(self._login)
        method, path, headers = self._logout(self.version, self.token)
        self._http.request(method, path, headers=headers)

    # Logging in

    def unexpected(self, method: str, path: str, status: int, message: str) -> HttpError:
        """An answer of a shape that this API does not send."""
        return HttpError("body", method, self.endpoint, f"/{path}", status=status, message=message, sent=True)

    def _negotiate(self) -> Version:
        """Ask what the server offers, without a login, and choose. Raises InputError, HttpError."""
        reply = self._http.request("GET", "api/versions", headers={"Accept": XML})
        try:
            offered = versions.offers(reply.body)
        except ValueError as problem:
            raise self.unexpected("GET", "api/versions", reply.status, f"no list of versions: {problem}") from problem
        return versions.choose(offered, self._pin, short_token=len(self._given or "") == SHORT_TOKEN)

    def _open(self) -> Session:
        """Choose the version, then log in at the address that goes with it, or look at the given session."""
        version = self._negotiate()
        if self._given:
            return Session(self._login.transport, self._given, self._look_at(version, self._given), None)
        if self._api_token:
            access = self._exchange(version, self._api_token)
            logout = self._logout(version, access)
            return Session(self._login.transport, access, self._look_at(version, access), logout)
        if versions.has(version, "openapi_login"):
            path, media = (f"{SESSIONS}/provider" if self._org == SYSTEM else SESSIONS), JSON
        else:
            path, media = "api/sessions", XML
        headers = {**accept(media, version), "Authorization": f"Basic {self._basic}"}
        reply = self._http.request("POST", path, headers=headers)
        token = reply.headers.get(ACCESS_TOKEN) or reply.headers.get(AUTHORIZATION)
        if not token:
            raise self.unexpected(
                "POST", path, reply.status, f"a login without the header {ACCESS_TOKEN}; is this vCloud Director?"
            )
        return Session(self._login.transport, token, self._about(version, reply), self._logout(version, token))

    @staticmethod
    def _logout(version: Version, token: str) -> tuple[str, str, dict[str, str]]:
        """The request that ends a session (contract 2.3)."""
        newer = versions.has(version, "openapi_logout")
        path, media = (f"{SESSIONS}/current", JSON) if newer else ("api/session", XML)
        return "DELETE", path, {**accept(media, version), **authorization(token)}

    def _look_at(self, version: Version, token: str) -> dict[str, Any]:
        """What a session tells of itself that was not opened here with a password. Raises HttpError."""
        current = versions.has(version, "openapi_current_session")
        path, media = (f"{SESSIONS}/current", JSON) if current else ("api/session", XML)
        reply = self._http.request("GET", path, headers={**accept(media, version), **authorization(token)})
        return self._about(version, reply)

    def _exchange(self, version: Version, api_token: str) -> str:
        """An access token for an API token (contract 2.4). Raises InputError, HttpError."""
        if not versions.has(version, "api_tokens"):
            raise InputError(
                f"vcd_api_token: API tokens need API version 36.1 (VMware Cloud Director 10.3.1), and "
                f"{versions.text(version)} is spoken here; give vcd_user and vcd_password"
            )
        path = "oauth/provider/token" if self._org == SYSTEM else f"oauth/tenant/{quote(self._org, safe='')}/token"
        # In the body: a query would stand in the log of every proxy.
        form = urlencode({"grant_type": "refresh_token", "refresh_token": api_token}).encode()
        headers = {"Accept": JSON, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = self._http.parse(self._http.request("POST", path, data=form, headers=headers), "POST", path)
        except HttpError as problem:
            if problem.status in (400, 401):
                problem.advice = (
                    "vcd_api_token is not valid: it may be revoked, or of another organization than "
                    f"vcd_api_token_org ({self._org})."
                )
            raise
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not token:
            raise self.unexpected("POST", path, 200, "an exchange without access_token; is this vCloud Director?")
        if answer.get("refresh_token"):
            # The old token is dead already and nothing here can keep the new one, so the next task would fail
            # without a reason that anybody could see.
            with contextlib.suppress(HttpError):
                method, place, leaving = self._logout(version, str(token))
                self._http.request(method, place, headers=leaving)
            raise InputError(
                "vcd_api_token is that of a service account, which every use replaces by another (this use too); "
                "give an API token, which stays the same, and have the service account authorized again"
            )
        return str(token)

    @staticmethod
    def _about(version: Version, reply: Reply) -> dict[str, Any]:
        """What the Session document of either family tells. One that cannot be read costs only the site's name."""
        facts: dict[str, Any] = dict.fromkeys(("site", "org", "org_id", "user"))
        facts["api_version"] = versions.text(version)
        try:
            if reply.body.lstrip().startswith(b"<"):
                facts.update(_read_xml_session(parse(reply.body)))
            else:
                document = reply.json()
                facts.update({name: document[name]["name"] for name in ("site", "org", "user")})
                facts["org_id"] = bare_id(document["org"]["id"])
        except (ValueError, KeyError, TypeError):
            pass
        return facts

    # Acting for an organization

    def acting_for(self, org: str | None) -> Vcd:
        """The same login, with every request made for an organization (contract 2.5); None: for nobody else."""
        other = copy.copy(self)
        other._tenant, other._context = org, None
        return other

    def tenant_id(self, name: str) -> str:
        """The bare UUID of an organization. Raises InputError where the user sees none of this name, HttpError."""
        asking = self.acting_for(None)
        where = equals("name", name)
        if self.has("openapi_organizations"):
            found = {org["name"]: org["id"] for org in asking.gather("cloudapi/1.0.0/orgs", where)}
        else:
            rows = asking.query("organization", where)
            found = {row.get("name", ""): row.get("id") or row.get("href") or "" for row in rows}
        if name not in found:
            raise InputError(
                f"there is no organization {name} here, or {self.facts.get('user')} may not see it; "
                "upper and lower case differ"
            )
        return bare_id(found[name])

    def _acting(self) -> dict[str, str]:
        """The headers that name the organization a request is made for; none for the user's own.

        Worked out at the first request: no other way may lead here before that, see `tenant_id`.
        """
        if self._context is None:
            own = str(self.facts.get("org") or "")
            if not self._tenant or self._tenant == own:
                self._context = {}
            elif not self.is_provider:
                raise InputError(
                    f"vcd_tenant is {self._tenant}, but only a System administrator acts for another organization; "
                    f"this is a user of {own}. Leave it out, or log in to System"
                )
            else:
                self._context = {TENANT_CONTEXT: self.tenant_id(self._tenant), AUTH_CONTEXT: self._tenant}
        return self._context

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

        An expired login is renewed once. Raises HttpError, and InputError where `vcd_tenant` is none.
        """
        acting = self._acting()

        def call(session: Session) -> Reply:
            sent = {**accept(media, self.version), **authorization(session.token), **acting, **(headers or {})}
            return self._http.request(method, path, query=query, document=document, data=data, headers=sent)

        return in_session(self._session, call, None if self._given else self._renew)

    def _renew(self, stale: Session) -> Session:
        self._session = self._sessions.renew(self._login, stale, self._open)
        self._http.hide(self._session.token)
        return self._session

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
            raise self.unexpected(method, path, reply.status, str(problem)) from problem

    def get(self, path: str, **query: Any) -> Any:
        """GET a document in JSON."""
        return self.request("GET", path, query=query or None)

    # Lists

    def gather(self, path: str, where: Filter | None = None, **query: Any) -> list[dict[str, Any]]:
        """All items of a `/cloudapi` collection (contract 4.1), narrowed by a filter, in the server's order.

        The pages after the first are read side by side. The few collections that answer a plain array are read too;
        those that are paged by a cursor are not. Raises HttpError of kind body when the list ends before the total that
        the server itself promises.
        """
        asked = {**query, **({"filter": where.text()} if where else {})}
        return lists.side_by_side(lambda number: self._page(path, asked, number), self._short("GET", path))

    def query(self, kind: str, where: Filter | None = None, fields: str | None = None, **query: Any) -> list[Element]:
        """All records of a type of the query service (contract 4.5), each with its URN as `id`; honest as `gather` is.

        Narrowed by a filter and to some attributes (`a,b`), with the pages side by side, and in XML, which every client
        of this service speaks.
        """
        asked = dict(query)
        if where:
            twice = not self.has("plain_query_filters")
            asked.update({"filterEncoded": "true"} if twice else {}, filter=where.text(encoded_twice=twice))
        if fields:
            asked["fields"] = fields
        short = self._short("GET", "api/query")
        return lists.side_by_side(lambda number: self._record_page(kind, asked, number), short)

    def _short(self, method: str, path: str) -> lists.Complaint:
        return lambda text: self.unexpected(method, path, 200, text)

    def _page(self, path: str, query: Mapping[str, Any], number: int) -> Page[dict[str, Any]]:
        answer = self.get(path, **query, page=number, pageSize=PAGE)
        if isinstance(answer, list):
            return Page(answer, len(answer), 1)
        if not isinstance(answer, dict) or "values" not in answer:
            raise self.unexpected("GET", path, 200, "a list without values")
        return Page(answer["values"] or [], answer.get("resultTotal"), answer.get("pageCount"))

    def _record_page(self, kind: str, query: Mapping[str, Any], number: int) -> Page[Element]:
        asked = {"type": kind, "format": "idrecords", **query, "page": number, "pageSize": PAGE}
        root = self.xml("GET", "api/query", query=asked)
        if root is None or local(root) != "QueryResultRecords":
            raise self.unexpected("GET", "api/query", 200, "an answer without QueryResultRecords")
        total = root.get("total", "")
        items = [child for child in root if local(child) != "Link"]
        return Page(items, int(total) if total.isdecimal() else None, None)


def _read_xml_session(root: Element) -> dict[str, Any]:
    """Site, organization and user of a `Session` element; the site is the one of its own location."""
    here = root.get("locationId")
    sites = [
        child_text(place, "SiteName")
        for place in named(root, "Location")
        if here is None or child_text(place, "LocationId") in (here, None)
    ]
    return {
        "site": next((site for site in sites if site), None),
        "org": root.get("org"),
        "org_id": bare_id(here.partition("@")[0]) if here else None,
        "user": root.get("user"),
    }


@contextlib.contextmanager
def connect(params: Mapping[str, Any]) -> Iterator[Vcd]:
    """A logged-in client for the connection options of a task; its login is shared by the run or ends here."""
    with store() as sessions:
        yield Vcd(params, sessions)
