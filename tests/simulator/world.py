"""The state that all services of one run share: clock, sites with their organizations and users, names, faults.

What belongs to one service alone (its sessions, policies, tasks) lives in that service. What more than one of them must
agree on lives here: the vCD owns organizations, users and vCD sessions, and vCloud Availability reads them.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .bulk import grow
from .certificates import Authority, Certificate
from .estate import Estate, SiteSpec
from .faults import Faults
from .identity import stable_id
from .journal import Journal
from .naming import Names
from .service import Presenter, Service
from .workloads import Workloads

SYSTEM = "System"
SYSTEM_ADMINISTRATOR = "System Administrator"
ORGANIZATION_ADMINISTRATOR = "Organization Administrator"

# What a run begins with, and goes back to: sites that work, appliances that were just switched on, or no appliances.
CONFIGURED, FIRST_BOOT, NOTHING = STARTS = ("configured", "first-boot", "nothing")


@dataclass(slots=True)
class Organization:
    """A tenant in one vCD."""

    name: str
    id: str
    """Bare UUID; `urn:vcloud:org:<id>` in vCD."""
    full_name: str
    description: str
    enabled: bool
    created: int
    """Epoch milliseconds."""


@dataclass(frozen=True)
class User:
    """Somebody who can log in to a vCD."""

    name: str
    org: str
    """Organization name; System for providers."""
    password: str
    role: str
    """The vCD role's name."""
    enabled: bool = True

    @property
    def is_system(self) -> bool:
        """A provider's user."""
        return self.org == SYSTEM


@dataclass
class VcdSession:
    """A login at a vCD. The vCD service makes and ends them; vCloud Availability accepts them as credentials."""

    id: str
    user: User
    token: str
    """The opaque session secret: what `vcdCookie` and `cookie` carry."""
    access_token: str
    """The JWT: what `vcdAccessToken` carries."""
    last_used: int
    """Epoch milliseconds; `Site.vcd_session` renews it."""


@dataclass
class Site:
    """A provider site: its vCD's tenants and users, and where its services are."""

    spec: SiteSpec
    organizations: dict[str, Organization] = field(default_factory=dict)
    """By name; change it only through `add_organization`, `add_organizations` and `remove_organization`."""
    revision: int = 0
    """Grows with every change of the organizations: whoever keeps a prepared answer compares it."""
    users: dict[tuple[str, str], User] = field(default_factory=dict)
    """By (organization, user), both lower case."""
    vcd_sessions: dict[str, VcdSession] = field(default_factory=dict)
    """By opaque token *and* by access token."""
    vcd_session_idle_ms: int = 30 * 60 * 1000
    workloads: Workloads = field(init=False)
    """VDCs, vApps, VMs and catalogs of its tenants."""

    def __post_init__(self) -> None:
        self.workloads = Workloads(self)

    @property
    def name(self) -> str:
        """The site's name."""
        return self.spec.name

    def add_organizations(self, names: Iterable[str], created: int, password: str) -> int:
        """Adds organizations that are not there yet, each with an administrator `admin`; answers how many."""
        added = 0
        for name in names:
            if name not in self.organizations:
                self.add_organization(
                    Organization(name, stable_id("org", self.name, name), name, "", True, created), password
                )
                added += 1
        return added

    def add_organization(self, organization: Organization, password: str) -> None:
        """Adds one organization and its administrator `admin`."""
        self.organizations[organization.name] = organization
        self.add_user(User("admin", organization.name, password, ORGANIZATION_ADMINISTRATOR))
        self.revision += 1

    def remove_organization(self, name: str) -> None:
        """Removes an organization, its users and their sessions."""
        del self.organizations[name]
        self.users = {key: user for key, user in self.users.items() if user.org != name}
        self.vcd_sessions = {key: one for key, one in self.vcd_sessions.items() if one.user.org != name}
        self.revision += 1

    def add_user(self, user: User) -> None:
        """Adds or replaces a user."""
        self.users[user.org.lower(), user.name.lower()] = user

    def authenticate(self, name: str, org: str, password: str) -> User | None:
        """The user, when name, organization and password fit and he may log in.

        Names are compared without regard to case (INFERRED; the estate itself writes administrator@system).
        """
        user = self.user_to_log_in(name, org)
        return user if user and user.password == password else None

    def user_to_log_in(self, name: str, org: str) -> User | None:
        """The user of this name, when he and his organization are enabled.

        Whether users of a disabled organization may log in is not documented; refusing them is the stricter reading,
        and vCloud Availability, which asks the vCD about its users, cannot be more generous than the vCD.
        """
        user = self.users.get((org.lower(), name.lower()))
        if user is None or not user.enabled:
            return None
        organization = self.organizations.get(user.org)
        return user if user.is_system or (organization is not None and organization.enabled) else None

    def vcd_session(self, secret: str, now: int) -> VcdSession | None:
        """The live vCD session of an opaque token or an access token; using it keeps it alive."""
        session = self.vcd_sessions.get(secret)
        if session is None:
            return None
        if now - session.last_used > self.vcd_session_idle_ms:
            self.end_vcd_session(session)
            return None
        session.last_used = now
        return session

    def start_vcd_session(self, session: VcdSession) -> None:
        """Makes a session known under both of its secrets."""
        self.vcd_sessions[session.token] = session
        self.vcd_sessions[session.access_token] = session

    def end_vcd_session(self, session: VcdSession) -> None:
        """Forgets a session."""
        self.vcd_sessions.pop(session.token, None)
        self.vcd_sessions.pop(session.access_token, None)


class World:
    """Everything that the services of one run have in common."""

    def __init__(self, estate: Estate, start: str = CONFIGURED) -> None:
        self.estate = estate
        self.start = start
        """The state of the appliances at the start and after the last reset: one of STARTS."""
        self._first_start = start
        self.names = Names()
        self.journal = Journal()
        self.faults = Faults(self)
        self.authority = Authority()
        self.services: dict[str, Service] = {}
        self.sites: dict[str, Site] = {spec.name: Site(spec) for spec in estate.sites}
        self.refuse_writes = False
        self.task_seconds = 0.3
        """How long a task takes on the simulator's clock."""
        self.restart_seconds: float | None = None
        """How long every restart and boot takes, in place of its own time; None: its own time."""
        self._offset_ms = 0
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.unavailable_until: dict[str, int] = {}
        """Service name -> simulated time until which it answers 503 (restarting)."""
        self.powered_off: set[str] = set()
        """Names of services whose appliance is switched off or not there: nothing listens."""
        self.booting: set[str] = set()
        """Names of services that restart with closed ports."""
        self.after_reset: list[Callable[[], None]] = []
        """What is left to do once every service has been reset."""
        self.on_outage: Callable[[Service, bool], None] | None = None
        """Told when a service's sockets are to close (True) and to open again (False); set by the server."""
        self.on_new_certificate: Callable[[Service], None] | None = None
        """Told when a service presents another certificate; set by the server."""
        self._fill()

    def _fill(self) -> None:
        now = self.now_ms()
        for site in self.sites.values():
            name, _at, org = site.spec.vcd_administrator.partition("@")
            # One provider organization, whatever case the estate writes it in.
            org = SYSTEM if not org or org.lower() == SYSTEM.lower() else org
            site.add_user(User(name, org, site.spec.vcd_password, SYSTEM_ADMINISTRATOR))
            site.add_organizations(self.estate.tenants, now, site.spec.vcd_password)
            site.workloads.clock = self.now_ms
            site.workloads.reset(self.estate.tenants)

    # Clock and things to come

    def now_ms(self) -> int:
        """Epoch milliseconds on the simulator's clock: real time plus what `advance` has added."""
        return int(time.time() * 1000) + self._offset_ms

    def advance(self, seconds: float) -> None:
        """Lets simulated time pass at once."""
        self._offset_ms += int(seconds * 1000)
        self.run_due()

    def after(self, seconds: float, action: Callable[[], None]) -> int:
        """Does `action` once that much simulated time has passed; answers the time at which it is due."""
        due = self.now_ms() + int(seconds * 1000)
        heapq.heappush(self._due, (due, next(self._order), action))
        return due

    def run_due(self) -> None:
        """Does what is due by now. Called before every request, so that nobody ever sees a late state."""
        while self._due and self._due[0][0] <= self.now_ms():
            heapq.heappop(self._due)[2]()

    # Services

    def add_service(self, service: Service) -> None:
        """Makes a service known by its name."""
        self.services[service.name] = service

    def issue_certificate(self, names: Iterable[str]) -> Certificate:
        """A new certificate of the run's authority, valid for these names and the loopback address."""
        return self.authority.issue(list(names))

    def certificate_changed(self, service: Service) -> None:
        """Open connections do not know it yet."""
        if self.on_new_certificate:
            self.on_new_certificate(service)

    def is_closed(self, service: Presenter) -> bool:
        """Whether nothing listens: a connection is refused."""
        return service.name in self.powered_off or service.name in self.booting

    def power(self, service: Service, on: bool, boot_seconds: float = 0.0) -> None:
        """Its appliance is switched off, or on: then it listens once it has booted."""
        if on:
            self.powered_off.discard(service.name)
            self.restart(service, boot_seconds, refused=True)
            return
        self.powered_off.add(service.name)
        if self.on_outage:
            self.on_outage(service, True)

    def is_restarting(self, service: Presenter) -> bool:
        """Whether the service is between going down and coming up."""
        if service.name in self.powered_off:
            return True
        until = self.unavailable_until.get(service.name)
        return until is not None and self.now_ms() < until

    def restart(self, service: Service, seconds: float, refused: bool = False) -> None:
        """Takes a service away for a while; its sessions are gone when it comes back.

        Meanwhile it answers 503 or, when `refused`, its ports are closed.
        """

        def up() -> None:
            if not self.is_restarting(service):
                self.unavailable_until.pop(service.name, None)
                if service.name in self.booting:
                    self.booting.discard(service.name)
                    if self.on_outage:
                        self.on_outage(service, False)

        if self.restart_seconds is not None:
            seconds = self.restart_seconds
        service.restarted()
        self.unavailable_until[service.name] = self.after(seconds, up)
        if refused:
            self.booting.add(service.name)
            if self.on_outage:
                self.on_outage(service, True)

    # Scale and reset

    def scale(self, count: int, site: str | None = None) -> int:
        """Makes sure of the organizations tenant-00001 ... in one site or in all; answers how many were added."""
        names = [f"tenant-{number:05d}" for number in range(1, count + 1)]
        now = self.now_ms()
        chosen = [self.sites[site]] if site else list(self.sites.values())
        return sum(one.add_organizations(names, now, one.spec.vcd_password) for one in chosen)

    def scale_vms(self, count: int, site: str | None = None) -> int:
        """Makes sure of so many bulk VMs (bulk.py) in one site or in each; answers how many were added.

        Raises ValueError when nobody has a VDC to put them into.
        """
        chosen = [self.sites[site]] if site else list(self.sites.values())
        return sum(grow(one.workloads, list(one.organizations), count) for one in chosen) if count else 0

    def reset(self, start: str | None = None) -> None:
        """Back to the estate: organizations, users, services, faults, journal and clock.

        `start`: one of STARTS; None for that of the beginning. Raises ValueError for another one.
        """
        start = self._first_start if start is None else start
        if start not in STARTS:
            raise ValueError(f"start must be one of {', '.join(STARTS)}.")
        self.start = start
        self.faults.clear()
        self._offset_ms = 0
        self._due.clear()
        self.unavailable_until.clear()
        self.powered_off.clear()
        self.booting.clear()
        self.refuse_writes = False
        self.task_seconds = 0.3
        self.restart_seconds = None
        for site in self.sites.values():
            site.organizations.clear()
            site.users.clear()
            site.vcd_sessions.clear()
            site.revision += 1
        self._fill()
        # All certificates first: services remember those of one another.
        for service in self.services.values():
            service.certificate.reset()
        for service in self.services.values():
            service.reset()
        for action in self.after_reset:
            action()
        if self.on_outage:
            for service in self.services.values():
                self.on_outage(service, self.is_closed(service))
        self.journal.clear()
