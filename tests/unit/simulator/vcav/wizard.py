"""An estate whose appliances were just switched on, and the steps of its first configuration (contract 4.5)."""

from __future__ import annotations

from typing import Any

from tests.simulator.wire import Reply

from .asking import INITIAL, NORTH, PASSWORD, SSO, Estate

LICENSE = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"
# One service of each appliance, by which its root password is changed.
APPLIANCES = ("cloud", "replicator", "tunnel")


class Wizard(Estate):
    """Nothing is configured; every step is one request, as root."""

    def __init__(self, version: str, start: str = "first-boot") -> None:
        super().__init__(version, start=start, vcd=True)

    def post(self, path: str, body: Any, kind: str = "cloud", site: str = NORTH, **headers: str) -> Reply:
        """A POST, after logging in when that is needed."""
        if self.service(kind, site).name not in self.tokens:
            password = self.service(kind, site).appliance.root_password
            login = {"type": "localUser", "localUser": "root", "localPassword": password}
            assert self.log_in(login, kind=kind, site=site).status == 200
        return self.ask("POST", f"/{path}", body, kind=kind, site=site, headers=headers)

    def get(self, path: str, kind: str = "cloud", site: str = NORTH) -> Any:
        """The document of a GET, as root."""
        if self.service(kind, site).name not in self.tokens:
            password = self.service(kind, site).appliance.root_password
            self.log_in({"type": "localUser", "localUser": "root", "localPassword": password}, kind=kind, site=site)
        return self.ask("GET", f"/{path}", kind=kind, site=site).document()

    def change_password(self, kind: str = "cloud", site: str = NORTH) -> Reply:
        """From the initial password to the one that all tests use."""
        body = {"rootPassword": PASSWORD}
        return self.post("config/root-password", body, kind, site, **{"Config-Secret": INITIAL})

    def change_passwords(self, site: str = NORTH) -> None:
        """The same on every appliance of a site."""
        for kind in APPLIANCES:
            assert self.change_password(kind, site).status == 204

    def lookup(self, site: str = NORTH) -> dict[str, str]:
        """The body for a lookup service."""
        known = self.sites[site].lookup_service()
        return {"url": known["lsUrl"], "thumbprint": known["lsThumbprint"]}

    def set_lookup(self, kind: str, site: str = NORTH) -> Reply:
        """One service's lookup service."""
        return self.post("config/lookup-service", self.lookup(site), kind, site)

    def vcloud(self, site: str = NORTH) -> dict[str, str]:
        """The body for vCloud Director."""
        return {
            "vcdUrl": f"https://vcd-{site.lower()}.example.test/api",
            "vcdUsername": "administrator@System",
            "vcdPassword": PASSWORD,
            "vcdThumbprint": self.world.services[f"{site}/vcd"].certificate.thumbprint,
        }

    def details(self, site: str = NORTH) -> dict[str, str]:
        """What a manager is told about a replicator."""
        replicator = self.service("replicator", site)
        thumbprint = replicator.certificate.thumbprint
        return {"apiUrl": replicator.url, "apiThumbprint": thumbprint, "rootPassword": PASSWORD, **SSO}

    def add_replicator(self, site: str = NORTH, **changed: Any) -> Reply:
        """Pairs the site's replicator."""
        body = {"owner": "*", "site": site, "description": "first", "details": {**self.details(site), **changed}}
        return self.post("replicators", body, "manager", site)

    def restart(self, *kinds: str, site: str = NORTH) -> None:
        """Restarts the services of these appliances and waits."""
        for kind in kinds:
            assert self.post("os/reboot-services", None, kind, site).status == 200
        self.world.advance(10)
        self.tokens.clear()

    def set_up(self, site: str = NORTH) -> None:
        """The whole first configuration of a site, in one of the orders that work."""
        self.change_passwords(site)
        address = {"apiPublicAddress": f"vcav-{site.lower()}.example.net", "apiPublicPort": 443}
        steps: list[tuple[str, Any]] = [
            ("license", {"key": LICENSE}),
            ("config/site", {"localSite": site, "localSiteDescription": "of the wizard"}),
            ("config/endpoints", address),
            ("config/vcloud", self.vcloud(site)),
        ]
        for path, body in steps:
            assert self.post(path, body, site=site).status == 200, path
        for kind in ("cloud", "manager", "replicator", "tunnel"):
            assert self.set_lookup(kind, site).status == 200
        product = self.service("cloud", site).product
        if not product.since("3.5"):
            sso = {"ssoUsername": SSO["ssoUser"], "ssoPassword": SSO["ssoPassword"]}
            body = {"managerUrl": "", "managerCertificate": "", **sso}
            assert self.post("config/manager", body, site=site).status == 200
        else:
            assert self.post("config/admin-allow-from", {"adminAllowFrom": "0.0.0.0/0"}, site=site).status == 200
        assert self.add_replicator(site).status == 200
        assert self.register_tunnel(site).status == 200
        self.restart("cloud", "replicator", site=site)
