"""API tokens: made, listed, revoked, and exchanged for access tokens (contract section 2.4).

Tokens of extensions (section 5.2) are in the same list; extensions_mqtt.py has them.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from ..wire import Reply
from ..world import User
from .directory import Directory
from .exchange import Exchange, Refusal, bad_request, forbidden
from .extensions_mqtt import MqttExtensions
from .listing import answer
from .oauth import GrantRefused, form, refused
from .rights import MANAGE_TOKENS, Access
from .routes import Route, Routes
from .service_accounts import DEVICE_CODE, ServiceAccounts
from .sessions import SYSTEM_ID, Session, Sessions

_SINCE = (36, 1)
_EXTENSIONS_SINCE = (35, 0)
_REFRESH = "refresh_token"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "type": str,
    "owner.name": str,
    "owner.id": str,
    "org.name": str,
    "org.id": str,
}
_REFERENCES = frozenset({"id", "owner.id", "org.id"})


@dataclass
class ApiToken:
    """One API token, from its registration on; it can be used once it has a secret."""

    client_id: str
    name: str
    user: str
    user_id: str
    org: str
    org_id: str
    secret: str | None = None


class Tokens:
    """The API tokens of one vCD."""

    def __init__(
        self,
        sessions: Sessions,
        directory: Directory,
        extensions: MqttExtensions,
        access: Access,
        accounts: ServiceAccounts,
    ) -> None:
        self.sessions = sessions
        self.access = access
        self.accounts = accounts
        self.directory = directory
        self.extensions = extensions
        self._tokens: dict[str, ApiToken] = {}

    def clear(self) -> None:
        """Forgets all tokens."""
        self._tokens.clear()

    def forget_user(self, user: User) -> None:
        """Revokes what a user had, because he is gone."""
        for key in [key for key, one in self._tokens.items() if (one.org, one.user) == (user.org, user.name)]:
            del self._tokens[key]

    def remove(self, name: str) -> list[str]:
        """Revokes the tokens of a name; answers their client ids."""
        gone = [key for key, one in self._tokens.items() if one.name == name]
        for key in gone:
            del self._tokens[key]
        return gone

    def register(self, routes: Routes, newest: tuple[int, int]) -> None:
        """Adds the calls, when the server is new enough: `/oauth` requests name no API version."""
        path = "/cloudapi/1.0.0/tokens"
        routes.add("GET", path, Route(self.list_all, since=_EXTENSIONS_SINCE))
        routes.add("POST", path, Route(self.extensions.create_token, since=_EXTENSIONS_SINCE, writes=True))
        routes.add("GET", f"{path}/*", Route(self.read, since=_EXTENSIONS_SINCE))
        routes.add("DELETE", f"{path}/*", Route(self.revoke, since=_EXTENSIONS_SINCE, writes=True))
        if newest < _SINCE:
            return
        for path in ("/oauth/tenant/*", "/oauth/provider"):
            routes.add("POST", f"{path}/register", Route(self.create, any_version=True, writes=True))
            routes.add("POST", f"{path}/token", Route(self.exchange, any_version=True, anonymous=True))

    # /oauth

    def _org_id(self, exchange: Exchange) -> str | None:
        """The organization that an `/oauth` address names; None when there is none of that name."""
        if exchange.parts[1] == "provider":
            return SYSTEM_ID
        organization = self.directory.by_name(exchange.parts[2])
        return organization.id if organization is not None and organization is not self.directory.system else None

    def _manages(self, exchange: Exchange) -> Session:
        """The session, when it may handle API tokens: with the right to, and not made from an API token itself."""
        session = exchange.user
        if session.by_api_token or not self.access.has(session, MANAGE_TOKENS):
            raise forbidden(MANAGE_TOKENS, "TOKEN_MANAGE", session.user.name)
        return session

    def create(self, exchange: Exchange, *_tenant: str) -> Reply:
        """`POST /oauth/.../register`: names a token to come; with a `software_id` it is a service account."""
        body, org_id = exchange.request.json(), self._org_id(exchange)
        if isinstance(body, dict) and body.get("software_id") and self.accounts.known:
            if org_id is None or not (exchange.user.is_provider or org_id == exchange.user.org_id):
                raise forbidden(MANAGE_TOKENS, "TOKEN_MANAGE", exchange.user.user.name)
            return self.accounts.create(exchange, org_id, body)
        session = self._manages(exchange)
        if org_id != session.org_id:
            raise forbidden(MANAGE_TOKENS, "TOKEN_MANAGE", session.user.name)
        name = body.get("client_name") if isinstance(body, dict) else None
        if not isinstance(name, str) or not name:
            raise bad_request("The field 'client_name' is required.")
        if any(one.name == name and one.user_id == session.user_id for one in self._tokens.values()):
            raise Refusal(400, "DUPLICATE_NAME", f"There is an API token '{name}' already.")
        token = ApiToken(str(uuid.uuid4()), name, session.user.name, session.user_id, session.user.org, session.org_id)
        self._tokens[token.client_id] = token
        return exchange.json(
            {
                "client_id": token.client_id,
                "client_name": name,
                "grant_types": [_REFRESH, _JWT_BEARER],
                "token_endpoint_auth_method": "none",
                "client_uri": None,
                "software_id": None,
                "software_version": None,
                "scope": None,
            }
        )

    def exchange(self, exchange: Exchange, *_tenant: str) -> Reply:
        """`POST /oauth/.../token`, parameters as a form or in the query."""
        try:
            answer = self._grant(exchange, form(exchange))
        except GrantRefused as problem:
            return refused(exchange, problem)
        return exchange.json(answer)

    def _grant(self, exchange: Exchange, values: dict[str, str]) -> dict[str, Any]:
        grant, org_id = values.get("grant_type"), self._org_id(exchange)
        if grant == _REFRESH:
            secret = values.get(_REFRESH) or ""
            rotated = self.accounts.by_refresh_token(secret, org_id) if secret else None
            if rotated is not None:
                return self._answer(rotated[0].access_token, rotated[1])
            token = next((one for one in self._tokens.values() if secret and one.secret == secret), None)
            user = self.sessions.site.user_to_log_in(token.user, token.org) if token is not None else None
            if token is None or user is None or token.org_id != org_id:
                raise GrantRefused("invalid_grant", "The refresh token is not valid.")
            session = self.sessions.start(user, by_api_token=True)
            access, refresh = session.access_token, None
        elif grant == _JWT_BEARER:
            owner = self.sessions.living(values.get("assertion", ""))
            token = self._tokens.get(values.get("client_id", ""))
            fits = owner is not None and token is not None and token.user_id == owner.user_id and token.org_id == org_id
            if owner is None or token is None or not fits or owner.by_api_token or token.secret is not None:
                raise GrantRefused("invalid_grant", "The assertion or the client is not valid.")
            token.secret = secrets.token_urlsafe(24)
            access, refresh = owner.access_token, token.secret
        elif grant == DEVICE_CODE:
            started, refresh = self.accounts.by_device_code(values, org_id)
            access = started.access_token
        else:
            raise GrantRefused("unsupported_grant_type", f"The grant type '{grant}' is not supported.")
        return self._answer(access, refresh)

    def _answer(self, access: str, refresh: str | None) -> dict[str, Any]:
        """Access tokens follow the session time-out."""
        seconds = self.sessions.site.vcd_session_idle_ms // 1000
        return {"access_token": access, "token_type": "Bearer", "expires_in": seconds, "refresh_token": refresh}

    # /cloudapi/1.0.0/tokens

    def _visible(self, exchange: Exchange) -> list[ApiToken]:
        session = self._manages(exchange)
        known = [one for one in self._tokens.values() if self.directory.by_id(one.org_id) is not None]
        return [one for one in known if session.is_provider or one.user_id == session.user_id]

    def _find(self, exchange: Exchange, identity: str) -> ApiToken:
        client_id = identity.removeprefix("urn:vcloud:token:")
        token = next((one for one in self._visible(exchange) if one.client_id == client_id), None)
        if token is None:
            raise forbidden(MANAGE_TOKENS, "TOKEN_VIEW", identity)
        return token

    @staticmethod
    def _document(token: ApiToken) -> dict[str, Any]:
        return {
            "id": f"urn:vcloud:token:{token.client_id}",
            "name": token.name,
            "type": "REFRESH",
            "owner": {"name": token.user, "id": f"urn:vcloud:user:{token.user_id}"},
            "org": {"name": token.org, "id": f"urn:vcloud:org:{token.org_id}"},
        }

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/tokens`."""
        found = [self._document(one) for one in self._visible(exchange)]
        return answer(exchange, [*found, *self.extensions.tokens(exchange)], _FIELDS, "Tokens", _REFERENCES)

    def _of_extension(self, exchange: Exchange, identity: str) -> dict[str, Any] | None:
        self._manages(exchange)
        return next((one for one in self.extensions.tokens(exchange) if one["id"] == identity), None)

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/tokens/{urn}`."""
        return exchange.json(self._of_extension(exchange, identity) or self._document(self._find(exchange, identity)))

    def revoke(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /cloudapi/1.0.0/tokens/{urn}`."""
        if not self.extensions.revoke_token(self._manages(exchange), identity):
            del self._tokens[self._find(exchange, identity).client_id]
        return exchange.nothing()
