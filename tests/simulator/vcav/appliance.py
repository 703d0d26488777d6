"""The virtual machine under the services: root password, network, clock, shell, boot time (contract vCAV 4.1, 4.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..estate import ApplianceSpec
from ..identity import stable_id
from ..world import CONFIGURED, FIRST_BOOT, Site, World
from .errors import ApiError, bad_input, failure
from .updates import Repository

if TYPE_CHECKING:
    from .base import ApplianceService

# How long the services of an appliance are away after os/reboot-services and os/reboot, simulated seconds.
SERVICES_RESTART_SECONDS = 2.0
REBOOT_SECONDS = 5.0
# From power on to the first answer; ports are closed meanwhile.
BOOT_SECONDS = 3.0
_PASSWORD_LIFETIME_MS = 365 * 24 * 3600 * 1000
PROPERTIES = frozenset(
    {"root_password", "hostname", "dns_servers", "search_domains", "ntp_servers", "ssh_enabled", "address"}
)


class Appliance:
    """One appliance; its services share the root password (contract 1.3)."""

    def __init__(self, world: World, site: Site, spec: ApplianceSpec) -> None:
        self.world = world
        self.site = site
        self.spec = spec
        self.name = spec.name
        self.id = stable_id("appliance", site.name, spec.name)
        self.services: list[ApplianceService] = []
        self.on_deployed: Callable[[], None] = lambda: None
        """Told when a new deployment has got its ids."""
        self.reset()

    def reset(self) -> None:
        """As the first deployment of the run; `begin` says what has become of it."""
        self.deployments = 0
        """How many there have been before this one."""
        self.exists = True
        self.is_on = True
        self._deploy({})

    def begin(self, start: str) -> None:
        """The state that a run starts in (world.py). `configured` is day 2: the root password was changed."""
        if start == CONFIGURED:
            self.root_password = self.world.estate.root_password
            self.root_password_expired = False
        elif start != FIRST_BOOT:
            self.exists = self.is_on = False
            for service in self.services:
                self.world.power(service, False)

    def _deploy(self, properties: Mapping[str, Any]) -> None:
        """A first boot with these OVF properties (contract 2.2); what is left out is as the estate says."""
        estate, network = self.world.estate, self.site.spec.network
        ntp = [str(network["ntp"])] if "ntp" in network else []
        self.root_password = str(properties.get("root_password") or estate.initial_root_password)
        self.password_changed = self.world.now_ms()
        # The password of the OVF lets one in, and has to be changed (contract 2.6).
        self.root_password_expired = True
        self.dns_servers = list(properties.get("dns_servers", estate.dns_servers))
        self.search_domains = list(properties.get("search_domains", [estate.dns_domain]))
        self.hostname = str(properties.get("hostname") or f"{self.name}.{estate.dns_domain}")
        self.ntp_servers = list(properties.get("ntp_servers", ntp))
        self.sshd_enabled = bool(properties.get("ssh_enabled", False))
        self.build: str | None = None
        """The build of an update; None: that of the image."""
        self.repository = Repository()
        self.address = str(properties.get("address") or self.spec.address)
        self.booted = self.world.now_ms()

    # Power and existence

    def power_on(self, properties: Mapping[str, Any] | None = None) -> None:
        """Switches it on. One that is not there is deployed with these properties, another one keeps what it has.

        properties  root_password, hostname, dns_servers, search_domains, ntp_servers, ssh_enabled, address

        Raises ValueError for other properties. Nothing happens when it is on.
        """
        unknown = set(properties or {}) - PROPERTIES
        if unknown:
            raise ValueError(f"An appliance has no property {', '.join(sorted(unknown))}.")
        if self.is_on:
            return
        if not self.exists:
            self.exists = True
            self._deploy(properties or {})
            self.on_deployed()
        self.is_on = True
        self.booted = self.world.now_ms()
        for service in self.services:
            self.world.power(service, True, BOOT_SECONDS)

    def power_off(self) -> None:
        """Switches it off: nothing listens any more. Raises ValueError when it is not there."""
        if not self.exists:
            raise ValueError(f"There is no appliance {self.name}.")
        self.is_on = False
        for service in self.services:
            self.world.power(service, False)

    def remove(self) -> None:
        """Deletes it with all that it knew; the next one of its name has other ids and certificates."""
        if not self.exists:
            return
        self.power_off()
        self.exists = False
        self.deployments += 1
        for service in self.services:
            service.forget()
            service.certificate.renew()

    @property
    def state(self) -> str:
        """on, off or absent."""
        return "on" if self.is_on else "off" if self.exists else "absent"

    def password_expiry(self) -> tuple[bool, int]:
        """Whether the root password has expired, and the seconds until it does."""
        left = self.password_changed + _PASSWORD_LIFETIME_MS - self.world.now_ms()
        expired = self.root_password_expired or left <= 0
        return expired, 0 if expired else left // 1000

    def change_root_password(self, current: str | None, new: Any) -> None:
        """Changes it.

        Raises ApiError: wrong current password, or a new one that is weak or the same. The rule (8 characters or more
        of all four classes) is INFERRED (contract 4.1), as are the codes.
        """
        if current != self.root_password:
            raise failure("The current root password is not correct.")
        if not isinstance(new, str):
            raise bad_input("rootPassword must be a string.")
        classes = (
            any(one.islower() for one in new),
            any(one.isupper() for one in new),
            any(one.isdigit() for one in new),
            any(not one.isalnum() for one in new),
        )
        if len(new) < 8 or not all(classes):
            raise ApiError(400, "BadUserInput", "The new root password does not meet the complexity rules.")
        if new == self.root_password:
            raise ApiError(400, "BadUserInput", "The new root password has been used before.")
        self.root_password = new
        self.root_password_expired = False
        self.password_changed = self.world.now_ms()

    def network(self) -> dict[str, Any]:
        """The answer of `config/network`."""
        return {
            "hostname": self.hostname,
            "dnsServers": self.dns_servers,
            "dnsSearchDomains": self.search_domains,
        }

    def restart_services(self, seconds: float = SERVICES_RESTART_SECONDS) -> None:
        """All services of the appliance go away and come back; meanwhile they answer 503."""
        for service in self.services:
            self.world.restart(service, seconds)

    def reboot(self) -> None:
        """The same for the whole machine: meanwhile nothing listens."""
        self.booted = self.world.now_ms()
        for service in self.services:
            self.world.restart(service, REBOOT_SECONDS, refused=True)
