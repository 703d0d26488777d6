"""The orchestrator of a site: the door that the framework knocks at.

How a room joins. A room is a class below `Room` (server.py) in a file of its own:

    class Schedules(Room):
        def register(self, routes: Routes) -> None:
            routes.add("GET", "tasks", Route(self.list_all))                                   # /vco/api/tasks[/]
            routes.add("POST", "tasks", Route(self.create, right=EDIT, writes=True))
            routes.add("DELETE", "tasks/*", Route(self.delete, right=EDIT, writes=True, since=(8, 0)))

        def delete(self, exchange: Exchange, identity: str) -> Reply: ...       # one text for each * of the path

and it is named in `ROOMS` here, or in `CONTROL_ROOMS` of control_center.py, whose paths are written whole
(`/vco-controlcenter/api/...`). `self.server` has `store` (what several rooms share), `catalog` (where a room makes
types of objects known: `catalog.add`), `release`, `world` (clock, `after`) and `demand` (rights on one object).
Answers are made by the exchange (`json`, `nothing`, `raw`), lists by listing.py, uploads are read by multipart.py,
and refusals are raised (exchange.py: bad_request, not_found, conflict ...). Paths are found with and without a slash
at their end, unknown queries are nobody's business, HEAD is answered as GET. What must be forgotten at a reset is
forgotten in `clear`.
"""

from __future__ import annotations

from ..certificates import Certificate
from ..estate import BadEstate
from ..wire import BadBody, Reply, Request
from ..world import Site, World
from . import library
from .action_runs import ActionRuns
from .actions import Actions
from .catalog import Catalog
from .categories import Categories
from .configurations import Configurations
from .control_center import PATH as CONTROL_PATH
from .control_center import ControlCenter
from .exchange import Exchange, Refusal, bad_request
from .executions import Executions
from .explorer import Explorer
from .forms import Forms
from .information import Information
from .inventory import Inventory
from .packages import Packages
from .people import People, wrong_host
from .permissions import Permissions
from .plugins import Plugins
from .resources import Resources
from .routes import Routes, call
from .runs import Runs
from .schedules import Schedules
from .server import Account, Room, Server
from .versions import ARIA, BASIC, VCF, release_of
from .workflows import Workflows

ROOMS: tuple[type[Room], ...] = (
    Information,
    Categories,
    Permissions,
    Inventory,
    Explorer,
    Executions,
    Forms,
    Schedules,
    ActionRuns,
    Workflows,
    Actions,
    Configurations,
    Resources,
    Packages,
    Plugins,
)
"""The rooms of `/vco/api`, in the order in which they are built."""


class VroService:
    """The simulated orchestrator of one site."""

    kind = "vro"

    def __init__(self, world: World, site: Site) -> None:
        spec = site.spec.vro
        self.world = world
        self.site = site.name
        self.name = f"{site.name}/vro"
        try:
            release = release_of(spec.version, site.spec.product_version)
        except ValueError as problem:
            raise BadEstate(f"Site {site.name}: {problem}.") from problem
        host, port = spec.address(8281 if release.separate_ports else 443)
        self.certificate: Certificate = world.issue_certificate([host])
        default_user = {BASIC: "administrator@vsphere.local", ARIA: "admin@System Domain", VCF: "admin@System"}
        login = BASIC if spec.basic else release.login
        account = Account(spec.user or default_user[login], spec.password or world.estate.sso_password)
        written = host if port == 443 else f"{host}:{port}"
        self.server = server = Server(world, site, release, login, written, account)
        self.host, self.port = host, port
        server.people = People(server)
        server.catalog = Catalog(server)
        server.runs = Runs(server)
        library.fill(server.store, release.generation)
        self.control = ControlCenter(server, self.certificate)
        self._routes = Routes(release.number)
        self.rooms: list[Room] = [room(server) for room in ROOMS]
        server.people.register(self._routes)
        server.catalog.register(self._routes)
        for one in self.rooms:
            one.register(self._routes)

    @property
    def listening(self) -> tuple[VroService | ControlCenter, ...]:
        """What has a port of its own: the orchestrator and, in 7.x, its control centre."""
        return (self, self.control) if self.server.release.separate_ports else (self,)

    def addressed(self, url: str) -> str:
        """The address of a listener as clients have to write it: a 9.x is not there for who writes an address."""
        return url if self.server.release.generation < 9 else url.replace("127.0.0.1", "localhost")

    # The framework's side

    def handle(self, request: Request) -> Reply:
        """Answers a request."""
        exchange = Exchange(request, self.server)
        if not self._routes_to(request):
            return wrong_host(exchange)
        if self._is_control(request):
            return self.control.handle(request)
        try:
            self.server.lifecycle.check()
            return self._answer(exchange)
        except Refusal as refusal:
            return exchange.refuse(refusal)
        except BadBody as problem:
            return exchange.refuse(bad_request(str(problem)))

    def _answer(self, exchange: Exchange) -> Reply:
        route, variables, exists = self._routes.find(_method(exchange.request), exchange.parts)
        # An unknown path asks who one is before it tells that it is not there (the stricter reading).
        if route is None or not route.anonymous:
            exchange.person = self.server.people.of_request(exchange)
        return call(exchange, route, variables, exists)

    def _is_control(self, request: Request) -> bool:
        """In 8.x and 9.x the control centre shares the port; before that it has one of its own, and no path here."""
        return not self.server.release.separate_ports and request.segments[:1] == (CONTROL_PATH,)

    def _routes_to(self, request: Request) -> bool:
        """9.x routes on the name in `Host` (section 1): that of the estate, or `localhost`, which is the name that
        leads here. An address is no name."""
        if self.server.release.generation < 9:
            return True
        name = request.headers.get("host", "").rpartition("@")[2].partition(":")[0].lower()
        return name in (self.host.lower(), "localhost")

    def error(self, request: Request, status: int, code: str, message: str) -> Reply:
        """An error in the orchestrator's own shape."""
        if self._is_control(request):
            return self.control.error(request, status, code, message)
        return Exchange(request, self.server).refuse(Refusal(status, message, whole=True))

    def is_write(self, request: Request) -> bool:
        """Whether the request would change what somebody manages, or run something; logging in does not."""
        if request.method == "GET":
            return False
        if self._is_control(request):
            return self.control.is_write(request)
        route, _variables, _exists = self._routes.find(request.method, request.segments)
        return route is not None and route.writes

    def token_of(self, request: Request) -> str | None:
        """The access token of a request; Basic has no session."""
        return request.bearer_token

    def expire_sessions(self) -> int:
        """Ends every session; answers how many there were."""
        return self.server.people.forget()

    def restarted(self) -> None:
        """Comes up again: everything that is stored stays."""
        for room in self.rooms:
            room.restarted()

    def reset(self) -> None:
        """Back to the start: what was shipped, and nothing else."""
        self.server.settings.internal_hrefs = False
        self.server.settings.external_organizations.clear()
        self.server.people.clear()
        self.server.store.clear()
        library.fill(self.server.store, self.server.release.generation)
        for room in (*self.rooms, *self.control.rooms):
            room.clear()


def _method(request: Request) -> str:
    return "GET" if request.method == "HEAD" else request.method
