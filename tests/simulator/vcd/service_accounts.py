"""Service accounts (10.4, API 37.0): registered, let in by an administrator through the device flow of RFC 8628, and
then on their own with refresh tokens that are used once (contract section 2.4). How one is registered and what the flow
answers is read from go-vcloud-director and from the RFC; the contract gives the rest."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ..wire import Reply
from ..world import User
from . import listing, rights
from .directory import Directory
from .exchange import Exchange, Refusal, bad_request, forbidden
from .json_body import check_object, read_object
from .listing import Document
from .oauth import GrantRefused, form, refused
from .paging import Page, whole_number
from .rights import Access, acting_org
from .routes import Route, Routes
from .sessions import Session, Sessions
from .tasks import Tasks

SINCE = (37, 0)
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
URN = "urn:vcloud:serviceAccount:"
_PATH = "/cloudapi/1.0.0/serviceAccounts"
CREATED, REQUESTED, GRANTED, ACTIVE = "CREATED", "REQUESTED", "GRANTED", "ACTIVE"
# go-vcloud-director asks for pages of 32 and says that more is refused.
_LARGEST_PAGE = 32
_CODE_SECONDS = 3600
_FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "softwareId": str,
    "softwareVersion": str,
    "role": dict,
    "uri": str,
    "org": dict,
    "status": str,
}
_FILTERS: dict[str, type] = {
    **{name: kind for name, kind in _FIELDS.items() if kind is str},
    "role.id": str,
    "role.name": str,
    "org.id": str,
    "org.name": str,
}
REGISTRATION: dict[str, type] = {
    "client_name": str,
    "client_uri": str,
    "software_id": str,
    "software_version": str,
    "scope": str,
}
"""The body of `/oauth/.../register`; API tokens send the name alone."""
_ROLE_SCOPE = "urn:vcloud:role:"


@dataclass
class ServiceAccount:
    """One account."""

    client_id: str
    name: str
    org: str
    org_id: str
    role: str
    """The name of its role."""
    software_id: str
    software_version: str | None
    uri: str | None
    status: str = CREATED
    device_code: str | None = None
    user_code: str | None = None
    codes_until: int = 0
    """Epoch milliseconds."""
    refresh_token: str | None = None

    @property
    def user(self) -> User:
        """The account as somebody who has sessions; nobody logs in as it with a password."""
        return User(self.name, self.org, "", self.role)


class ServiceAccounts:
    """The service accounts of one vCD."""

    def __init__(self, access: Access, directory: Directory, sessions: Sessions, tasks: Tasks) -> None:
        self.access = access
        self.directory = directory
        self.sessions = sessions
        self.tasks = tasks
        self.all: dict[str, ServiceAccount] = {}
        """By client id."""
        self.known = False
        """Whether this release has service accounts."""

    def clear(self) -> None:
        """Forgets all accounts."""
        self.all.clear()

    def register(self, routes: Routes, newest: tuple[int, int]) -> None:
        """Adds the calls, when the server is new enough: `/oauth` requests name no API version."""
        self.known = newest >= SINCE
        if not self.known:
            return
        for path in ("/oauth/tenant/*", "/oauth/provider"):
            route = Route(self.authorize, any_version=True, anonymous=True)
            routes.add("POST", f"{path}/device_authorization", route)
        routes.add("GET", _PATH, Route(self.list_all, since=SINCE))
        routes.add("GET", f"{_PATH}/*", Route(self.read, since=SINCE))
        routes.add("PUT", f"{_PATH}/*", Route(self.update, since=SINCE, writes=True))
        routes.add("DELETE", f"{_PATH}/*", Route(self.delete, since=SINCE, writes=True))
        routes.add("POST", f"{_PATH}/*/revoke", Route(self.revoke, since=SINCE, writes=True))
        routes.add("POST", "/cloudapi/1.0.0/deviceLookup/grant", Route(self.grant, since=SINCE, writes=True))

    # /oauth

    def create(self, exchange: Exchange, org_id: str, body: Document) -> Reply:
        """`POST /oauth/.../register` with a `software_id`: an account that nobody has let in yet."""
        session = self.access.demand(exchange, rights.MANAGE_SERVICE_ACCOUNTS, "SERVICE_ACCOUNT_CREATE", org_id)
        org = self.directory.by_id(org_id)
        if org is None:
            raise forbidden(rights.MANAGE_SERVICE_ACCOUNTS, "SERVICE_ACCOUNT_CREATE", org_id)
        given = check_object(body, REGISTRATION, ("client_name", "software_id", "scope"))
        role = self.access.role(org.id, unquote(given["scope"].removeprefix(_ROLE_SCOPE)))
        if not given["scope"].startswith(_ROLE_SCOPE) or role is None:
            raise bad_request("The field 'scope' must name a role of the organization: urn:vcloud:role:<name>.")
        if session.by_api_token:
            raise forbidden(rights.MANAGE_SERVICE_ACCOUNTS, "SERVICE_ACCOUNT_CREATE", org.name)
        if any(one.name == given["client_name"] and one.org_id == org.id for one in self.all.values()):
            raise Refusal(400, "DUPLICATE_NAME", f"There is a service account '{given['client_name']}' already.")
        made = ServiceAccount(
            str(uuid.uuid4()),
            given["client_name"],
            org.name,
            org.id,
            role.name,
            given["software_id"],
            given.get("software_version"),
            given.get("client_uri"),
        )
        self.all[made.client_id] = made
        return exchange.json(
            {
                "client_id": made.client_id,
                "client_name": made.name,
                "grant_types": [DEVICE_CODE, "refresh_token"],
                "token_endpoint_auth_method": "none",
                "client_uri": made.uri,
                "software_id": made.software_id,
                "software_version": made.software_version,
                "scope": given["scope"],
            }
        )

    def authorize(self, exchange: Exchange, *_tenant: str) -> Reply:
        """`POST /oauth/.../device_authorization`: codes, with which an administrator lets the account in."""
        account = self.all.get(form(exchange).get("client_id", ""))
        if account is None or account.status not in (CREATED, REQUESTED):
            return refused(exchange, GrantRefused("invalid_client", "There is no such client, or it has been let in."))
        account.device_code, account.user_code = secrets.token_urlsafe(24), secrets.token_hex(4).upper()
        account.codes_until = self.directory.world.now_ms() + _CODE_SECONDS * 1000
        account.status = REQUESTED
        return exchange.json(
            {
                "device_code": account.device_code,
                "user_code": account.user_code,
                "verification_uri": exchange.base_url,
                "expires_in": _CODE_SECONDS,
                "interval": 1,
            }
        )

    def by_device_code(self, values: dict[str, str], org_id: str | None) -> tuple[Session, str]:
        """A session and the first refresh token, once the account has been let in. Raises GrantRefused."""
        account = self.all.get(values.get("client_id", ""))
        code = values.get("device_code")
        if account is None or not code or account.device_code != code or account.org_id != org_id:
            raise GrantRefused("invalid_grant", "The device code is not valid.")
        if self.directory.world.now_ms() > account.codes_until:
            raise GrantRefused("expired_token", "The device code has expired.")
        if account.status != GRANTED:
            raise GrantRefused("authorization_pending", "Nobody has let the service account in yet.")
        account.device_code = account.user_code = None
        account.status = ACTIVE
        return self._next(account)

    def by_refresh_token(self, secret: str, org_id: str | None) -> tuple[Session, str] | None:
        """A session and the next refresh token, because each is good once; None for a token of something else."""
        for account in self.all.values():
            if account.refresh_token == secret and account.org_id == org_id:
                return self._next(account)
        return None

    def _next(self, account: ServiceAccount) -> tuple[Session, str]:
        account.refresh_token = secrets.token_urlsafe(24)
        return self.sessions.start(account.user, by_api_token=True), account.refresh_token

    # /cloudapi

    def _document(self, account: ServiceAccount) -> Document:
        role = self.access.role(account.org_id, account.role)
        return {
            "id": f"{URN}{account.client_id}",
            "name": account.name,
            "softwareId": account.software_id,
            "softwareVersion": account.software_version,
            "uri": account.uri,
            "role": {"name": account.role, "id": f"urn:vcloud:role:{role.id}"} if role else None,
            "org": {"name": account.org, "id": f"urn:vcloud:org:{account.org_id}"},
            "status": account.status,
        }

    def _find(self, exchange: Exchange, identity: str, right: str) -> ServiceAccount:
        session = self.access.demand(exchange, right, "SERVICE_ACCOUNT_VIEW", identity)
        account = self.all.get(identity.removeprefix(URN))
        if account is None or not (session.is_provider or account.org_id == session.org_id):
            raise forbidden(right, "SERVICE_ACCOUNT_VIEW", identity)
        return account

    def _to_change(self, exchange: Exchange, identity: str) -> ServiceAccount:
        account = self._find(exchange, identity, rights.MANAGE_SERVICE_ACCOUNTS)
        if exchange.user.by_api_token:
            raise forbidden(rights.MANAGE_SERVICE_ACCOUNTS, "SERVICE_ACCOUNT_EDIT", identity)
        return account

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/serviceAccounts`: those of one organization."""
        self.access.demand(exchange, rights.VIEW_SERVICE_ACCOUNTS, "SERVICE_ACCOUNT_VIEW", "serviceAccounts")
        org = acting_org(exchange)
        page = Page(whole_number(exchange, "page", 1, None), whole_number(exchange, "pageSize", 25, _LARGEST_PAGE))
        documents = [self._document(one) for one in self.all.values() if one.org_id == org]
        references = frozenset({"id", "role.id", "org.id"})
        return listing.answer(exchange, documents, _FILTERS, "ServiceAccounts", references, page=page)

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/serviceAccounts/{urn}`."""
        return exchange.json(self._document(self._find(exchange, identity, rights.VIEW_SERVICE_ACCOUNTS)))

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /cloudapi/1.0.0/serviceAccounts/{urn}`: name and organization are fixed."""
        account = self._to_change(exchange, identity)
        body = read_object(exchange, _FIELDS, ("name", "softwareId", "role"))
        if body["name"] != account.name:
            raise bad_request("The field 'name' cannot be changed.")
        wanted: Any = check_object(body["role"], {"name": str, "id": str}, ("id",), "role.")["id"]
        role = next(
            (one for one in self.access.roles_of(account.org_id) if f"urn:vcloud:role:{one.id}" == wanted), None
        )
        if role is None:
            raise bad_request(f"There is no role '{wanted}'.")
        account.role, account.software_id = role.name, body["softwareId"]
        account.software_version, account.uri = body.get("softwareVersion"), body.get("uri")
        return exchange.json(self._document(account))

    def revoke(self, exchange: Exchange, identity: str) -> Reply:
        """`POST /cloudapi/1.0.0/serviceAccounts/{urn}/revoke`: its token and its sessions end."""
        account = self._to_change(exchange, identity)
        self._end(account)
        account.status = CREATED
        return exchange.nothing()

    def _end(self, account: ServiceAccount) -> None:
        account.refresh_token = account.device_code = account.user_code = None
        for session in list(self.sessions.site.vcd_sessions.values()):
            if session.user == account.user:
                self.sessions.site.end_vcd_session(session)

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /cloudapi/1.0.0/serviceAccounts/{urn}`: 202 with a task."""
        account = self._to_change(exchange, identity)
        urn = f"{URN}{account.client_id}"
        owner = {"path": "", "id": urn, "name": account.name, "type": "application/json"}

        def gone() -> None:
            self._end(account)
            self.all.pop(account.client_id, None)

        operation = f"Deleting Service Account {account.name}({urn})"
        task = self.tasks.start(exchange, operation, "serviceAccountDelete", owner, gone)
        return exchange.nothing(202, [("Location", self.tasks.href(exchange, task))])

    def grant(self, exchange: Exchange) -> Reply:
        """`POST /cloudapi/1.0.0/deviceLookup/grant`: an administrator lets in whoever showed him this code."""
        session = self.access.demand(exchange, rights.MANAGE_SERVICE_ACCOUNTS, "SERVICE_ACCOUNT_GRANT", "deviceLookup")
        code = read_object(exchange, {"userCode": str}, ("userCode",))["userCode"]
        org, now = acting_org(exchange), self.directory.world.now_ms()
        for account in self.all.values():
            known = account.user_code == code and account.status == REQUESTED and now <= account.codes_until
            if known and account.org_id == org and not session.by_api_token:
                account.status = GRANTED
                return exchange.nothing()
        # The schema promises 404 for a look-up; taken for the grant as well.
        raise Refusal(404, "NOT_FOUND", "There is no request with this user code.")
