"""Which call exists in which release, and which right it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..routing import PathTable
from ..wire import Reply
from .exchange import Exchange, Refusal, forbidden
from .versions import VersionNumber

Handler = Callable[..., Reply]
"""Takes the exchange and one text for each `*` of its path."""
API = "/vco/api"
VIEW, EXECUTE, INSPECT, EDIT, ADMIN = "r", "x", "i", "c", "a"
"""The letters of section 14."""


@dataclass(frozen=True)
class Route:
    """One call."""

    handler: Handler
    since: VersionNumber = (0, 0)
    until: VersionNumber | None = None
    """The first release that does not have it any more."""
    anonymous: bool = False
    """Whether it needs no login."""
    right: str = VIEW
    """What the caller must be allowed to do on this server at all. What he may do to one object, which permissions can
    also grant to somebody without this, the handler asks (`Server.demand`)."""
    writes: bool = False
    """Whether it changes what somebody manages; runs of workflows and actions do."""

    def exists_in(self, number: VersionNumber) -> bool:
        """Whether a release has it."""
        return self.since <= number and (self.until is None or number < self.until)


class Routes(PathTable[Route]):
    """All calls that one release has. A path may have another handler before and after some release."""

    def __init__(self, number: VersionNumber) -> None:
        super().__init__()
        self._number = number

    def add(self, method: str, path: str, route: Route) -> None:
        """Adds a call, unless the release does not have it. `path` begins below `/vco/api`, or with a slash."""
        if route.exists_in(self._number):
            super().add(method, path if path.startswith("/") else f"{API}/{path}", route)


def call(exchange: Exchange, route: Route | None, variables: list[str], exists: bool) -> Reply:
    """Carries out a call that was found, or refuses it: 404 for paths that are not there, 405 for methods."""
    # What a release gets for a call of another one is not documented: it does not exist there (the stricter reading).
    if route is None:
        if exists:
            raise Refusal(405, f"Request method '{exchange.request.method}' not supported", whole=True)
        raise Refusal(404, f"There is no resource at {exchange.request.path}", whole=True)
    if not route.anonymous and route.right not in exchange.person.rights:
        raise forbidden()
    return route.handler(exchange, *variables)
