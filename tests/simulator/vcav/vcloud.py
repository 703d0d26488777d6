"""The vCloud Director that a site's Cloud service works for (contract 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..wire import Reply
from .errors import ApiError, bad_input, failure
from .reach import check_thumbprint, connect
from .routing import Call

if TYPE_CHECKING:
    from .cloud import CloudService

_FIELDS: dict[str, type] = dict.fromkeys(("vcdUrl", "vcdUsername", "vcdPassword", "vcdThumbprint"), str)


@dataclass(frozen=True)
class VcdTrust:
    """A vCD as the Cloud service has pinned it."""

    url: str
    """Ends in /api."""
    user: str
    password: str
    thumbprint: str | None
    """None: in tests without a vCD."""


class Vcloud:
    """`config/vcloud` of one Cloud service."""

    def __init__(self, cloud: CloudService) -> None:
        self._cloud = cloud
        self.trust: VcdTrust | None = None

    def add_routes(self) -> None:
        """Adds the calls to the Cloud service."""
        self._cloud.routes.add("POST", "config/vcloud", self._set)
        if not self._cloud.product.is_3:
            self._cloud.routes.add("POST", "config/check-vcloud", self._check, write=False)

    def configure(self) -> None:
        """As the estate says."""
        spec = self._cloud.site_state.spec
        vcd = self._cloud.world.services.get(f"{spec.name}/vcd")
        thumbprint = vcd.certificate.thumbprint if vcd else None
        self.trust = VcdTrust(f"{spec.vcd_url}/api", spec.vcd_administrator, spec.vcd_password, thumbprint)

    def view(self) -> dict[str, Any]:
        """The three fields of `config`; the password never comes back."""
        trust = self.trust
        return {
            "vcdUrl": trust.url if trust else None,
            "vcdThumbprint": trust.thumbprint if trust else None,
            "vcdUsername": trust.user if trust else None,
        }

    def trouble(self) -> str | None:
        """Why the vCD cannot be used; None when it can."""
        if self.trust is None:
            return "No vCloud Director is configured."
        vcd = self._cloud.world.services.get(f"{self._cloud.site}/vcd")
        if vcd is None:
            return None
        if self._cloud.world.is_restarting(vcd):
            return f"{vcd.name} does not answer."
        if self.trust.thumbprint not in (None, vcd.certificate.thumbprint):
            return f"The certificate of vCloud Director is not trusted: {vcd.certificate.thumbprint}."
        return None

    def require(self) -> None:
        """Raises ApiError 500 while there is none: policies and inventory are about its organizations."""
        if self.trust is None:
            raise failure("No vCloud Director is configured.")

    def _verified(self, call: Call) -> VcdTrust:
        """What the call asks for. Any outcome but good is INFERRED to be a 500 that says why."""
        body = call.body(_FIELDS)
        url, world = body["vcdUrl"], self._cloud.world
        if not url.startswith("https://") or not url.rstrip("/").endswith("/api"):
            raise bad_input("vcdUrl must be an https URL that ends in /api.")
        try:
            vcd = connect(world, url).service
        except ApiError as problem:
            raise failure(f"{problem.message} No vCloud Director answers there.") from problem
        if vcd.kind != "vcd":
            raise failure(f"Cannot connect to '{url}': no vCloud Director answers there.")
        check_thumbprint(url, vcd, body["vcdThumbprint"])
        name, _at, org = body["vcdUsername"].rpartition("@")
        user = world.sites[vcd.site].authenticate(name, org, body["vcdPassword"])
        if user is None or not user.is_system:
            raise failure(f"vCloud Director at '{url}' refused the user.")
        if vcd.site != self._cloud.site:
            # A production site is one Cloud service per vCD instance (contract 1.1), and this one has its own.
            raise failure(f"vCloud Director at '{url}' belongs to another site.")
        return VcdTrust(url, body["vcdUsername"], body["vcdPassword"], body["vcdThumbprint"])

    def _check(self, call: Call) -> Reply:
        self._verified(call)
        return Reply.empty()

    def _set(self, call: Call) -> Reply:
        self.trust = self._verified(call)
        self._cloud.group.settled()
        return call.json(self._cloud.settings.configuration())
