"""The control centre: Basic for the local `root` or an administrator of the orchestrator (contract section 15).

In 7.x it listens on a port of its own and is there while the server restarts; in 8.x and 9.x the orchestrator's own
door leads here. What it can do are rooms (`CONTROL_ROOMS`), as in service.py; their paths are written whole.
"""

from __future__ import annotations

from ..certificates import Certificate
from ..wire import BadBody, Reply, Request, basic_credentials
from .control_rooms import ControlPlugins, ServerState, Trust
from .exchange import Exchange, Refusal, bad_request
from .people import ALL_RIGHTS, Person, split_name
from .routes import Routes, call
from .server import Room, Server

PATH = "vco-controlcenter"
CONTROL_ROOMS: tuple[type[Room], ...] = (ServerState, ControlPlugins, Trust)


class ControlCenter:
    """The control centre of one orchestrator."""

    kind = "vro-control"

    def __init__(self, server: Server, certificate: Certificate) -> None:
        self.server = server
        self.site = server.site.name
        self.name = f"{self.site}/vro-control"
        self.certificate = certificate
        self._routes = Routes(server.release.number)
        self.rooms: list[Room] = [room(server) for room in CONTROL_ROOMS]
        for one in self.rooms:
            one.register(self._routes)

    def _person(self, request: Request) -> Person | None:
        """`root` of the appliance, or an administrator."""
        credentials = basic_credentials(request.authorization)
        if credentials is None:
            return None
        name, password = credentials
        if name == "root":
            # The orchestrator's appliance has the estate's root password.
            return (
                Person("root", "", password, ALL_RIGHTS) if password == self.server.world.estate.root_password else None
            )
        person = self.server.people.find(*split_name(name), password)
        return person if person and person.is_administrator else None

    def handle(self, request: Request) -> Reply:
        """Answers a request: an error is JSON in every release (section 15)."""
        exchange = Exchange(request, self.server)
        try:
            person = self._person(request)
            if person is None:
                raise Refusal(401, "Unauthorized", headers=[("WWW-Authenticate", 'Basic realm="Control Center"')])
            exchange.person = person
            method = "GET" if request.method == "HEAD" else request.method
            return call(exchange, *self._routes.find(method, exchange.parts))
        except Refusal as refusal:
            return self._refuse(exchange, refusal)
        except BadBody as problem:
            return self._refuse(exchange, bad_request(str(problem)))

    @staticmethod
    def _refuse(exchange: Exchange, refusal: Refusal) -> Reply:
        body = {"status": refusal.status, "message": refusal.message}
        return Reply.json(body, refusal.status, headers=exchange.headers(refusal.headers))

    def error(self, request: Request, status: int, code: str, message: str) -> Reply:
        """An error in its own shape."""
        return self._refuse(Exchange(request, self.server), Refusal(status, message))

    def is_write(self, request: Request) -> bool:
        """Whether the request would change what somebody manages."""
        if request.method == "GET":
            return False
        route, _variables, _exists = self._routes.find(request.method, request.segments)
        return route is not None and route.writes

    def token_of(self, request: Request) -> str | None:
        """Basic has no session."""
        return None

    def expire_sessions(self) -> int:
        """There are none."""
        return 0

    def restarted(self) -> None:
        """Comes up again."""
        for room in self.rooms:
            room.restarted()

    def reset(self) -> None:
        """The orchestrator's reset is its own, too: VroService.reset."""
