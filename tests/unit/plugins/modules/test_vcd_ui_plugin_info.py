"""The module in this process against the simulated vCD: plug-ins with their organizations, which can be fed back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_ui_plugin import UiPlugin
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_ui_plugin_info import UiPlugins
from tests.tools.make_plugin import NAME, make
from tests.unit.plugins.modules import vcds

vcd = vcds.fixture("9.1", "10.6")


def test_plugins_are_told_with_their_organizations_and_can_be_fed_back(vcd: Any, tmp_path: Path) -> None:
    for version, orgs in (("2.0.0", []), ("1.0.0", ["Tyrell"])):
        path = make(tmp_path / f"{version}.zip", version=version)
        vcd.run(UiPlugin, path=str(path), orgs=orgs, wait_interval=1)
    told = vcd.run(UiPlugins)
    assert [(row["version"], row["orgs"]) for row in told["vcd_ui_plugin"]] == [("1.0.0", ["Tyrell"]), ("2.0.0", [])]
    assert [row["status"] for row in told["details"]] == ["ready", "ready"]
    assert all(row["id"].startswith("urn:vcloud:uiPlugin:") for row in told["details"])
    for row in told["vcd_ui_plugin"]:
        assert vcd.run(UiPlugin, **row)["changed"] is False
    assert len(vcd.run(UiPlugins, name=NAME, version="2.0.0")["vcd_ui_plugin"]) == 1
    assert vcd.run(UiPlugins, vendor="nobody")["vcd_ui_plugin"] == []


def test_a_tenant_sees_those_that_its_portal_has(vcd: Any, tmp_path: Path) -> None:
    vcd.run(UiPlugin, path=str(make(tmp_path / "a.zip")), orgs=["Tyrell"], wait_interval=1)
    (row,) = vcd.run(UiPlugins, vcd_user="admin@Tyrell")["vcd_ui_plugin"]
    assert row["name"] == NAME and "orgs" not in row
