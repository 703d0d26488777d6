"""Logging in and out of the vCD, in both API families (contract sections 2.1 to 2.3).

The sessions themselves are kept by the site, because vCloud Availability accepts them as credentials; here is who may
make one, by which address, and what they look like.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from .. import wire
from ..identity import stable_id
from ..wire import Headers, Reply, Request
from ..world import Site, User, VcdSession, World
from .exchange import Exchange, Refusal, bad_request, forbidden, not_found
from .markup import Element
from .paging import Page, envelope

SYSTEM_ID = "a93c9db9-7471-3192-8d09-a8f7eeda85f9"
"""The id of the System organization, the same in every installation (section 2.1)."""
LONGEST_SESSION_MS = 24 * 60 * 60 * 1000
"""A session ends after this time even when it is used (24 h, INFERRED in section 2.3)."""
SHORT_TOKEN_UNTIL = (38, 0)
"""From this API number on the 32-character token is neither issued nor accepted (end INFERRED in section 1.6)."""

_ACCESS_TOKEN = "X-VMWARE-VCLOUD-ACCESS-TOKEN"
_TYPES = {
    "orgList": "application/vnd.vmware.vcloud.orgList+xml",
    "org": "application/vnd.vmware.vcloud.org+xml",
    "admin": "application/vnd.vmware.admin.vcloud+xml",
    "extension": "application/vnd.vmware.admin.vmwExtension+xml",
    "query": "application/vnd.vmware.vcloud.query.queryList+xml",
    "entity": "application/vnd.vmware.vcloud.entity+xml",
    "extensibility": "application/vnd.vmware.vcloud.apiextensibility+xml",
}


def unauthorized(message: str = "This operation is denied.") -> Refusal:
    """401, without a word about which part of the credentials was wrong (code INFERRED in section 2.7)."""
    return Refusal(401, "UNAUTHORIZED", message)


@dataclass
class Session(VcdSession):
    """A vCD session with what only the vCD needs to know."""

    started: int = 0
    """Epoch milliseconds."""
    org_id: str = SYSTEM_ID
    by_api_token: bool = False
    """Made from an API token: it may not handle API tokens itself (section 2.4)."""

    @property
    def is_provider(self) -> bool:
        """Whether it belongs to the System organization."""
        return self.user.is_system

    @property
    def user_id(self) -> str:
        """Bare UUID of the user."""
        return self.id_of(self.user, self.org_id)

    @staticmethod
    def id_of(user: User, org_id: str) -> str:
        """The bare UUID of a user of the organization with this id."""
        return stable_id("user", org_id, user.name)


def basic_credentials(header: str) -> tuple[str, str, str] | None:
    """User, organization and password of a Basic header; the *last* `@` before the password's colon separates the
    organization. None when the header is something else."""
    name, password = wire.basic_credentials(header) or ("", "")
    user, _at, org = name.rpartition("@")
    return (user, org, password) if user and org else None


def presented_secret(request: Request) -> str | None:
    """The session secret that a request carries. A JWT wins over the short token, because some clients send both."""
    return request.bearer_token or request.headers.get("x-vcloud-authorization")


class Sessions:
    """The sessions of one vCD and the routes about them."""

    def __init__(self, world: World, site: Site) -> None:
        self.world = world
        self.site = site
        self.site_id = stable_id("vcd-site", site.name)
        self._by_id: dict[str, Session] = {}
        self._key = secrets.token_bytes(32)
        self.role_id: Callable[[Session], str] = lambda session: stable_id("role", session.user.role)
        """The bare UUID of a session's role; set by whoever knows the roles."""

    def forget(self) -> int:
        """Ends every session; answers how many there were."""
        living = {session.id for session in self.site.vcd_sessions.values()}
        self.site.vcd_sessions.clear()
        self._by_id.clear()
        return len(living)

    # Making, finding, ending

    def start(self, user: User, *, by_api_token: bool = False) -> Session:
        """A new session of a user."""
        now = self.world.now_ms()
        identity = str(uuid.uuid4())
        org_id = SYSTEM_ID if user.is_system else self.site.organizations[user.org].id
        session = Session(
            identity,
            user,
            secrets.token_hex(16),
            self._access_token(identity, user, now),
            now,
            started=now,
            org_id=org_id,
            by_api_token=by_api_token,
        )
        self.site.start_vcd_session(session)
        self._by_id[identity] = session
        if len(self._by_id) > 256 and len(self._by_id) > len(self.site.vcd_sessions):
            self._by_id = {key: one for key, one in self._by_id.items() if one.token in self.site.vcd_sessions}
        return session

    def _access_token(self, identity: str, user: User, now: int) -> str:
        """A signed JWT of some hundred characters; only this simulator checks the signature, by looking it up."""

        def part(value: object) -> str:
            return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()

        claims = {
            "sub": user.name,
            "iss": f"{SYSTEM_ID}@{self.site_id}",
            "exp": (now + LONGEST_SESSION_MS) // 1000,
            "version": "vcloud_1.0",
            "jti": identity.replace("-", ""),
        }
        signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
        signature = hmac.new(self._key, signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    def living(self, secret: str) -> Session | None:
        """The session with this secret, kept alive by the look-up; None when it has ended, idled or grown too old."""
        now = self.world.now_ms()
        session = self.site.vcd_session(secret, now)
        if not isinstance(session, Session):
            return None
        if now - session.started > LONGEST_SESSION_MS:
            self.end(session)
            return None
        return session

    def end(self, session: Session) -> None:
        """Ends a session."""
        self.site.end_vcd_session(session)
        self._by_id.pop(session.id, None)

    def of_request(self, exchange: Exchange) -> Session:
        """The session that a request carries. Raises Refusal 401 when there is none or it has ended."""
        secret = presented_secret(exchange.request)
        session = self.living(secret) if secret else None
        if session is None or (secret == session.token and exchange.version >= SHORT_TOKEN_UNTIL):
            raise unauthorized()
        return session

    # Logging in

    def check(self, request: Request, *, provider: bool | None) -> User:
        """The user of a Basic header. `provider` says who may use the address; None means both.

        A provider's user on the tenant address, and the other way round, is refused like a wrong password (INFERRED).
        """
        credentials = basic_credentials(request.authorization)
        user = self.site.authenticate(*credentials) if credentials else None
        if user is None or (provider is not None and user.is_system is not provider):
            raise unauthorized("The user name or the password is not correct.")
        return user

    def log_in_legacy(self, exchange: Exchange) -> Reply:
        """`POST /api/sessions`, gone from API 38.0."""
        if exchange.version >= SHORT_TOKEN_UNTIL:
            raise not_found(exchange.request.path)
        session = self.start(self.check(exchange.request, provider=None))
        return self._document(exchange, session)

    def log_in(self, exchange: Exchange, *, provider: bool) -> Reply:
        """`POST /cloudapi/1.0.0/sessions` and `.../provider`, from API 33.0."""
        session = self.start(self.check(exchange.request, provider=provider))
        return exchange.json(self.as_json(session), headers=self._token_headers(session))

    @staticmethod
    def _token_headers(session: Session) -> Headers:
        return [(_ACCESS_TOKEN, session.access_token), ("X-VMWARE-VCLOUD-TOKEN-TYPE", "Bearer")]

    # What a session looks like

    def as_json(self, session: Session) -> dict[str, object]:
        """The `/cloudapi` document (section 2.1)."""
        role_id = self.role_id(session)
        return {
            "id": f"urn:vcloud:session:{session.id}",
            "site": {"name": self.site.spec.vcd_host, "id": f"urn:vcloud:site:{self.site_id}"},
            "user": {"name": session.user.name, "id": f"urn:vcloud:user:{session.user_id}"},
            "org": {"name": session.user.org, "id": f"urn:vcloud:org:{session.org_id}"},
            "location": f"{session.org_id}@{self.site_id}",
            "roles": [session.user.role],
            "roleRefs": [{"name": session.user.role, "id": f"urn:vcloud:role:{role_id}"}],
            "sessionIdleTimeoutMinutes": self.site.vcd_session_idle_ms // 60_000,
        }

    def _document(self, exchange: Exchange, session: Session) -> Reply:
        """The `/api` document with the tokens in its headers."""
        base, org = exchange.base_url, session.user.org
        location = f"{session.org_id}@{self.site_id}"
        links: list[dict[str, str | int | bool]] = [
            {"rel": "down", "href": f"{base}/api/org/", "type": _TYPES["orgList"]},
            {"rel": "remove", "href": f"{base}/api/session"},
            {"rel": "down", "href": f"{base}/api/admin/", "type": _TYPES["admin"]},
            {"rel": "down", "href": f"{base}/api/org/{session.org_id}", "name": org, "type": _TYPES["org"]},
            {"rel": "down", "href": f"{base}/api/query", "type": _TYPES["query"]},
            {"rel": "entityResolver", "href": f"{base}/api/entity/", "type": _TYPES["entity"]},
            {"rel": "down:extensibility", "href": f"{base}/api/extensibility", "type": _TYPES["extensibility"]},
            {"rel": "nsx", "href": f"{base}/network", "type": "application/xml"},
            {"rel": "openapi", "href": f"{base}/cloudapi", "type": "application/json"},
        ]
        if session.is_provider:
            # Its absence is how clients recognise a tenant.
            links.insert(3, {"rel": "down", "href": f"{base}/api/admin/extension", "type": _TYPES["extension"]})
        place = [
            Element("LocationId", text=location),
            Element("SiteName", text=self.site.spec.vcd_host),
            Element("OrgName", text=org),
            Element("RestApiEndpoint", text=base),
            Element("UIEndpoint", text=base),
            Element("AuthContext", text=org),
        ]
        root = Element(
            "Session",
            {
                "org": org,
                "roles": session.user.role,
                "user": session.user.name,
                "userId": f"urn:vcloud:user:{session.user_id}",
                "locationId": location,
                "href": f"{base}/api/session",
                "type": "application/vnd.vmware.vcloud.session+xml",
            },
            [
                *(Element("Link", link) for link in links),
                Element("AuthorizedLocations", {}, [Element("Location", {}, place)]),
            ],
        )
        headers = self._token_headers(session)
        if exchange.version < SHORT_TOKEN_UNTIL:
            headers.append(("x-vcloud-authorization", session.token))
        return exchange.element(root, "application/vnd.vmware.vcloud.session", headers=headers)

    # Reading and ending

    def read_legacy(self, exchange: Exchange) -> Reply:
        """`GET /api/session`: the document and both tokens again."""
        return self._document(exchange, exchange.user)

    def end_current(self, exchange: Exchange) -> Reply:
        """`DELETE /api/session` and, from API 36.0, `DELETE /cloudapi/1.0.0/sessions/current`."""
        self.end(exchange.user)
        return exchange.nothing()

    def list_own(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/sessions`: the caller's own ones; knows no filter and no order."""
        for name in ("filter", "sortAsc", "sortDesc"):
            if exchange.request.first(name) is not None:
                raise bad_request(f"The parameter '{name}' is not supported here.")
        page = Page.of(exchange)
        own = [one for one in list(self._by_id.values()) if one.user_id == exchange.user.user_id and self._lives(one)]
        values = [self.as_json(one) for one in page.cut(own)]
        body, headers = envelope(exchange, page, len(own), values, "Sessions")
        return exchange.json(body, headers=headers)

    def _lives(self, session: Session) -> bool:
        """Whether a session lives, without keeping it alive."""
        now = self.world.now_ms()
        return (
            session.token in self.site.vcd_sessions
            and now - session.last_used <= self.site.vcd_session_idle_ms
            and now - session.started <= LONGEST_SESSION_MS
        )

    def _find(self, exchange: Exchange, identity: str) -> Session:
        if identity == "current":
            return exchange.user
        session = self._by_id.get(identity.removeprefix("urn:vcloud:session:"))
        if session is None or not self._lives(session) or session.user_id != exchange.user.user_id:
            raise forbidden("Base", "SESSION_VIEW", identity)
        return session

    def read_one(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/sessions/{id}`, and `current` from API 34.0."""
        if identity == "current" and exchange.version < (34, 0):
            raise not_found(exchange.request.path)
        return exchange.json(self.as_json(self._find(exchange, identity)))

    def list_locations(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/sessions/{id}/accessibleLocations`: the one site that there is; no filter, no order."""
        session = self._find(exchange, identity)
        page = Page.of(exchange)
        site_id, name = f"urn:vcloud:site:{self.site_id}", self.site.spec.vcd_host
        place = {
            "locationId": f"{session.org_id}@{self.site_id}",
            "site": {"name": name, "id": site_id},
            "org": {"name": session.user.org, "id": f"urn:vcloud:org:{session.org_id}"},
            "restApiEndpoint": exchange.base_url,
            "uiEndpoint": exchange.base_url,
            "apiVersion": exchange.accepted.version,
        }
        body, headers = envelope(exchange, page, 1, list(page.cut([place])), "AccessibleLocations")
        return exchange.json(body, headers=headers)

    def end_one(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /cloudapi/1.0.0/sessions/{id}`, and `current` from API 36.0."""
        if identity == "current" and exchange.version < (36, 0):
            raise not_found(exchange.request.path)
        self.end(self._find(exchange, identity))
        return exchange.nothing()
