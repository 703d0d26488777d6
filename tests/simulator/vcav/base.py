"""What all four vCloud Availability services have in common: negotiation, sessions, roles, routing, errors.

The calls that exist on every service are in common.py.
"""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..identity import stable_id
from ..wire import BadBody, Reply, Request, dumps
from ..world import SYSTEM, Site, World
from .appliance import Appliance
from .backups import Backups
from .bundles import Bundles
from .common import add_common_routes
from .errors import (
    ApiError,
    bad_credentials,
    bad_input,
    error_body,
    failure,
    forbidden,
    not_found,
    remote_not_authenticated,
    token_required,
)
from .lookup_service import Trust, add_lookup_routes, trouble
from .own_certificate import add_certificate_routes
from .reach import is_sso_administrator
from .root_password import add_root_password_routes
from .routing import ADMIN, EVERYONE, OPEN, Call, Routes
from .sessions import Session, Sessions
from .tasks import Tasks
from .updates import add_update_routes
from .versions import PLAIN_JSON, Product

if TYPE_CHECKING:
    from .site import SiteServices

_GUIDE = b"<!DOCTYPE html><html><head><title>API guide</title></head><body><h1>API guide</h1></body></html>"


class ApplianceService(ABC):
    """A service of an appliance. Subclasses add their routes and their state."""

    kind = ""

    def __init__(self, world: World, site: Site, appliance: Appliance, group: SiteServices) -> None:
        self.world = world
        self.site_state = site
        self.site = site.name
        self.appliance = appliance
        self.group = group
        self.product = Product(site.spec.product_version)
        self.name = f"{site.name}/{appliance.name}/{self.kind}"
        self.id = ""
        self._identify()
        self.lookup: Trust | None = None
        """The lookup service that it has been registered with."""
        domain = world.estate.dns_domain
        self.certificate = world.issue_certificate(self.certificate_names(appliance.name, domain))
        self.sessions = Sessions(world.now_ms)
        self.tasks = Tasks(world)
        self.routes = Routes()
        self._media_types: dict[str | None, str | None] = {}
        self.log_levels: dict[str, str] = {}
        self._boot()
        self.routes.add("POST", "sessions", self._login, OPEN, write=False)
        self.routes.add("GET", "sessions", lambda call: call.json(call.session.details()), EVERYONE)
        self.routes.add("DELETE", "sessions", self._logout, EVERYONE, write=False)
        add_common_routes(self)
        add_root_password_routes(self)
        add_lookup_routes(self)
        add_certificate_routes(self)
        add_update_routes(self)
        self.bundles = Bundles(self)
        self.bundles.add_routes()
        self.backups = Backups(self)
        if not self.product.is_3:
            self.backups.add_routes()
        self.add_routes()
        appliance.services.append(self)
        world.add_service(self)

    def certificate_names(self, host: str, domain: str) -> list[str]:
        """Names that the certificate is valid for, the common name first."""
        return [f"{host}.{domain}", host]

    @abstractmethod
    def add_routes(self) -> None:
        """Adds the calls of one kind of service."""

    @property
    @abstractmethod
    def is_configured(self) -> bool:
        """The answer of `config/is-configured`."""

    @abstractmethod
    def health(self) -> dict[str, Any]:
        """The health object of one kind of service."""

    def _identify(self) -> None:
        """Another deployment of the same appliance is another instance."""
        deployments = self.appliance.deployments
        self.id = stable_id("service", self.name, *([str(deployments)] if deployments else []))

    def _boot(self) -> None:
        self.booted = self.world.now_ms()
        self.runtime_id = str(uuid.uuid4())
        self.log_levels = {"com.vmware": "INFO"}

    # The framework's door (service.py)

    def restarted(self) -> None:
        """Sessions are gone, stamps are new, log levels are forgotten (contract 5.1, 9)."""
        self.sessions.clear()
        self._boot()
        self.group.tunnels.restarted(self)

    def expire_sessions(self) -> int:
        """Forgets all logins."""
        return self.sessions.clear()

    def reset(self) -> None:
        """As delivered; what the estate says comes when all services are so far (site.py)."""
        if self.appliance.services[0] is self:
            self.appliance.reset()
        self.forget()
        self._boot()

    def forget(self) -> None:
        """Nothing is configured and nobody logged in: a new deployment."""
        self._identify()
        self.lookup = None
        self.sessions.clear()
        self.tasks.clear()
        self.bundles.forget()
        self.backups.forget()

    def token_of(self, request: Request) -> str | None:
        """The token header; a repeated one counts once (contract 3.1)."""
        return request.headers.get("x-vcav-auth")

    def is_write(self, request: Request) -> bool:
        """Logging in and out, extending and asking for health are not writes; unknown calls count by their verb."""
        if request.method == "GET":
            return False
        found = self.routes.find(request.segments)
        route = found[0].get(request.method) if found else None
        return route.is_write if route else request.method not in ("HEAD", "OPTIONS")

    def error(self, request: Request, status: int, code: str, message: str) -> Reply:
        """An error answer in the media type that the client asked for."""
        media_type = self._negotiated(request) or PLAIN_JSON
        return Reply(status, dumps(error_body(code, message)), [("content-type", media_type)])

    def handle(self, request: Request) -> Reply:
        """Finds the call, checks the login and the role, and answers."""
        try:
            return self._answer(request)
        except ApiError as problem:
            reply = self.error(request, problem.status, problem.code, problem.message)
            reply.headers.extend(problem.headers)
            return reply
        except BadBody as problem:
            return self.error(request, 400, "BadUserInput", str(problem))

    def _negotiated(self, request: Request) -> str | None:
        accept = request.headers.get("accept")
        try:
            return self._media_types[accept]
        except KeyError:
            if len(self._media_types) > 1000:
                self._media_types.clear()
            media_type = self._media_types[accept] = self.product.negotiate(accept)
            return media_type

    def _answer(self, request: Request) -> Reply:
        # HEAD is GET without the body, which the server leaves out (RFC 9110, 9.3.2).
        method = "GET" if request.method == "HEAD" else request.method
        if request.segments == ("docs", "api-guide.html") and method == "GET":
            # The readiness probe: no login, any Accept (contract 1.3).
            return Reply(200, _GUIDE, [("content-type", "text/html;charset=UTF-8")])
        media_type = self._negotiated(request)
        if media_type is None:
            # INFERRED (contract 9): 406 for a version that is newer than the service.
            raise ApiError(406, "NotAcceptable", f"This service speaks API version {self.product.api} and older.")
        session = self.sessions.find(request.headers.get("x-vcav-auth"))
        found = self.routes.find(request.segments)
        if found is None:
            # Whoever is not logged in learns nothing about paths.
            if session is None:
                raise token_required()
            raise not_found(f"Path {request.path}")
        methods, args = found
        route = methods.get(method)
        if route is None:
            # The login comes first here too: a client whose session has ended must hear of that (contract 3.3).
            if session is None and all(one.access != OPEN for one in methods.values()):
                raise token_required()
            problem = ApiError(405, "MethodNotAllowed", f"{request.method} is not allowed on {request.path}.")
            problem.headers.append(("Allow", ", ".join(sorted(methods))))
            raise problem
        if route.access != OPEN:
            if session is None:
                raise token_required()
            if route.access == ADMIN and not session.is_admin:
                raise forbidden()
        if self.appliance.root_password_expired and route.is_write and not route.expired:
            # INFERRED: reading works with the initial password, but it "must be changed" (contract 2.2, 4.1).
            raise failure("The root password has expired and must be changed first.")
        if not route.raw:
            _require_json(request)
        return route.handler(Call(request, media_type, session, args))

    # Logging in and out

    @property
    def local_site_of_sessions(self) -> str | None:
        """The site that a new session shows; services other than the cloud's know none (contract 3.2)."""
        return None

    @property
    def login_types(self) -> frozenset[str]:
        """Session types that this service takes."""
        return frozenset({"localUser", "ssoCredentials", "ssoToken"})

    def _login(self, call: Call) -> Reply:
        document = call.request.json()
        if not isinstance(document, dict) or not isinstance(document.get("type"), str):
            raise bad_input("A session needs a type.")
        kind = document.pop("type")
        if kind not in self.login_types:
            raise bad_input(f"Session type {kind} is not supported by this service.")
        session = self.log_in(kind, document, call)
        return call.json(session.details(), headers=[("X-VCAV-Auth", session.token)])

    def log_in(self, kind: str, given: dict[str, object], call: Call) -> Session:
        """Checks credentials and starts a session. Subclasses know further kinds."""
        if kind == "localUser":
            user, password = text_fields(given, "localUser", "localPassword")
            if user != "root" or password != self.appliance.root_password:
                raise bad_credentials()
            self.admit_administrator(call)
            return self.sessions.start("root", SYSTEM, self.local_site_of_sessions)
        if kind == "ssoCredentials":
            if given.get("principal", "") is None:
                given.pop("principal")
            user, password = text_fields(given, "username", "password")
            # The single sign-on is known through the lookup service (contract 3.2).
            if self.lookup is None or not is_sso_administrator(self.world, user, password):
                raise bad_credentials()
            self.admit_administrator(call)
            return self.sessions.start(user, SYSTEM, self.local_site_of_sessions)
        raise bad_input("The simulator has no single sign-on server that could have issued a SAML token (ssoToken).")

    def admit_administrator(self, call: Call) -> None:
        """Raises ApiError when no administrator may come in this way; only the cloud service has such a way."""
        if call.request.via == "public":
            raise bad_credentials()

    def _logout(self, call: Call) -> Reply:
        self.sessions.end(call.session)
        return Reply.empty()

    # For subclasses and parts

    @property
    def build(self) -> str:
        """`buildVersion`: that of the image, or of the update that the appliance has taken."""
        return self.appliance.build or self.product.build

    def require_disk(self) -> None:
        """Raises ApiError 500 when the appliance's disk is full."""
        if self.world.faults.holding("disk_full", self.name):
            raise failure("No space left on device.")

    def start_task(self, call: Call, kind: str, resource: tuple[str, str, str], work: Callable[[], Any]) -> Reply:
        """202 with a task that does `work` when it is due. `resource`: type, id and name."""
        task = self.tasks.start(
            work,
            type=kind,
            resource=resource,
            user=call.session.user,
            site=self.group.cloud.local_site,
            operation_id=call.request.headers.get("operationid"),
            fault=self.world.faults.take_task(self.name, call.request.method, call.request.target),
        )
        return call.json(task.view(self.world.now_ms()), 202)

    def local_site_only(self, call: Call) -> None:
        """Raises ApiError for a `site` parameter that names another site: writing is local (contract 4.10)."""
        site = call.request.first("site")
        if site and site != self.group.cloud.local_site:
            raise bad_input("This call works on the local site only.")

    def component_error(self, component: str) -> dict[str, object] | None:
        """The error of one health check, None when it is well. `lsError`, `lsConnectivity` and `ls` mean the same."""
        for fault in self.world.faults.holding("component_error", self.name):
            named = str(fault.parameters["component"]).removesuffix("Error").removesuffix("Connectivity")
            if named == component:
                text = str(fault.parameters.get("message", f"The check {component} failed."))
                return error_body("GeneralServerFailure", text)
        message = self.trouble_with(component)
        return error_body("GeneralServerFailure", message) if message else None

    def trouble_with(self, component: str) -> str | None:
        """What is wrong with a component, faults apart; None when it is well."""
        return trouble(self) if component == "ls" else None

    def require_extension(self, session: Session, site: str) -> str:
        """The organization under which a session is known at a site.

        Raises ApiError 401 when it has not been extended to it.
        """
        org = (session.sites or {}).get(site)
        if org is None:
            raise remote_not_authenticated(site)
        return org


def _require_json(request: Request) -> None:
    """Raises ApiError 415 for a body that says to be something else than JSON (contract 3.1; the status is INFERRED).

    A body that does not say what it is counts as JSON: no recorded client shows what becomes of it.
    """
    given = request.headers.get("content-type")
    if not given or not request.body:
        return
    media = given.partition(";")[0].strip().lower()
    if media != "application/json" and not (media.startswith("application/") and media.endswith("+json")):
        raise ApiError(415, "UnsupportedMediaType", f"Content type '{media}' is not supported.")


def text_fields(given: dict[str, object], *names: str) -> list[str]:
    """The values of exactly these string fields; ApiError 400 for missing and for other ones."""
    for name in given:
        if name not in names:
            raise bad_input(f'Unrecognized field "{name}".')
    values = [given.get(name) for name in names]
    for name, value in zip(names, values, strict=True):
        if not isinstance(value, str) or not value:
            raise bad_input(f"{name} is required.")
    return [str(value) for value in values]
