"""The vRealize Operations of a site: the door that the framework knocks at, and the table of its calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..certificates import Certificate
from ..estate import BadEstate
from ..routing import PathTable
from ..wire import BadBody, Reply, Request
from ..world import Site, World
from . import releases
from .adapters import Adapters
from .credentials import Credentials
from .exchange import Exchange, Refusal
from .kinds import KindCalls
from .nodes import Nodes
from .resources import Resources
from .state import State
from .tokens import LOCAL, Tokens, presented

Handler = Callable[..., Reply]
USER = "admin"


@dataclass(frozen=True)
class Route:
    """One call."""

    handler: Handler
    feature: str | None = None
    """What the release must have (releases.py)."""
    writes: bool = False
    anonymous: bool = False


class VropsService:
    """The simulated vRealize Operations of one site."""

    kind = "vrops"

    def __init__(self, world: World, site: Site) -> None:
        """Raises BadEstate for a release that is not simulated."""
        self.world, self.site_state, self.site = world, site, site.name
        self.name = f"{site.name}/vrops"
        self.host = site.spec.vcd_host.replace("-vcd", "-vrops", 1)
        if self.host == site.spec.vcd_host:
            self.host = f"vrops.{site.spec.vcd_host}"
        self.certificate: Certificate = world.issue_certificate([self.host])
        self.release = site.spec.vrops_version or releases.DEFAULT
        if self.release not in releases.RELEASES:
            known = ", ".join(releases.RELEASES)
            raise BadEstate(f"Site {site.name}: vRealize Operations {self.release} is not simulated; {known} are.")
        self.user, self.password, self.source = USER, site.spec.vcd_password, LOCAL
        self.state = State(world, site)
        self.tokens = Tokens(self)
        self.credentials = Credentials(self.state)
        self.adapters = Adapters(self.state, self.credentials, self.release)
        self.resources = Resources(self.state, self.adapters)
        self._nodes = Nodes(self.state, self.release, self.host)
        self._routes = self._table()

    def _table(self) -> PathTable[Route]:
        table: PathTable[Route] = PathTable()
        tokens, credentials, adapters, resources = self.tokens, self.credentials, self.adapters, self.resources
        kinds, nodes = KindCalls(), self._nodes

        def add(method: str, path: str, handler: Handler, feature: str | None = None, anonymous: bool = False) -> None:
            writes = method != "GET" and not path.startswith(("auth/", "adapters/testConnection"))
            table.add(method, f"/suite-api/api/{path}", Route(handler, feature, writes, anonymous))

        add("POST", "auth/token/acquire", tokens.acquire, anonymous=True)
        add("POST", "auth/token/release", tokens.release)
        add("GET", "auth/currentuser", tokens.current_user)
        add("GET", "auth/sources", tokens.sources, anonymous=True)
        add("GET", "versions/current", nodes.version)
        add("GET", "deployment/node/status", nodes.status)
        add("GET", "collectors", nodes.collectors)
        add("GET", "collectors/*/adapters", adapters.of_collector)
        add("GET", "collectorgroups", nodes.groups)
        add("GET", "tasks/*", nodes.task)
        add("GET", "solutions", kinds.solutions)
        add("GET", "adapterkinds", kinds.adapter_kinds)
        add("GET", "adapterkinds/*", kinds.adapter_kind)
        add("GET", "adapterkinds/*/resources", resources.of_kind)
        add("GET", "adapterkinds/*/resourcekinds", kinds.resource_kinds)
        add("GET", "adapterkinds/*/resourcekinds/*/identifiers", kinds.identifiers, "identifier_details")
        add("GET", "credentialkinds", kinds.credential_kinds)
        add("GET", "credentials", credentials.list_all)
        add("POST", "credentials", credentials.create)
        add("PUT", "credentials", credentials.replace)
        add("PATCH", "credentials", credentials.patch, "credential_patch")
        add("GET", "credentials/*", credentials.read)
        add("DELETE", "credentials/*", credentials.remove)
        add("GET", "credentials/*/adapters", adapters.of_credential)
        add("GET", "credentials/*/resources", resources.of_credential)
        add("GET", "adapters", adapters.list_all)
        add("POST", "adapters", adapters.create)
        add("PUT", "adapters", adapters.replace)
        add("PATCH", "adapters", adapters.accept)
        # Both spellings are in use by published clients, the second one by the documentation.
        for word in ("testConnection", "testconnection"):
            table.add("POST", f"/suite-api/api/adapters/{word}", Route(adapters.test, "test_connection"))
            table.add("PATCH", f"/suite-api/api/adapters/{word}", Route(adapters.accept_tested, "test_connection"))
        add("GET", "adapters/*", adapters.read)
        add("DELETE", "adapters/*", adapters.remove)
        add("GET", "adapters/*/resources", resources.of_instance)
        add("PUT", "adapters/*/monitoringstate/start", adapters.start)
        add("PUT", "adapters/*/monitoringstate/stop", adapters.stop)
        add("PUT", "adapters/*/maintained", adapters.maintain)
        add("DELETE", "adapters/*/maintained", adapters.end_maintenance)
        add("GET", "resources", resources.list_all)
        add("GET", "resources/*", resources.read)
        add("DELETE", "resources/*", resources.remove)
        add("POST", "resources/adapters/*", resources.create)
        add("PUT", "resources/*/maintained", adapters.maintain)
        add("DELETE", "resources/*/maintained", adapters.end_maintenance)
        add("PUT", "resources/*/monitoringstate/start", lambda exchange, key: resources.switch(exchange, key, True))
        add("PUT", "resources/*/monitoringstate/stop", lambda exchange, key: resources.switch(exchange, key, False))
        return table

    # The framework's side

    def _exchange(self, request: Request) -> Exchange:
        return Exchange(request, releases.has(self.release, "json_by_default"))

    def handle(self, request: Request) -> Reply:
        """Answers a request."""
        exchange = self._exchange(request)
        try:
            return self._answer(exchange)
        except Refusal as refusal:
            return exchange.refuse(refusal)
        except BadBody as problem:
            return exchange.refuse(Refusal(400, str(problem)))

    def _answer(self, exchange: Exchange) -> Reply:
        request = exchange.request
        exchange.check()
        route, variables, exists = self._routes.find(request.method, request.segments)
        if route is None or not route.anonymous:
            self.tokens.check(request)
        if route is None or (route.feature and not releases.has(self.release, route.feature)):
            if exists and (route is None):
                raise Refusal(405, f"HTTP 405 Method Not Allowed: {request.method}")
            raise Refusal(404, f"HTTP 404 Not Found: {request.path}")
        return route.handler(exchange, *variables)

    def error(self, request: Request, status: int, code: str, message: str) -> Reply:
        """An error in the service's own shape."""
        return self._exchange(request).refuse(Refusal(status, message))

    def is_write(self, request: Request) -> bool:
        """Whether the request would change what somebody manages; logging in and testing connections do not."""
        route, _variables, _exists = self._routes.find(request.method, request.segments)
        return route is not None and route.writes

    def token_of(self, request: Request) -> str | None:
        """The session secret that the request carries."""
        given = presented(request)
        return given[1] if given else None

    def expire_sessions(self) -> int:
        """Ends every session; answers how many there were."""
        return self.tokens.clear()

    def restarted(self) -> None:
        """Comes up again: tokens are gone, everything else is in the database."""
        self.tokens.clear()

    def reset(self) -> None:
        """Back to the estate."""
        self.tokens.clear()
        self.adapters.clear()
        self.state.reset()
