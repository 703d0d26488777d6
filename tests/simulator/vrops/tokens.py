"""Logging in to vRealize Operations: tokens, alive for six hours from their last use, Basic until 8.x (contract A2)."""

from __future__ import annotations

import uuid
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ..wire import Reply, Request, basic_credentials
from . import releases
from .exchange import Exchange, Refusal, body_of

if TYPE_CHECKING:
    from .service import VropsService

LIFE_MS = 6 * 3600 * 1000
LOCAL = "LOCAL"
# Names of sources are compared without regard to case: published clients write LOCAL, Local and local.
SOURCES = ({"id": "local", "name": LOCAL, "sourceType": {"id": "LOCAL_USERS", "name": "LOCAL_USERS"}},)


def presented(request: Request) -> tuple[str, str] | None:
    """(scheme in lower case, secret) of the Authorization header."""
    scheme, _space, secret = request.authorization.strip().partition(" ")
    return (scheme.lower(), secret.strip()) if secret.strip() else None


class Tokens:
    """The tokens of one server. Only the local administrator exists."""

    def __init__(self, service: VropsService) -> None:
        self._service = service
        self._last_used: dict[str, int] = {}

    def clear(self) -> int:
        """Forget every token; answers how many there were."""
        count = len(self._last_used)
        self._last_used.clear()
        return count

    def acquire(self, exchange: Exchange) -> Reply:
        """`POST /api/auth/token/acquire`."""
        known = ("username", "password", "authSource", "others", "otherAttributes")
        body = body_of(exchange.request, known, ("username", "password"))
        source = body.get("authSource") or LOCAL
        if str(source).upper() != LOCAL or not self._is_administrator(body["username"], body["password"]):
            raise Refusal(401, "The provided username/password or token is not valid. Please try again.")
        token = f"{uuid.uuid4()}::{uuid.uuid4()}"
        self._last_used[token] = self._service.world.now_ms()
        validity = self._last_used[token] + LIFE_MS
        told = datetime.fromtimestamp(validity / 1000, timezone.utc)
        document = {
            "token": token,
            "validity": validity,
            "expiresAt": f"{told:%A, %B} {told.day}, {told.year} {told:%I:%M:%S %p} UTC",
            "roles": ["Administrator"],
        }
        return exchange.answer(document, root="auth-token")

    def release(self, exchange: Exchange) -> Reply:
        """`POST /api/auth/token/release`: the token that is sent is no longer one."""
        given = presented(exchange.request)
        if given:
            self._last_used.pop(given[1], None)
        return Reply.empty(200)

    def current_user(self, exchange: Exchange) -> Reply:
        """`GET /api/auth/currentuser`."""
        user = self._service.user
        return exchange.answer(
            {"id": "administrator", "username": user, "enabled": True, "roleNames": ["Administrator"]}, root="user"
        )

    def sources(self, exchange: Exchange) -> Reply:
        """`GET /api/auth/sources`."""
        return exchange.answer({"sources": list(SOURCES)}, root="auth-sources")

    def check(self, request: Request) -> None:
        """Whether the request may come in. Raises Refusal."""
        given = presented(request)
        if given is None or not self._is_good(*given):
            raise Refusal(401, "The provided username/password or token is not valid. Please try again.")

    def _is_good(self, scheme: str, secret: str) -> bool:
        release = self._service.release
        if scheme == "basic" and releases.has(release, "basic"):
            credentials = basic_credentials(f"{scheme} {secret}")
            return credentials is not None and self._is_administrator(*credentials)
        if scheme == "vrealizeopstoken" or (scheme == "opstoken" and releases.has(release, "ops_token")):
            now = self._service.world.now_ms()
            last = self._last_used.get(secret)
            if last is not None and now - last <= LIFE_MS:
                self._last_used[secret] = now
                return True
            self._last_used.pop(secret, None)
        return False

    def _is_administrator(self, user: object, password: object) -> bool:
        return user == self._service.user and password == self._service.password
