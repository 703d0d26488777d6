"""The portal of a simulated vCD over real sockets, and what happens to it behind everybody's back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.simulator.cli import main
from tests.simulator.client import ControlError
from tests.simulator.running import Running, running_simulator

A = "A03-Auckland"
PNG = b"\x89PNG\r\n\x1a\n picture"
BRANDING = "/cloudapi/branding"


class Portal:
    """A System administrator at the vCD of the first site."""

    def __init__(self, simulator: Running) -> None:
        self.base = simulator.vcd(A)
        self._session = requests.Session()
        # The environment may name another authority, which would win over `verify`.
        self._session.trust_env = False
        self._session.verify = simulator.ca_path
        self._session.headers["Accept"] = "*/*;version=39.0"
        login = self._session.post(
            f"{self.base}/cloudapi/1.0.0/sessions/provider",
            auth=(simulator.vcd_user(A), simulator.vcd_password(A)),
            timeout=20,
        )
        self._session.headers["Authorization"] = f"Bearer {login.headers['X-VMWARE-VCLOUD-ACCESS-TOKEN']}"

    def ask(self, method: str, target: str, **more: Any) -> requests.Response:
        address = target if target.startswith("https:") else self.base + target
        return self._session.request(method, address, timeout=20, **more)

    def read(self, target: str) -> Any:
        return self.ask("GET", target).json()

    def close(self) -> None:
        self._session.close()


@pytest.fixture(name="simulator", scope="module")
def one_for_all() -> Iterator[Running]:
    with running_simulator(vcd_version="10.6") as simulator:
        yield simulator


@pytest.fixture(name="portal")
def administrator(simulator: Running) -> Iterator[Portal]:
    simulator.control.reset()
    made = Portal(simulator)
    yield made
    made.close()


def verb(simulator: Running, capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """A verb of the command line; what it printed."""
    assert main([*arguments, "--state", str(simulator.state_path)]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_style_sheet_of_half_a_megabyte_goes_up_in_pieces(simulator: Running, portal: Portal) -> None:
    css = b"/* blue */\n" * 50_000
    themes = f"{BRANDING}/themes"
    assert portal.ask("POST", f"{themes}/", json={"themeType": "CUSTOM", "name": "Acme Blue"}).status_code == 201
    spec = {"fileName": "acme blue.css", "size": len(css)}
    reply = portal.ask("POST", f"{themes}/Acme%20Blue/contents", json=spec)
    address = reply.links["upload:default"]["url"]
    assert reply.status_code == 204 and address.startswith(f"{portal.base}/transfer/")
    for start in range(0, len(css), 200_000):
        part = css[start : start + 200_000]
        header = {"Content-Range": f"bytes {start}-{start + len(part) - 1}/{len(css)}"}
        assert portal.ask("PUT", address, data=part, headers=header).status_code == 200
    assert portal.ask("GET", f"{themes}/Acme%20Blue/css").content == css
    # Logging in is none, each part of the upload is one.
    assert simulator.control.count(write=True) == 5


def test_refused_writes_reach_uploads_as_well(simulator: Running, portal: Portal) -> None:
    portal.ask("POST", f"{BRANDING}/themes", json={"themeType": "CUSTOM", "name": "acme"})
    reply = portal.ask("POST", f"{BRANDING}/themes/acme/contents", json={"fileName": "a.css", "size": 3})
    simulator.control.refuse_writes(True)
    for method, target in (
        ("PUT", reply.links["upload:default"]["url"]),
        ("POST", f"{BRANDING}/themes/acme/contents"),
        ("PUT", f"{BRANDING}/logo"),
        ("DELETE", f"{BRANDING}/tenant/Tyrell"),
    ):
        refused = portal.ask(method, target, data=b"abc")
        assert (refused.status_code, refused.json()["minorErrorCode"]) == (403, "SimulatorRefusesWrites")
    assert portal.ask("GET", BRANDING).status_code == 200
    simulator.control.refuse_writes(False)
    assert portal.ask("GET", f"{BRANDING}/themes/acme/css").status_code == 404


def test_images_come_back_as_they_were_sent(portal: Portal) -> None:
    path = f"{BRANDING}/tenant/Tyrell/logo"
    assert portal.ask("PUT", path, data=PNG, headers={"Content-Type": "image/png"}).status_code == 204
    shown = portal.ask("GET", path)
    assert (shown.content, shown.headers["Content-Type"]) == (PNG, "image/png;version=39.0")


def test_brandings_drift(
    simulator: Running, portal: Portal, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    css, icon = tmp_path / "acme.css", tmp_path / "acme.ico"
    css.write_text("body {}")
    icon.write_bytes(b"icon")
    verb(simulator, capsys, "theme-add", A, "acme", str(css))
    verb(simulator, capsys, "branding-set", A, "Tyrell", "portalName=Tyrell Cloud", "selectedTheme=acme")
    verb(simulator, capsys, "branding-set", A, "Tyrell", "portalColor=#FF0000")
    verb(simulator, capsys, "branding-set", A, "portalName=House", 'customLinks=[{"menuItemType": "separator"}]')
    verb(simulator, capsys, "branding-image", A, "icon", str(icon), "--org", "Tyrell")
    tyrell = portal.read(f"{BRANDING}/tenant/Tyrell")
    assert (tyrell["portalName"], tyrell["portalColor"], tyrell["customLinks"]) == ("Tyrell Cloud", "#FF0000", None)
    assert tyrell["selectedTheme"] == {"themeType": "CUSTOM", "name": "acme"}
    house = portal.read(BRANDING)
    assert house["portalName"] == "House" and house["customLinks"][0]["menuItemType"] == "separator"
    shown = portal.ask("GET", f"{BRANDING}/tenant/Tyrell/icon")
    assert (shown.content, shown.headers["Content-Type"]) == (b"icon", "image/x-icon;version=39.0")
    verb(simulator, capsys, "portal-setting", A, "fallback=attribute")
    assert portal.read(f"{BRANDING}/tenant/Tyrell")["customLinks"] == house["customLinks"]
    assert verb(simulator, capsys, "theme-remove", A, "acme") == {"removed": "acme", "moved": 1}
    assert portal.read(f"{BRANDING}/tenant/Tyrell")["selectedTheme"]["name"] == "Default"
    verb(simulator, capsys, "branding-remove", A, "Tyrell")
    assert portal.read(f"{BRANDING}/tenant/Tyrell") == house
    assert portal.ask("GET", f"{BRANDING}/tenant/Tyrell/icon").content != b"icon"
    verb(simulator, capsys, "branding-remove", A)
    assert portal.read(BRANDING)["portalName"] == "VMware Cloud Director"
    assert simulator.control.count(write=True) == 0, "nobody did it"


def test_plug_ins_and_extensions_drift(simulator: Running, portal: Portal, capsys: pytest.CaptureFixture[str]) -> None:
    plugin = {"pluginName": "CSE", "vendor": "VMware", "version": "1", "license": "", "link": "", "enabled": True}
    portal.ask("POST", "/cloudapi/extensions/ui", json=plugin)
    verb(simulator, capsys, "plugin-set", A, "CSE", "enabled=false", 'version="2"')
    (shown,) = portal.read("/cloudapi/extensions/ui")
    assert (shown["enabled"], shown["version"]) == (False, "2")
    verb(simulator, capsys, "plugin-remove", A, "CSE")
    assert portal.read("/cloudapi/extensions/ui") == []
    extension = {"name": "cse", "version": "1.0.0", "vendor": "VMware", "enabled": True}
    portal.ask("POST", "/cloudapi/extensions/api", json=extension)
    for switch, enabled in (("off", False), ("on", True)):
        verb(simulator, capsys, "extension-set", A, "cse", switch)
        assert portal.read("/cloudapi/extensions/api")["values"][0]["enabled"] is enabled
    verb(simulator, capsys, "extension-remove", A, "cse")
    assert portal.read("/cloudapi/extensions/api")["values"] == []


def test_settings_of_the_portal(simulator: Running, portal: Portal) -> None:
    assert portal.ask("GET", "/cloudapi/1.0.0/brandingThemes").status_code == 403
    simulator.control.change("portal-setting", A, branding_api=True, require_login=False, broker_answers=False)
    assert portal.ask("GET", "/cloudapi/1.0.0/brandingThemes").status_code == 200
    simulator.control.change("branding-set", A, org="Tyrell", fields={"portalName": "Tyrell"})
    anonymous = portal.ask("GET", f"{BRANDING}/tenant/Tyrell", headers={"Authorization": None})
    assert anonymous.json()["portalName"] == "Tyrell"
    assert simulator.simulator.vcds[A].portal.broker.answers is False
    simulator.control.reset()
    anonymous = portal.ask("GET", f"{BRANDING}/tenant/Tyrell", headers={"Authorization": None})
    assert anonymous.json()["portalName"] == "VMware Cloud Director"


@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("branding-set", {"fields": {"portalColor": "red"}}), ("branding-set", {}),
        ("branding-set", {"org": "nobody", "fields": {}}), ("branding-image", {"kind": "photo"}),
        ("theme-remove", {"theme": "Dark"}), ("theme-add", {"theme": "Dark", "css": "x"}), ("portal-setting", {}),
        ("portal-setting", {"fallback": "never"}), ("portal-setting", {"require_login": "no"}),
        ("plugin-set", {"plugin": "x", "fields": {}}), ("plugin-remove", {"plugin": "x"}),
        ("extension-remove", {"extension": "x"}), ("extension-set", {"extension": "x", "enabled": True}),
    ],
)  # fmt: skip
def test_impossible_changes_are_refused_in_words(simulator: Running, what: str, more: dict[str, Any]) -> None:
    with pytest.raises(ControlError, match=r"\w+ \w+"):
        simulator.control.change(what, A, **more)
