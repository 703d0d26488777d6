"""Themes against simulated vCloud Directors: without style sheets (9.1), the first with tenants, and the newest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding import Branding
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding_info import Brandings
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_theme import Theme
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_theme_info import Themes
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.branding_files import put
from tests.unit.plugins.modules.vcds import Vcd

vcd = vcds.fixture("9.1", "9.7", "10.6")

CSS = ":root {\n  --clr-header-bg-color: #323843;\n}\n"


def needs_css(vcd: Vcd) -> None:
    if vcd.release == "9.1":
        pytest.skip("no style sheets in this release")


def test_a_theme_is_made_changed_and_removed_as_predicted(vcd: Vcd) -> None:
    needs_css(vcd)
    for options, changed in (
        ({"name": "Kiwi & Co", "css": CSS}, True),
        ({"name": "Kiwi & Co", "css": CSS}, False),
        ({"name": "Kiwi & Co"}, False),
        ({"name": "Kiwi & Co", "css": CSS.replace("323843", "7E1414")}, True),
        ({"name": "Kiwi & Co", "css": ""}, True),
        ({"name": "Kiwi & Co", "css": ""}, False),
        ({"name": "Kiwi & Co", "state": "absent"}, True),
        ({"name": "Kiwi & Co", "state": "absent"}, False),
    ):
        predicted = vcd.run(Theme, check=True, **options)
        assert vcd.writes == []
        result = vcd.run(Theme, **options)
        assert result == predicted and "failed" not in result, result
        assert result["changed"] is changed, options
        assert (vcd.writes != []) is changed
        vcd.control.clear_journal()


def test_a_style_sheet_is_compared_by_what_its_lines_say(vcd: Vcd, tmp_path: Path) -> None:
    needs_css(vcd)
    path = put(tmp_path / "kiwi.css", CSS.replace("\n", "\r\n").encode())
    assert vcd.run(Theme, name="Kiwi", css_file=path)["changed"] is True
    for same in (CSS, CSS.rstrip("\n"), CSS.replace("\n", "\r")):
        vcd.control.clear_journal()
        assert vcd.run(Theme, name="Kiwi", css=same)["changed"] is False
        assert len(vcd.requests) == 2
    (diff,) = vcd.run(Theme, name="Kiwi", css=CSS + "a { color: red; }")["diff"]
    assert diff["before"] == {"css": CSS.rstrip("\n")}


def test_a_long_style_sheet_is_shown_by_its_digest(vcd: Vcd) -> None:
    needs_css(vcd)
    long = "/* clarity */ a { color: #000000; }\n" * 13_000
    result = vcd.run(Theme, name="Kiwi", css=long)
    assert result["vcd_theme"]["css"].startswith("sha256:") and len(str(result)) < 1000
    assert vcd.run(Theme, name="Kiwi", css=long)["changed"] is False
    read = vcd.run(Themes)
    assert read["vcd_theme"] == [{"name": "Kiwi", "css": long}]
    assert read["details"][0]["css_size"] == len(long)


def test_what_the_info_module_reads_changes_nothing(vcd: Vcd) -> None:
    vcd.run(Theme, name="Bare")
    if vcd.release != "9.1":
        vcd.run(Theme, name="Kiwi", css=CSS)
    read = vcd.run(Themes)
    assert read["built_in"] == ["Dark", "Default"]
    assert {row["name"] for row in read["vcd_theme"]} == ({"Bare"} if vcd.release == "9.1" else {"Bare", "Kiwi"})
    vcd.control.clear_journal()
    for row in read["vcd_theme"]:
        assert vcd.run(Theme, **row)["changed"] is False
    assert vcd.writes == []
    assert vcd.run(Themes, name="Nobody")["vcd_theme"] == []
    assert vcd.run(Themes, name="Bare", with_css=False)["vcd_theme"] == [{"name": "Bare", "css": None}]


def test_a_release_without_style_sheets_says_so(vcd: Vcd) -> None:
    result = vcd.run(Theme, name="Kiwi", css=CSS)
    if vcd.release == "9.1":
        assert result["failed"] and "need API version 31.0 (vCloud Director 9.5)" in result["msg"]
        assert vcd.writes == []
        assert vcd.run(Theme, name="Kiwi")["changed"] is True
    else:
        assert "failed" not in result


def test_a_theme_in_use_is_removed_with_force_only(vcd: Vcd, warnings: list[str]) -> None:
    vcd.control.scale(3)
    vcd.run(Theme, name="Kiwi")
    vcd.run(Branding, system={"theme": "Kiwi"})
    if vcd.release != "9.1":
        vcd.run(Branding, tenants=[{"orgs": ["Tyrell", "tenant-00002"], "portal_name": "Own"}])
    vcd.control.clear_journal()
    result = vcd.run(Theme, name="Kiwi", state="absent")
    used = "the system" if vcd.release == "9.1" else "the system and by 2 organizations Tyrell, tenant-00002"
    assert result["failed"] and f"theme 'Kiwi' is used by {used}: select another theme there first" in result["msg"]
    assert "Nothing was changed." in result["msg"] and vcd.writes == []
    predicted = vcd.run(Theme, check=True, name="Kiwi", state="absent", force=True)
    assert vcd.writes == []
    assert vcd.run(Theme, name="Kiwi", state="absent", force=True) == predicted
    assert predicted["switched"] == (["System"] if vcd.release == "9.1" else ["System", "Tyrell", "tenant-00002"])
    assert any("which show Default from now on, because force is set" in text for text in warnings)
    told = vcd.run(Brandings)["vcd_branding"]
    assert {row["theme"] for row in (told["system"], *told["tenants"])} == {"Default"}
    assert [row["portal_name"] for row in told["tenants"] if row["org"] == "Tyrell"] in ([], ["Own"])


def test_a_theme_that_only_tenants_use_names_them(vcd: Vcd) -> None:
    needs_css(vcd)
    vcd.run(Theme, name="Kiwi")
    vcd.run(Branding, tenants=[{"org": "Tyrell", "theme": "Kiwi"}])
    result = vcd.run(Theme, name="Kiwi", state="absent")
    assert result["failed"] and "theme 'Kiwi' is used by organization Tyrell: select" in result["msg"]


@pytest.mark.parametrize(
    "options, told",
    [
        ({"name": ""}, "name is '': name the theme"),
        ({"name": "x", "css": "a", "css_file": "b"}, "mutually exclusive"),
        ({"name": "x", "css_file": "/nowhere.css"}, "css_file is '/nowhere.css', which cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_before_any_request(vcd: Vcd, options: dict[str, Any], told: str) -> None:
    result = vcd.run(Theme, **options)
    assert result["failed"] and told in result["msg"]
    assert vcd.control.journal() == []


def test_an_empty_file_is_a_mistake(vcd: Vcd, tmp_path: Path) -> None:
    result = vcd.run(Theme, name="x", css_file=put(tmp_path / "x.css", b" \n"))
    assert result["failed"] and 'to have a theme without a style sheet, give css: ""' in result["msg"]
    result = vcd.run(Theme, name="x", css_file=put(tmp_path / "y.css", b"/* \xe4 */"))
    assert result["failed"] and "is not UTF-8 (byte 3)" in result["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_built_in_theme_is_refused(vcd: Vcd, state: str) -> None:
    result = vcd.run(Theme, name="Default", state=state)
    assert result["failed"] and "this theme is built in and stays as it is" in result["msg"]
    assert vcd.writes == []


def test_a_tenant_is_told_that_only_the_provider_can(vcd: Vcd) -> None:
    for check in (True, False):
        result = vcd.run(Theme, check=check, vcd_user="admin@Tyrell", name="Kiwi")
        assert result["failed"] and "only a System administrator can" in result["msg"]
    assert vcd.writes == []


@pytest.mark.parametrize("method, path", [("POST", "*/themes"), ("POST", "*/contents"), ("PUT", "*/transfer/*")])
def test_a_write_whose_answer_is_lost_is_looked_up(vcd: Vcd, method: str, path: str) -> None:
    needs_css(vcd)
    vcd.control.add_fault("drop_reply", service="*/vcd", method=method, path=path, times=1)
    result = vcd.run(Theme, name="Kiwi", css=CSS)
    assert result.get("changed") is True, result
    assert vcd.run(Theme, name="Kiwi", css=CSS)["changed"] is False
