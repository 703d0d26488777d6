"""Which call exists in which API version (contract section 1.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..routing import PathTable
from ..wire import Reply
from .exchange import Exchange, Refusal, not_found
from .versions import ApiNumber

Handler = Callable[..., Reply]
"""Takes the exchange and one text for each `*` of its path."""
_EVER: ApiNumber = (0, 0)


@dataclass(frozen=True)
class Route:
    """One call."""

    handler: Handler
    since: ApiNumber = _EVER
    anonymous: bool = False
    """Whether it needs no session."""
    public: bool = False
    """Whether it is answered without a session as well; one that is sent must be good."""
    any_version: bool = False
    """Whether it is answered without an API version in `Accept`."""
    writes: bool = False
    """Whether it changes managed state."""


class Routes(PathTable[Route]):
    """All calls of a vCD."""


def call(exchange: Exchange, route: Route | None, variables: list[str], exists: bool) -> Reply:
    """Carries out a call that was found, or refuses it: 404 for unknown paths and too old versions, 405 for methods."""
    if route is None:
        if exists:
            raise Refusal(405, "METHOD_NOT_ALLOWED", f"{exchange.request.method} is not supported here.")
        raise not_found(exchange.request.path)
    # What an older API number gets for a newer call is not documented: it does not exist there (the stricter reading).
    if not route.any_version and exchange.version < route.since:
        raise not_found(exchange.request.path)
    return route.handler(exchange, *variables)
