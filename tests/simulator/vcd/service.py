"""The vCD of a site: the door that the framework knocks at, and the table of its calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from ..certificates import Certificate
from ..estate import BadEstate
from ..wire import BadBody, Reply, Request
from ..world import Site, World
from . import versions
from .catalogs import Catalogs
from .directory import Directory
from .entities import Entities
from .exchange import FORBIDDEN, Exchange, Refusal, bad_request, forbidden, not_found
from .extensions import Service
from .legacy_orgs import LegacyOrganizations
from .metadata import MetadataCalls
from .networks import NetworkCalls
from .organizations import Organizations
from .portal import Portal
from .provider_vdcs import ProviderVdcs
from .query import QueryService
from .resolver import Resolver
from .rights import Access
from .rights_publishing import global_roles, rights_bundles
from .roles import Roles
from .routes import Route, Routes, call
from .service_accounts import ServiceAccounts
from .sessions import Sessions, presented_secret
from .stock import Stock
from .tasks import Tasks
from .tokens import Tokens
from .users import Users
from .users_legacy import LegacyUsers
from .vapps import Vapps
from .vdcs import Vdcs

# The framework's own words for what it does to a request, in the vCD's.
_CODES = {
    "BadUserInput": "BAD_REQUEST",
    "Forbidden": FORBIDDEN,
    "GeneralServerFailure": "INTERNAL_SERVER_ERROR",
    "ServiceUnavailable": "SERVICE_UNAVAILABLE",
    "TooManyRequests": "TOO_MANY_REQUESTS",
}
# Only the release is known of an estate's vCD; build number and date are made up in the form of section 1.2.
_BUILD_NUMBER = 18296007
_BUILD_DATE = datetime(2021, 7, 15, 6, 25, tzinfo=timezone.utc)


class VcdService:
    """The simulated vCD (or VMware Cloud Director) of one site."""

    kind = "vcd"

    def __init__(self, world: World, site: Site) -> None:
        self.world = world
        self.site_state = site
        self.site = site.name
        self.name = f"{site.name}/vcd"
        self.certificate: Certificate = world.issue_certificate([site.spec.vcd_host])
        self.release = site.spec.vcd_version or versions.default_release(site.spec.product_version)
        try:
            self.offers = versions.offers_of(self.release, site.spec.vcd_api_versions)
        except ValueError as problem:
            raise BadEstate(f"Site {site.name}: {problem}.") from problem
        self._offered = frozenset(offer.version for offer in self.offers)
        self._accepts: dict[str, versions.Accepted] = {}
        release = self.release if self.release.count(".") > 1 else f"{self.release}.0"
        build = f"{release}.{_BUILD_NUMBER} {_BUILD_DATE:%a %b %d %H:%M:%S UTC %Y}"
        self.sessions = Sessions(world, site)
        self.tasks = Tasks(world, site, self.name)
        self.directory = Directory(world, site)
        self.organizations = Organizations(self.directory, self.tasks)
        self.stock = Stock(site, self.directory, self.offers[-1].number)
        self.query = QueryService(self.directory, self.tasks, self.stock)
        self.access = Access(self.directory)
        self.legacy = LegacyOrganizations(self.organizations, self.stock, self.access, build)
        self.sessions.role_id = self.access.role_id
        self.users = Users(self.access, self.directory, self.sessions, self.tasks)
        self.stock.full_name = lambda user: self.users.person(user).full_name
        self.roles = Roles(self.access, self.query)
        self.entities = Entities(self.access, self.directory, self.tasks, self.offers[-1].number)
        self.portal = Portal(self.directory, self.tasks, self.query, self.access, self.release)
        self.accounts = ServiceAccounts(self.access, self.directory, self.sessions, self.tasks)
        self.tokens = Tokens(self.sessions, self.directory, self.portal.mqtt, self.access, self.accounts)
        self.users.on_discard.append(self.tokens.forget_user)
        self._routes = self._table()
        self.outside: dict[str, Callable[[Exchange], Reply]] = {}
        """What answers for API extensions, by the names of their services: processes of their own beside the vCD."""

    def _table(self) -> Routes:
        """Every call that this vCD answers. Log-ins are no writes: they change nothing that anybody manages."""
        routes, sessions, organizations, legacy, tasks = (
            Routes(),
            self.sessions,
            self.organizations,
            self.legacy,
            self.tasks,
        )
        add, v1 = routes.add, "/cloudapi/1.0.0"
        add("GET", "/api/versions", Route(self._versions, anonymous=True, any_version=True))

        add("POST", "/api/sessions", Route(sessions.log_in_legacy, anonymous=True))
        add("GET", "/api/session", Route(sessions.read_legacy))
        add("DELETE", "/api/session", Route(sessions.end_current))
        for path, provider in ((f"{v1}/sessions", False), (f"{v1}/sessions/provider", True)):

            def log_in(exchange: Exchange, provider: bool = provider) -> Reply:
                return sessions.log_in(exchange, provider=provider)

            add("POST", path, Route(log_in, since=(33, 0), anonymous=True))
        add("GET", f"{v1}/sessions", Route(sessions.list_own, since=(33, 0)))
        add("GET", f"{v1}/sessions/*", Route(sessions.read_one, since=(33, 0)))
        add("DELETE", f"{v1}/sessions/*", Route(sessions.end_one, since=(33, 0)))
        add("GET", f"{v1}/sessions/*/accessibleLocations", Route(sessions.list_locations, since=(33, 0)))

        add("GET", f"{v1}/orgs", Route(organizations.list_json, since=(35, 0)))
        add("POST", f"{v1}/orgs", Route(organizations.create_json, since=(36, 0), writes=True))
        add("GET", f"{v1}/orgs/*", Route(organizations.read_json, since=(35, 0)))
        add("PUT", f"{v1}/orgs/*", Route(organizations.update_json, since=(36, 0), writes=True))
        add("DELETE", f"{v1}/orgs/*", Route(organizations.delete_json, since=(36, 0), writes=True))

        add("GET", "/api/org", Route(legacy.read_list))
        add("GET", "/api/org/*", Route(legacy.read))
        add("GET", "/api/admin", Route(legacy.read_root))
        add("POST", "/api/admin/orgs", Route(legacy.create, writes=True))
        add("GET", "/api/admin/org/*", Route(legacy.read_admin))
        add("PUT", "/api/admin/org/*", Route(legacy.update, writes=True))
        add("DELETE", "/api/admin/org/*", Route(legacy.delete, writes=True))
        add("POST", "/api/admin/org/*/action/enable", Route(legacy.enable, writes=True))
        add("POST", "/api/admin/org/*/action/disable", Route(legacy.disable, writes=True))

        add("GET", "/api/query", Route(self.query.answer))
        add("GET", "/api/task/*", Route(tasks.read))
        add("POST", "/api/task/*/action/cancel", Route(tasks.cancel, writes=True))
        add("GET", "/api/tasksList/*", Route(tasks.read_list))

        LegacyUsers(self.users, self.roles).register(routes)
        for calls in (self.users, self.roles, global_roles(self.access), rights_bundles(self.access), self.entities):
            calls.register(routes)
        newest = max(offer.number for offer in self.offers)
        self.tokens.register(routes, newest)
        self.accounts.register(routes, newest)
        self.portal.register(routes)
        for room in (Vdcs, ProviderVdcs, NetworkCalls, Catalogs, Vapps, MetadataCalls):
            room(self.stock).register(routes)
        elsewhere = {**self.entities.addresses, **self.users.addresses, **self.roles.addresses}
        Resolver(self.stock, elsewhere).register(routes)
        return routes

    # The framework's side

    def handle(self, request: Request) -> Reply:
        """Answers a request."""
        exchange = self._exchange(request)
        try:
            return self._answer(exchange)
        except Refusal as refusal:
            return exchange.refuse(refusal)
        except BadBody as problem:
            return exchange.refuse(bad_request(str(problem)))

    def _exchange(self, request: Request) -> Exchange:
        header = request.headers.get("accept", "")
        accepted = self._accepts.get(header)
        if accepted is None:
            accepted = versions.read_accept(header, self._offered)
            if len(self._accepts) < 256:
                self._accepts[header] = accepted
        return Exchange(request, accepted)

    def _answer(self, exchange: Exchange) -> Reply:
        parts = exchange.parts
        if not parts or parts[0] not in ("api", "cloudapi", "oauth", "transfer"):
            raise not_found(exchange.request.path)
        route, variables, exists = self._routes.find(exchange.request.method, parts)
        if exchange.accepted.version is None and not (route is not None and route.any_version):
            asked = exchange.request.headers.get("accept", "")
            # Code and body INFERRED (sections 1.4 and 7).
            raise Refusal(406, "NOT_ACCEPTABLE", f"The request has invalid accept header: {asked}.")
        public = route is not None and route.public and presented_secret(exchange.request) is None
        if route is None or not (route.anonymous or public):
            exchange.session = self.sessions.of_request(exchange)
            self._check_context(exchange)
        if route is None and not exists:
            service = self.portal.extensions.leading(exchange.request.raw_path)
            if service is not None:
                return self._ask_outside(exchange, service)
        return call(exchange, route, variables, exists)

    def _ask_outside(self, exchange: Exchange, service: Service) -> Reply:
        """What an extension answers. Raises Refusal 504 for one that nobody runs, and 403 where its authorization is
        switched on and the session has none of the rights that it has registered (INFERRED)."""
        rights = service.rights if service.authorization else {}
        if rights and not any(self.access.has(exchange.user, right) for right in rights):
            raise forbidden(", ".join(rights), "EXTERNAL_SERVICE_CALL", service.name)
        process = self.outside.get(service.name)
        if process is None:
            text = f"External service '{service.name}' failed to respond in the specified timeout (10 SECONDS)."
            raise Refusal(504, "GATEWAY_TIMEOUT", text)
        return process(exchange)

    def _check_context(self, exchange: Exchange) -> None:
        """`X-VMWARE-VCLOUD-TENANT-CONTEXT`: a bare UUID of an organization that the user may act for (section 2.5)."""
        context = exchange.request.headers.get("x-vmware-vcloud-tenant-context")
        if context is None:
            return
        if ":" in context:
            raise Refusal(401, "UNAUTHORIZED", "This operation is denied.")
        self.organizations.find(exchange, context)

    def error(self, request: Request, status: int, code: str, message: str) -> Reply:
        """An error in the family's own shape."""
        return self._exchange(request).refuse(Refusal(status, _CODES.get(code, code), message))

    def is_write(self, request: Request) -> bool:
        """Whether the request would change what somebody manages; logging in and out does not."""
        if request.method == "GET":
            return False
        route, variables, exists = self._routes.find(request.method, request.segments)
        if route is None and not exists:
            return self.portal.extensions.leading(request.raw_path) is not None
        if route is not None and route.handler == self.entities.invoke and self.entities.only_reads(*variables):
            return False
        return route is not None and route.writes

    def token_of(self, request: Request) -> str | None:
        """The session secret that the request carries; a living session counts as its access token, whichever of the
        two secrets was sent, so that the journal shows one session as one."""
        secret = presented_secret(request)
        known = self.site_state.vcd_sessions.get(secret) if secret else None
        return known.access_token if known else secret

    def expire_sessions(self) -> int:
        """Ends every session; answers how many there were."""
        return self.sessions.forget()

    def restarted(self) -> None:
        """Comes up again: sessions are gone, organizations and finished tasks are in the database and stay."""
        self.sessions.forget()

    def reset(self) -> None:
        """Back to the estate. The world has put organizations, users and sessions back already."""
        self.sessions.forget()
        self.tasks.all.clear()
        self.directory.can_publish.clear()
        self.directory.quotas.clear()
        self.tokens.clear()
        self.accounts.clear()
        self.entities.clear()
        self.users.clear()
        self.access.clear()
        self.portal.clear()

    # Anonymous

    def _versions(self, exchange: Exchange) -> Reply:
        """`GET /api/versions`."""
        if exchange.accepted.json and not exchange.accepted.xml:
            return exchange.json(versions.versions_json(self.offers, exchange.base_url))
        body = versions.versions_xml(self.offers, exchange.base_url)
        return Reply(200, body, [("content-type", "text/xml"), *exchange.plain_headers()])
