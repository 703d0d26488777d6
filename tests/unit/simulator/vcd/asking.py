"""How the tests ask a vCD: in this process, without any socket."""

from __future__ import annotations

import base64
from typing import Any
from xml.etree import ElementTree

from tests.simulator.estate import parse_estate
from tests.simulator.vcd import VcdService
from tests.simulator.wire import Reply, Request
from tests.simulator.world import World

PASSWORD = "Lab-Only-Passw0rd!"
HOST = "vcd.example.test:8443"
V = "{http://www.vmware.com/vcloud/v1.5}"


def estate(
    vcd_version: str | None = None,
    product_version: str = "4.7",
    tenants: tuple[str, ...] = ("Tyrell",),
    api_versions: tuple[str, ...] = (),
) -> Any:
    """An estate of one site; `api_versions` in place of those that the release would offer."""
    vcd: dict[str, Any] = {"url": "https://vcd.example.test", "administrator": "administrator@system"}
    if api_versions:
        vcd["api_versions"] = list(api_versions)
    if vcd_version:
        vcd["version"] = vcd_version
    return {
        "product_version": product_version,
        "root_password": PASSWORD,
        "sites": [
            {
                "name": "North",
                "lookup_service": "https://vc.example.test/lookupservice/sdk",
                "vcd": vcd,
                "public_endpoint": {"address": "vcav.example.test"},
                "appliances": [
                    {"name": "cloud", "deployment_option": "cloud", "address": "192.0.2.1"},
                    {"name": "tunnel", "deployment_option": "tunnel", "address": "192.0.2.2"},
                ],
            }
        ],
        "policy_assignments": [{"org": name} for name in tenants],
    }


def basic(name: str, password: str = PASSWORD) -> str:
    """A Basic header; `name` is user@org."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


class Vcd:
    """A vCD and one caller of it."""

    def __init__(self, vcd_version: str | None, **more: Any) -> None:
        self.world = World(parse_estate(estate(vcd_version, **more)))
        self.service = VcdService(self.world, self.world.sites["North"])
        self.world.add_service(self.service)
        self.version = self.service.offers[-1].version
        self.headers: dict[str, str] = {}

    def ask(self, method: str, target: str, body: bytes = b"", **headers: str) -> Reply:
        """One request. Header names are written with `_`; `accept` defaults to JSON of the newest version."""
        self.world.run_due()
        sent = {"accept": f"application/json;version={self.version}", **self.headers}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.service.handle(Request(method, target, {"host": HOST, **sent}, body))

    def get(self, target: str, **headers: str) -> Reply:
        """GET."""
        return self.ask("GET", target, b"", **headers)

    def xml(
        self, target: str, method: str = "GET", body: bytes = b"", **headers: str
    ) -> tuple[int, ElementTree.Element]:
        """Status and root of an answer in XML."""
        reply = self.ask(method, target, body, **{"accept": f"application/*+xml;version={self.version}", **headers})
        return reply.status, ElementTree.fromstring(reply.body)

    def log_in(self, name: str = "administrator@system", password: str = PASSWORD) -> Reply:
        """Logs in at the address that fits the version and keeps the token for what follows."""
        if self.version < "33.0":
            reply = self.ask("POST", "/api/sessions", authorization=basic(name, password))
        else:
            provider = "/provider" if name.lower().endswith("@system") else ""
            reply = self.ask("POST", f"/cloudapi/1.0.0/sessions{provider}", authorization=basic(name, password))
        assert reply.status == 200, reply.body
        self.headers = {"authorization": f"Bearer {reply.header('X-VMWARE-VCLOUD-ACCESS-TOKEN')}"}
        return reply
