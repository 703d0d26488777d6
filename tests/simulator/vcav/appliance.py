"""The virtual machine under the services: root password, network, clock, shell, boot time (contract vCAV 4.1, 4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..estate import ApplianceSpec
from ..world import Site, World, stable_id
from .errors import ApiError, bad_input, failure

if TYPE_CHECKING:
    from .base import ApplianceService

# How long the services of an appliance are away after os/reboot-services and os/reboot, simulated seconds.
SERVICES_RESTART_SECONDS = 2.0
REBOOT_SECONDS = 5.0
_PASSWORD_LIFETIME_MS = 365 * 24 * 3600 * 1000


class Appliance:
    """One appliance; its services share the root password (contract 1.3)."""

    def __init__(self, world: World, site: Site, spec: ApplianceSpec) -> None:
        self.world = world
        self.site = site
        self.spec = spec
        self.name = spec.name
        self.id = stable_id("appliance", site.name, spec.name)
        self.services: list[ApplianceService] = []
        self.reset()

    def reset(self) -> None:
        """The day-2 state: password changed, network, time server and shell as the estate says."""
        estate = self.world.estate
        self.root_password = estate.root_password
        self.password_changed = self.world.now_ms()
        self.root_password_expired = False
        self.dns_servers = list(estate.dns_servers)
        self.search_domains = [estate.dns_domain]
        self.hostname = f"{self.name}.{estate.dns_domain}"
        self.ntp_servers = [str(self.site.spec.network["ntp"])] if "ntp" in self.site.spec.network else []
        self.sshd_enabled = False
        self.booted = self.world.now_ms()

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
        """All services of the appliance go away and come back."""
        for service in self.services:
            self.world.restart(service, seconds)

    def reboot(self) -> None:
        """The same for the whole machine."""
        self.booted = self.world.now_ms()
        self.restart_services(REBOOT_SECONDS)
