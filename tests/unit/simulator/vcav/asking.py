"""How the tests ask the vCAV services of a two-site estate: in this process, without any socket."""

from __future__ import annotations

import json
from typing import Any

from tests.simulator.estate import parse_estate
from tests.simulator.front import dispatch
from tests.simulator.vcav.site import build_vcav
from tests.simulator.vcd import VcdService
from tests.simulator.wire import Reply, Request
from tests.simulator.world import VcdSession, World

VERSIONS = ("3.0", "3.5", "4.3", "4.7")
PASSWORD = "Lab-Only-Passw0rd!"
INITIAL = "VMware1!"
SSO = {"ssoUser": "administrator@vsphere.local", "ssoPassword": PASSWORD}
NORTH, SOUTH = "North", "South"


def estate(version: str, other_version: str | None = None, tenants: tuple[str, ...] = ("Acme", "Tyrell")) -> Any:
    """Two sites with one appliance of each kind."""
    return {
        "root_password": PASSWORD,
        "initial_root_password": INITIAL,
        "dns_domain": "example.test",
        "dns_servers": ["192.0.2.53"],
        "sites": [_site(NORTH, version), _site(SOUTH, other_version or version)],
        "policy_assignments": [{"org": name} for name in tenants],
    }


def _site(name: str, version: str) -> dict[str, Any]:
    short = name.lower()
    return {
        "name": name,
        "description": f"the {short}",
        "product_version": version,
        "lookup_service": f"https://vc-{short}.example.test/lookupservice/sdk",
        "vcd": {"url": f"https://vcd-{short}.example.test", "administrator": "administrator@system"},
        "public_endpoint": {"address": f"vcav-{short}.example.net", "port": 443},
        "network": {"ntp": "192.0.2.123"},
        "appliances": [
            {"name": f"{short}-cloud", "deployment_option": "cloud", "address": "192.0.2.1"},
            {"name": f"{short}-rep", "deployment_option": "replicator", "address": "192.0.2.2"},
            {"name": f"{short}-tun", "deployment_option": "tunnel", "address": "192.0.2.3"},
        ],
    }


class Estate:
    """Two sites and a caller, who logs in at a service once and then keeps his token."""

    def __init__(
        self, version: str, other_version: str | None = None, start: str = "configured", vcd: bool = False, **more: Any
    ) -> None:
        """`vcd`: every site has its vCD, as in a whole simulator."""
        self.world = World(parse_estate(estate(version, other_version, **more)), start)
        for site in self.world.sites.values() if vcd else ():
            service = VcdService(self.world, site)
            self.world.add_service(service)
            self.world.names.add(site.spec.vcd_host, 443, service, "vcd")
        self.sites = build_vcav(self.world)
        self.tokens: dict[str, str] = {}

    def service(self, kind: str = "cloud", site: str = NORTH) -> Any:
        """A service of a site."""
        group = self.sites[site]
        services = {"cloud": group.cloud, "manager": group.manager, "tunnel": group.tunnel}
        return services.get(kind) or group.replicators[0]

    def ask(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        kind: str = "cloud",
        site: str = NORTH,
        headers: dict[str, str] | None = None,
        token: str | None = None,
        via: str = "front",
    ) -> Reply:
        """One request, with the token of the caller's login there. `body`: JSON data, or bytes as they are."""
        service = self.service(kind, site)
        token = self.tokens.get(service.name) if token is None else token
        sent = {"X-VCAV-Auth": token} if token else {}
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = Request(method, target, {**sent, **(headers or {})}, data, via=via)
        outcome = dispatch(self.world, service, request)
        assert outcome.reply is not None, "the connection was closed without an answer"
        return outcome.reply

    def log_in(self, body: Any = None, *, kind: str = "cloud", site: str = NORTH, via: str = "front") -> Reply:
        """A login, as root by default, whose token is used from then on."""
        given = body or {"type": "localUser", "localUser": "root", "localPassword": PASSWORD}
        reply = self.ask("POST", "/sessions", given, kind=kind, site=site, token="", via=via)
        token = reply.header("X-VCAV-Auth")
        if token:
            self.tokens[self.service(kind, site).name] = token
        return reply

    def vcd_session(self, name: str, org: str, site: str = NORTH) -> VcdSession:
        """A live session of the site's vCD, as a vCD client would have it."""
        state = self.world.sites[site]
        user = state.users[org.lower(), name.lower()]
        session = VcdSession("1", user, f"cookie-{site}-{name}", f"jwt-{site}-{name}", self.world.now_ms())
        state.start_vcd_session(session)
        return session

    def finish(self, reply: Reply, kind: str = "cloud", site: str = NORTH) -> Any:
        """What has become of a task."""
        assert reply.status == 202
        self.world.advance(self.world.task_seconds + 1)
        return self.ask("GET", f"/tasks/{reply.document()['id']}", kind=kind, site=site).document()

    def register_tunnel(self, site: str = NORTH) -> Reply:
        """Registers a site's tunnel as root, in the way of the version."""
        self.log_in(site=site)
        tunnel = self.service("tunnel", site)
        body = {"url": tunnel.url, "certificate": tunnel.certificate.encoded}
        path = "/config/tunnel-service" if self.service("cloud", site).product.is_3 else "/config/tunnels"
        return self.ask("POST", path, {**body, "rootPassword": tunnel.appliance.root_password}, site=site)

    def pairing_body(self, to: str = SOUTH) -> dict[str, Any]:
        """The body of a correct pairing with a site."""
        cloud = self.sites[to].cloud
        return {"site": to, "apiUrl": cloud.public_url, "apiThumbprint": cloud.certificate.thumbprint}

    def pair(self, site: str = NORTH, to: str = SOUTH) -> None:
        """Pairs both sites as root, in the way of the version."""
        if self.service("cloud", site).name not in self.tokens:
            self.log_in(site=site)
        body = self.pairing_body(to)
        if self.service("cloud", site).product.is_3:
            assert self.ask("POST", "/sites", {**body, "remoteRootPassword": PASSWORD}, site=site).status == 200
        else:
            assert self.finish(self.ask("POST", "/sites", body, site=site), site=site)["state"] == "SUCCEEDED"


def problem(reply: Reply) -> tuple[int, str]:
    """Status and code of an error answer, whose shape is checked on the way (contract 3.3)."""
    document = reply.document()
    assert set(document) == {"code", "msg", "args", "stacktrace"}
    assert document["msg"] and document["args"] == []
    return reply.status, document["code"]
