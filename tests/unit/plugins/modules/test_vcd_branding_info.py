"""Reading brandings of simulated vCloud Directors; the older ones have no organizations, menu or icon."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding import Branding
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding_info import Brandings
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.branding_files import PNG, menu, put
from tests.unit.plugins.modules.vcds import Vcd

vcd = vcds.fixture("9.0", "9.1", "9.7", "10.6")

NAMES = {"9.1": "vCloud Director", "9.7": "vCloud Director", "10.6": "VMware Cloud Director"}


def test_a_fresh_system_has_one_form_in_every_release(vcd: Vcd) -> None:
    result = vcd.run(Brandings)
    if vcd.release == "9.0":
        assert "needs API version 30.0 (vCloud Director 9.1), and 29.0 is spoken here" in result["msg"]
        return
    fresh = {"portal_name": NAMES[vcd.release], "portal_color": "", "theme": "Default"}
    if vcd.release == "9.1":
        assert result["vcd_branding"] == {"system": fresh, "tenants": []}
        return
    assert result["vcd_branding"]["system"] == {**fresh, "custom_links": []}
    assert {"org": "Tyrell", **fresh, "custom_links": []} in result["vcd_branding"]["tenants"]
    assert all(each["logo"] is None for each in result["details"])
    assert [row["org"] for row in result["details"]] == [
        "System", *(row["org"] for row in result["vcd_branding"]["tenants"]),
    ]  # fmt: skip


def test_what_is_read_changes_nothing_when_it_is_fed_back(vcd: Vcd) -> None:
    if vcd.release == "9.0":
        pytest.skip("no branding in this release")
    vcd.run(Branding, system={"portal_name": "Kiwi", "portal_color": "#323843"})
    if vcd.release != "9.1":
        vcd.run(Branding, tenants=[{"org": "Tyrell", "custom_links": menu(), "theme": "Dark"}])
    read = vcd.run(Brandings)["vcd_branding"]
    assert (read["tenants"] == []) is (vcd.release == "9.1")
    vcd.control.clear_journal()
    assert vcd.run(Branding, system=read["system"], tenants=read["tenants"])["changed"] is False
    assert vcd.writes == []


def test_what_differs_from_the_system_is_told(vcd: Vcd, tmp_path: Path) -> None:
    logo = put(tmp_path / "logo.png", PNG + b"tyrell")
    written = vcd.run(Branding, tenants=[{"org": "Tyrell", "portal_name": "Tyrell", "logo": logo}])
    if vcd.version < (32, 0):
        assert "needs API version" in written["msg"]
        return
    vcd.control.clear_journal()
    read = vcd.run(Brandings, orgs=["Tyrell", "Nobody"], with_images=True)
    assert [row["org"] for row in read["vcd_branding"]["tenants"]] == ["Tyrell"]
    (_system, tyrell) = read["details"]
    assert tyrell["inherits"] == ["portal_color", "theme", "custom_links", "icon"]
    assert tyrell["logo"] == {
        "media_type": "image/png", "size": 14,
        "sha256": written["vcd_branding"]["tenants"][0]["logo"].removeprefix("sha256:"),
    }  # fmt: skip
    assert len(vcd.requests) == 1 + 2 * 3


def test_an_older_release_says_what_it_does_not_have(vcd: Vcd, tmp_path: Path) -> None:
    icon = put(tmp_path / "icon.png", PNG)
    cases = [
        ("orgs", vcd.run(Brandings, orgs=["Tyrell"])),
        ("tenants", vcd.run(Branding, tenants=[{"org": "Tyrell", "theme": "Dark"}])),
        ("system.custom_links", vcd.run(Branding, system={"custom_links": menu()})),
        ("system.icon", vcd.run(Branding, system={"icon": icon})),
    ]
    for option, result in cases:
        if vcd.release == "9.1":
            assert result["msg"].startswith(f"{option} needs API version 32.0 (vCloud Director 9.7)"), result
        elif vcd.release == "9.0":
            assert "30.0 (vCloud Director 9.1)" in result["msg"]
        else:
            assert "failed" not in result, result
    assert vcd.version >= (32, 0) or vcd.writes == []


def test_the_system_of_an_older_release_is_branded(vcd: Vcd, tmp_path: Path) -> None:
    if vcd.release != "9.1":
        pytest.skip("about the release with the system's branding alone")
    options = {"portal_name": "Kiwi", "portal_color": "323843", "theme": "Dark", "logo": put(tmp_path / "l.png", PNG)}
    for changed in (True, False):
        predicted = vcd.run(Branding, check=True, system=options)
        assert vcd.run(Branding, system=options) == predicted
        assert predicted["changed"] is changed
    # What an old menu holds has another form there, and stays.
    vcd.control.change("branding-set", vcds.HERE, fields={"customLinks": [
        {"menuItemType": "link", "name": "desk", "url": "https://desk.example/"}]})  # fmt: skip
    vcd.run(Branding, system={"portal_name": "Moa"})
    kept = vcd.simulator.simulator.world.services[f"{vcds.HERE}/vcd"].portal.brandings.system.look
    assert (kept.name, kept.links[0]["name"]) == ("Moa", "desk")
