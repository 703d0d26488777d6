"""Branding themes of the second generation against the newest simulated vCD, and where there are none."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding import Branding
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding_theme import BrandingTheme
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding_theme_info import BrandingThemes
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.branding_files import ICO, PNG, SVG, put
from tests.unit.plugins.modules.vcds import Vcd

vcd = vcds.fixture("10.6")

T1, T2 = "tenant-00001", "tenant-00002"
LINKS = [{"name": "Help Desk", "linkType": "link", "scope": "PORTAL", "url": "https://my.company.com/helpdesk/"}]


@pytest.fixture(autouse=True)
def _switched_on(vcd: Vcd) -> None:
    vcd.control.change("portal-setting", vcds.HERE, branding_api=True)
    vcd.control.scale(2)
    vcd.control.clear_journal()


def folder(path: Path, css: str = "a { color: red; }", **more: bytes) -> str:
    """A package as a folder without a manifest."""
    path.mkdir(exist_ok=True)
    files = {
        "favicon.ico": ICO, "logo.svg": SVG, "background.png": PNG, "styles.css": css.encode(),
        "portal_name.txt": b"Kiwi Cloud\n", "custom_links.json": json.dumps(LINKS).encode(),
        **{name.replace("__", "."): content for name, content in more.items()},
    }  # fmt: skip
    for name, content in files.items():
        put(path / name, content)
    return str(path)


def test_a_theme_is_made_changed_given_and_removed_as_predicted(vcd: Vcd, tmp_path: Path) -> None:
    first = folder(tmp_path / "first")
    second = folder(tmp_path / "second", css="a { color: blue; }")
    for options, changed in (
        ({"name": "Kiwi", "package": first, "base": "dark", "orgs": ["Tyrell", T1]}, True),
        ({"name": "Kiwi", "package": first, "base": "dark", "orgs": [T1, "Tyrell", T1]}, False),
        ({"name": "Kiwi"}, False),
        ({"name": "Kiwi", "package": second, "orgs": [T2], "default": True}, True),
        ({"name": "Kiwi", "default": True}, False),
        ({"name": "Default", "default": True, "orgs": []}, True),
        ({"name": "Kiwi", "state": "absent", "force": True}, True),
        ({"name": "Kiwi", "state": "absent"}, False),
    ):
        predicted = vcd.run(BrandingTheme, check=True, **options)
        assert vcd.writes == []
        result = vcd.run(BrandingTheme, **options)
        assert result == predicted and "failed" not in result, result
        assert result["changed"] is changed, options
        assert (vcd.writes != []) is changed
        vcd.control.clear_journal()


def test_a_run_without_changes_costs_three_requests(vcd: Vcd, tmp_path: Path) -> None:
    options = {"name": "Kiwi", "package": folder(tmp_path / "p"), "orgs": ["Tyrell"]}
    vcd.run(BrandingTheme, **options)
    vcd.control.clear_journal()
    assert vcd.run(BrandingTheme, **options)["changed"] is False
    assert len(vcd.requests) == 3


def test_archive_and_folder_of_the_same_parts_are_the_same(vcd: Vcd, tmp_path: Path) -> None:
    path = Path(folder(tmp_path / "p"))
    vcd.run(BrandingTheme, name="Kiwi", package=str(path))
    resources = {
        "FavIcon": "i.ico", "Logo": "logo.svg", "Background": "background.png", "Styles": "styles.css",
        "PortalName": "Kiwi Cloud", "CustomLinks": "custom_links.json",
    }  # fmt: skip
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps({"Name": "other", "Resources": {**resources}}))
        archive.writestr("i.ico", ICO)
        archive.writestr("readme.txt", "not a part")
        for name in ("logo.svg", "background.png", "styles.css", "custom_links.json"):
            archive.write(path / name, name)
    assert vcd.run(BrandingTheme, name="Kiwi", package=str(tmp_path / "p.zip"))["changed"] is True, "another file name"
    put(path / "manifest.json", json.dumps({"Name": "mine", "Resources": resources}).encode())
    (path / "favicon.ico").rename(path / "i.ico")
    assert vcd.run(BrandingTheme, name="Kiwi", package=str(path))["changed"] is False


def test_what_the_info_module_reads_changes_nothing(vcd: Vcd, tmp_path: Path) -> None:
    vcd.run(BrandingTheme, name="Kiwi", package=folder(tmp_path / "p"), orgs=["Tyrell"])
    read = vcd.run(BrandingThemes)
    assert read["available"] is True
    assert [row["name"] for row in read["vcd_branding_theme"]] == ["Dark", "Default", "Kiwi"]
    assert read["vcd_branding_theme"][2] == {"name": "Kiwi", "base": None, "default": False, "orgs": ["Tyrell"]}
    assert read["details"][0]["built_in"] is True
    vcd.control.clear_journal()
    for row in read["vcd_branding_theme"]:
        assert vcd.run(BrandingTheme, **row)["changed"] is False
    assert vcd.writes == []


def test_another_theme_of_an_organization_is_replaced_with_force_only(vcd: Vcd) -> None:
    vcd.run(BrandingTheme, name="Kiwi", orgs=["Tyrell", T1])
    vcd.control.clear_journal()
    for check in (True, False):
        refused = vcd.run(BrandingTheme, check=check, name="Moa", orgs=["Tyrell", T2])
        assert refused["failed"] and "orgs: Tyrell has another branding theme: set force" in refused["msg"]
    assert vcd.writes == []
    assert vcd.run(BrandingTheme, name="Moa", orgs=["Tyrell", T2], force=True)["changed"] is True
    read = vcd.run(BrandingThemes)["vcd_branding_theme"]
    assert {row["name"]: row["orgs"] for row in read if row["orgs"]} == {"Kiwi": [T1], "Moa": ["Tyrell", T2]}


def test_a_theme_in_use_or_of_the_product_stays(vcd: Vcd) -> None:
    vcd.run(BrandingTheme, name="Kiwi", orgs=["Tyrell", T1])
    vcd.control.clear_journal()
    for options, told in (
        ({"name": "Kiwi", "state": "absent"}, "theme 'Kiwi' is assigned to Tyrell, tenant-00001: assign another"),
        ({"name": "Dark", "state": "absent"}, "this theme comes with the product and cannot be removed"),
        ({"name": "Dark", "base": "light"}, "base: the theme 'Dark' comes with the product and cannot be changed"),
        ({"name": "Default", "default": False}, "default is false, but 'Default' is the default theme"),
    ):
        result = vcd.run(BrandingTheme, **options)
        assert result["failed"] and told in result["msg"], result
    assert vcd.writes == []
    vcd.run(BrandingTheme, name="Kiwi", default=True)
    result = vcd.run(BrandingTheme, name="Kiwi", state="absent", force=True)
    assert result["failed"] and "theme 'Kiwi' is the default: make another one the default first" in result["msg"]


def test_an_organization_that_does_not_exist_is_refused(vcd: Vcd, warnings: list[str]) -> None:
    result = vcd.run(BrandingTheme, name="Kiwi", orgs=["Tyrel"])
    assert result["failed"] and "orgs: organization 'Tyrel' does not exist" in result["msg"]
    assert "did you mean 'Tyrell'? Nothing was changed." in result["msg"]
    assert vcd.run(BrandingTheme, check=True, name="Kiwi", orgs=["Tyrel"])["changed"] is True
    assert any("Predicted as if" in text for text in warnings)
    assert vcd.writes == []


def test_two_themes_of_one_name_are_told_apart_by_nobody(vcd: Vcd) -> None:
    vcd.run(BrandingTheme, name="Kiwi")
    room = vcd.simulator.simulator.world.services[f"{vcds.HERE}/vcd"].portal.branding_themes
    twin = next(theme for theme in room._themes.values() if theme.name == "Dark")
    twin.name = "Kiwi"
    result = vcd.run(BrandingTheme, name="Kiwi", base="dark")
    assert result["failed"] and "which 2 branding themes have: urn:vcloud:entity" in result["msg"]


def test_a_package_that_the_server_refuses_fails_with_its_reason(vcd: Vcd, tmp_path: Path) -> None:
    vcd.control.add_fault("fail_task", service="*/vcd", times=1, message="The moon is full.")
    result = vcd.run(BrandingTheme, name="Kiwi", package=folder(tmp_path / "p"))
    assert result["failed"] and "the package of branding theme Kiwi" in result["msg"], result
    assert "failed" not in vcd.run(BrandingTheme, name="Kiwi", package=folder(tmp_path / "p"))


LOST = [("POST", "*/brandingThemes"), ("PUT", "*/resources"), ("PUT", "*/assignments*")]


@pytest.mark.parametrize("method, path", LOST)
def test_a_write_whose_answer_is_lost_is_looked_up(vcd: Vcd, tmp_path: Path, method: str, path: str) -> None:
    options = {"name": "Kiwi", "package": folder(tmp_path / "p"), "orgs": ["Tyrell"]}
    vcd.control.add_fault("drop_reply", service="*/vcd", method=method, path=path, times=1)
    result = vcd.run(BrandingTheme, **options)
    assert result.get("changed") is True, result
    assert vcd.run(BrandingTheme, **options)["changed"] is False
    assert [row["name"] for row in vcd.run(BrandingThemes)["vcd_branding_theme"]] == ["Dark", "Default", "Kiwi"]


@pytest.mark.parametrize(
    "options, told",
    [
        ({"name": ""}, "name is '': name the theme"),
        ({"name": "x" * 129}, "name has 129 characters: it may have 128"),
        ({"name": "x", "orgs": [" "]}, "orgs: organization is ' ': name one"),
        ({"name": "x", "package": "/nowhere"}, "package is '/nowhere', of which /nowhere cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_before_any_request(vcd: Vcd, options: dict[str, Any], told: str) -> None:
    result = vcd.run(BrandingTheme, **options)
    assert result["failed"] and told in result["msg"]
    assert vcd.control.journal() == []


def test_a_package_that_cannot_be_is_refused_before_any_request(vcd: Vcd, tmp_path: Path) -> None:
    def told(path: Path | str) -> str:
        result = vcd.run(BrandingTheme, name="x", package=str(path))
        assert result["failed"] and vcd.control.journal() == []
        return str(result["msg"])

    assert "it is no archive that can be opened" in told(put(tmp_path / "a.zip", b"PK"))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("x/manifest.json", "{}")
    assert "it has no manifest.json at its root" in told(tmp_path / "b.zip")
    whole = Path(folder(tmp_path / "c"))
    put(whole / "logo.png", PNG)
    assert "both logo.png and logo.svg could be its logo" in told(whole)
    (whole / "logo.png").unlink()
    put(whole / "background.png", b"GIF89a")
    assert "package: Background: background.png is no image; it must be PNG or JPEG or SVG" in told(whole)
    (whole / "background.png").unlink()
    assert "it has no Background, which every package needs" in told(whole)
    put(whole / "background.jpg", b"\xff\xd8\xff")
    put(whole / "custom_links.json", b"{")
    assert "custom_links.json, its CustomLinks, is no JSON" in told(whole)
    put(whole / "manifest.json", json.dumps({"Resources": {"Logo": "../logo.svg"}}).encode())
    assert "names ../logo.svg as Logo, which is not in it" in told(whole)


def test_a_tenant_is_told_that_only_the_provider_can(vcd: Vcd) -> None:
    for check in (True, False):
        result = vcd.run(BrandingTheme, check=check, vcd_user="admin@Tyrell", name="Kiwi")
        assert result["failed"] and "only a System administrator can" in result["msg"]
    assert vcd.writes == []


def test_a_feature_that_is_off_is_named(vcd: Vcd) -> None:
    vcd.control.change("portal-setting", vcds.HERE, branding_api=False)
    for module in (BrandingTheme, BrandingThemes):
        result = vcd.run(module, name="Kiwi")
        assert result["failed"] and "feature flag urn:vcloud:featureflag:" in result["msg"]
        assert "switches the feature flag 'Branding API' on" in result["msg"]
    result = vcd.run(BrandingThemes, optional=True)
    assert (result["available"], result["vcd_branding_theme"], result["details"]) == (False, [], [])


def test_an_older_api_number_has_none(vcd: Vcd) -> None:
    result = vcd.run(BrandingTheme, name="Kiwi", vcd_api_version="37.0")
    assert result["failed"] and "branding themes need API version 37.1 (VMware Cloud Director 10.4.1)" in result["msg"]


def test_the_older_branding_warns_where_these_themes_are_on(vcd: Vcd, warnings: list[str]) -> None:
    vcd.run(Branding, tenants=[{"org": "Tyrell", "portal_name": "Tyrell"}])
    assert any("branding themes of the second generation are on at this server" in text for text in warnings)
    warnings.clear()
    vcd.control.change("portal-setting", vcds.HERE, branding_api=False)
    vcd.run(Branding, tenants=[{"org": "Tyrell", "portal_name": "Other"}])
    assert warnings == []
