"""The branding of a portal against simulated vCloud Directors: the first one with tenants, and the newest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding import Branding
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding_info import Brandings
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.branding_files import ICO, JPEG, PNG, SVG, menu, put
from tests.unit.plugins.modules.vcds import Vcd

vcd = vcds.fixture("9.7", "10.6")

KIWI = {"portal_name": "Kiwi Cloud", "portal_color": "#323843", "theme": "Dark"}
T1, T2, T3 = TENANTS = ["tenant-00001", "tenant-00002", "tenant-00003"]


@pytest.fixture(autouse=True)
def _tenants(vcd: Vcd) -> None:
    vcd.control.scale(len(TENANTS))
    vcd.control.clear_journal()


def shown(vcd: Vcd, org: str | None = None) -> dict[str, Any]:
    """What vcd_branding_info tells of an organization, or of the system."""
    told = vcd.run(Brandings, orgs=[org] if org else [])["vcd_branding"]
    found: dict[str, Any] = told["tenants"][0] if org else told["system"]
    return found


def test_system_and_tenants_are_branded_as_predicted(vcd: Vcd, tmp_path: Path) -> None:
    logo = put(tmp_path / "logo.png", PNG + b"kiwi")
    rows = [
        {"org": "Tyrell", "portal_name": "Tyrell Corporation", "portal_color": "7e1414", "logo": logo},
        {"orgs": [T1, T2], "theme": "Dark", "custom_links": menu()},
    ]
    for options, changed in (
        ({"system": {**KIWI, "logo": logo, "custom_links": menu()}, "tenants": rows}, True),
        ({"system": {**KIWI, "logo": logo, "custom_links": menu()}, "tenants": rows}, False),
        ({"tenants": [{"org": "Tyrell", "portal_color": "", "custom_links": []}]}, True),
        ({"tenants": [{"orgs": ["Tyrell", T1], "state": "inherited"}]}, True),
        ({"tenants": [{"orgs": ["Tyrell", T1], "state": "inherited"}]}, False),
        ({"tenants": [{"org": T3, "theme": "Default"}], "prune": True}, True),
        ({"tenants": [], "prune": True}, True),
        ({"tenants": [], "prune": True}, False),
    ):
        predicted = vcd.run(Branding, check=True, **options)
        assert vcd.writes == []
        result = vcd.run(Branding, **options)
        assert result == predicted
        assert "failed" not in result, result
        assert result["changed"] is changed, options
        assert (vcd.writes != []) is result["changed"]
        vcd.control.clear_journal()


def test_the_menu_of_the_post_arrives_in_its_order(vcd: Vcd) -> None:
    assert len(menu()) == 9
    result = vcd.run(Branding, system={"custom_links": menu()})
    assert result["vcd_branding"]["system"]["custom_links"] == menu()
    assert shown(vcd)["custom_links"] == menu()
    moved = [*menu()[1:], menu()[0]]
    assert vcd.run(Branding, system={"custom_links": moved})["changed"] is False, "an override has no position"
    swapped = [*menu()[:2], menu()[3], menu()[2], *menu()[4:]]
    assert vcd.run(Branding, system={"custom_links": swapped})["changed"] is True, "a link has one"


def test_one_task_of_many_tenants_reads_each_once(vcd: Vcd) -> None:
    rows = [{"orgs": ["Tyrell", *TENANTS], "portal_name": "Ours"}]
    assert vcd.run(Branding, tenants=rows)["changed"] is True
    vcd.control.clear_journal()
    assert vcd.run(Branding, tenants=rows)["changed"] is False
    assert sorted(vcd.requests) == sorted(
        ["GET /cloudapi/branding", *(f"GET /cloudapi/branding/tenant/{org}" for org in ("Tyrell", *TENANTS))]
    )


def test_what_is_common_is_given_to_all_that_do_not_say_otherwise(vcd: Vcd) -> None:
    rows = [{"org": T1, "portal_name": "One"}, {"org": T2, "theme": "Default"}, {"org": T3, "state": "inherited"}]
    common = {"theme": "Dark", "custom_links": menu()}
    result = vcd.run(Branding, tenants=rows, common=common)
    assert [outcome["org"] for outcome in result["outcomes"]] == [T1, T2]
    assert [(row["theme"], len(row["custom_links"])) for row in result["vcd_branding"]["tenants"]] == [
        ("Dark", 9), ("Default", 9), ("Default", 0),
    ]  # fmt: skip
    assert vcd.run(Branding, tenants=rows, common=common)["changed"] is False
    refused = vcd.run(Branding, system=KIWI, common=common)
    assert refused["failed"] and "tenants" in refused["msg"]


@pytest.mark.parametrize("spelling", ["#0c0c01", "0C0C01", "#0C0C01", " 0c0C01 "])
def test_a_colour_has_two_spellings_and_any_case(vcd: Vcd, spelling: str) -> None:
    vcd.run(Branding, system={"portal_color": "#0C0C01"})
    result = vcd.run(Branding, system={"portal_color": spelling})
    assert (result["changed"], result["vcd_branding"]["system"]["portal_color"]) == (False, "#0C0C01")


def test_what_is_not_named_stays_although_a_write_replaces_everything(vcd: Vcd) -> None:
    vcd.run(Branding, system={**KIWI, "custom_links": menu()}, tenants=[{"org": "Tyrell", "portal_name": "Tyrell"}])
    vcd.run(Branding, system={"portal_name": "Moa"}, tenants=[{"org": "Tyrell", "theme": "Default"}])
    assert shown(vcd) == {**KIWI, "portal_name": "Moa", "custom_links": menu()}
    kept = {"portal_name": "Tyrell", "portal_color": "#323843", "theme": "Default", "custom_links": menu()}
    assert shown(vcd, "Tyrell") == {"org": "Tyrell", **kept}


def test_a_tenant_that_inherits_begins_with_what_the_same_task_gives_the_system(vcd: Vcd) -> None:
    result = vcd.run(Branding, system=KIWI, tenants=[{"org": "Tyrell", "portal_name": "Tyrell"}])
    assert result["vcd_branding"]["tenants"] == [{**shown(vcd, "Tyrell")}]
    assert shown(vcd, "Tyrell") == {"org": "Tyrell", **KIWI, "portal_name": "Tyrell", "custom_links": []}


def test_inherited_takes_images_away_too_and_asks_for_each_thing_once(vcd: Vcd, tmp_path: Path) -> None:
    icon = put(tmp_path / "x.ico", ICO)
    vcd.run(Branding, tenants=[{"org": "Tyrell", "portal_name": "Tyrell", "icon": icon}])
    vcd.control.clear_journal()
    result = vcd.run(Branding, tenants=[{"orgs": ["Tyrell", T1], "state": "inherited"}])
    own = "DELETE /cloudapi/branding/tenant/Tyrell"
    assert sorted(vcd.writes) == [own, f"{own}/icon"]
    assert [outcome["org"] for outcome in result["outcomes"]] == ["Tyrell"]
    system = vcd.run(Brandings, orgs=["Tyrell"], with_images=True)["details"]
    assert system[1]["inherits"] == ["portal_name", "portal_color", "theme", "custom_links", "logo", "icon"]
    vcd.control.clear_journal()
    assert vcd.run(Branding, tenants=[{"orgs": ["Tyrell", T1], "state": "inherited"}])["changed"] is False
    assert len(vcd.requests) == 3 * 3 + 1, "each of three has three, and one of the list of organizations"


def test_pruning_takes_away_what_others_have(vcd: Vcd) -> None:
    vcd.run(Branding, tenants=[{"orgs": [T1, T2], "portal_name": "Ours"}])
    vcd.control.clear_journal()
    result = vcd.run(Branding, tenants=[{"org": T1, "portal_name": "Ours"}], prune=True)
    assert vcd.writes == [f"DELETE /cloudapi/branding/tenant/{T2}"]
    assert [row["org"] for row in result["vcd_branding"]["tenants"]] == ["Tyrell", *TENANTS]
    refused = vcd.run(Branding, system=KIWI, prune=True)
    assert refused["failed"] and "prune needs tenants" in refused["msg"]


def test_pruning_refuses_another_spelling_of_an_organization(vcd: Vcd) -> None:
    vcd.run(Branding, tenants=[{"org": "Tyrell", "portal_name": "Ours"}])
    vcd.control.clear_journal()
    result = vcd.run(Branding, tenants=[{"org": "tyrell", "portal_name": "Ours"}], prune=True)
    assert result["failed"] and "tenants: 'tyrell' is the organization 'Tyrell': write it so" in result["msg"]
    assert vcd.writes == []


def test_images_are_compared_by_their_bytes(vcd: Vcd, tmp_path: Path) -> None:
    first, second = put(tmp_path / "1.png", PNG + b"1"), put(tmp_path / "2.svg", SVG)
    for path, changed in ((first, True), (first, False), (second, True), (put(tmp_path / "3", SVG), False)):
        assert vcd.run(Branding, system={"logo": path})["changed"] is changed
    assert vcd.run(Branding, tenants=[{"org": "Tyrell", "logo": second}])["changed"] is False, "it shows the system's"
    assert vcd.run(Branding, tenants=[{"org": "Tyrell", "logo": first}])["changed"] is True
    for changed in (True, False):
        assert vcd.run(Branding, tenants=[{"org": "Tyrell", "logo": ""}])["changed"] is changed
    result = vcd.run(Branding, system={"logo": ""})
    assert (result["changed"], result["vcd_branding"]["system"]["logo"]) == (True, "")
    details = vcd.run(Brandings, orgs=[], with_images=True)["details"]
    assert details[0]["logo"]["media_type"] == "image/png"


@pytest.mark.parametrize("fallback", ["whole", "attribute"])
def test_a_tenant_without_a_colour_of_its_own_is_one_whatever_the_server_shows(vcd: Vcd, fallback: str) -> None:
    vcd.control.change("portal-setting", vcds.HERE, fallback=fallback)
    vcd.run(Branding, system=KIWI)
    for changed in (True, False):
        result = vcd.run(Branding, tenants=[{"org": "Tyrell", "portal_name": "Tyrell", "portal_color": ""}])
        assert "failed" not in result, result
        assert result["changed"] is changed
        assert result["vcd_branding"]["tenants"][0]["portal_color"] == ""


# Bad days


@pytest.mark.parametrize(
    "options, told",
    [
        ({"system": {"portal_color": "#12345"}}, "system.portal_color is '#12345': write six hexadecimal digits"),
        ({"system": {"portal_color": "red"}}, "in quotes"),
        ({"tenants": [], "common": {"portal_color": "x"}}, "common.portal_color is 'x'"),
        ({"system": {"portal_name": " "}}, "system.portal_name is ' ': give a text"),
        ({"system": {"theme": ""}}, "system.theme is '': give a text"),
        ({"tenants": [{"org": "system", "portal_name": "x"}]}, "its branding is the option system"),
        ({"tenants": [{"org": "", "portal_name": "x"}]}, "organization is '': name one"),
        ({"tenants": [{"org": T1}, {"orgs": [T1]}]}, "tenants[1]: 'tenant-00001' is named twice"),
        ({"tenants": [{"org": "Tyrell"}, {"org": "tyrell"}]}, "'tyrell' is named twice, once as 'Tyrell'; give each"),
        ({"tenants": [{"org": T1, "state": "inherited", "theme": "Dark"}]}, "cannot be given with state=inherited"),
        ({"system": {"custom_links": [{"type": "link", "name": "Desk"}]}}, "url of the link 'Desk' is missing"),
        ({"system": {"custom_links": [{"type": "link", "url": "https://a"}]}}, "a link needs a name"),
        ({"system": {"custom_links": [{"type": "section"}]}}, "custom_links[0]: a section needs a name"),
        ({"system": {"custom_links": [{"type": "section", "name": "a", "url": "b"}]}}, "a section has no url"),
        ({"system": {"custom_links": [{"type": "separator", "name": "a"}]}}, "a separator has no name"),
        ({"system": {"custom_links": [{"type": "override", "name": "abuot"}]}}, "did you mean 'about'?"),
        ({"system": {"custom_links": [{"type": "override", "name": "help"}] * 2}}, "overrides 'help' a second time"),
        ({"system": {"logo": "/nowhere/logo.png"}}, "system.logo is '/nowhere/logo.png', which cannot be read"),
        ({}, "one of the following is required: system, tenants"),
        ({"tenants": [{"portal_name": "x"}]}, "one of the following is required: org, orgs"),
    ],
)
def test_what_cannot_be_is_refused_before_any_request(vcd: Vcd, options: dict[str, Any], told: str) -> None:
    result = vcd.run(Branding, **options)
    assert result["failed"] and told in result["msg"], result
    assert vcd.control.journal() == []


@pytest.mark.parametrize(
    "kind, content, told",
    [
        ("logo", PNG + b"x" * 512 * 1024, "logo.bin has 524296 bytes; a logo has at most 512 KB, which are 524288"),
        ("logo", ICO, "logo.bin is a file of type ICO; it must be PNG or JPEG or SVG"),
        ("icon", JPEG, "icon.bin is a file of type JPEG; it must be PNG or ICO"),
        ("logo", b"GIF89a", "logo.bin is no image"),
        ("logo", b"", "logo.bin is empty"),
    ],
)
def test_an_image_that_the_portal_does_not_take_is_refused_before_any_request(
    vcd: Vcd, tmp_path: Path, kind: str, content: bytes, told: str
) -> None:
    path = put(tmp_path / f"{kind}.bin", content)
    result = vcd.run(Branding, tenants=[{"org": T1, kind: path}])
    assert result["failed"] and f"tenants[0].{kind}: {told}" in result["msg"]
    assert vcd.control.journal() == []


def test_an_organization_that_does_not_exist_is_refused_before_any_write(vcd: Vcd, warnings: list[str]) -> None:
    rows = [{"org": T1, "portal_name": "x"}, {"orgs": ["Tyrel", "Nobody"], "portal_name": "x"}]
    result = vcd.run(Branding, tenants=rows)
    assert result["failed"] and "organization 'Tyrel' (and 1 more) does not exist" in result["msg"]
    assert "did you mean 'Tyrell'? Nothing was changed." in result["msg"]
    # Also one of which nothing would have been changed, because it seems to show what is wanted.
    same = vcd.run(Branding, tenants=[{"org": "Nobody", "state": "inherited"}])
    assert same["failed"] and "'Nobody' does not exist" in same["msg"]
    assert vcd.run(Branding, check=True, tenants=rows)["changed"] is True
    assert warnings and "Predicted as if an earlier task of this run created it." in warnings[0]
    assert vcd.writes == []


def test_a_theme_that_does_not_exist_is_refused_before_any_write(vcd: Vcd) -> None:
    result = vcd.run(Branding, system={"theme": "dark"})
    assert result["failed"] and "system: theme 'dark' does not exist" in result["msg"]
    assert "did you mean 'Dark'?" in result["msg"]
    result = vcd.run(Branding, tenants=[{"org": T1, "theme": "Kiwi"}])
    assert result["failed"] and "tenants: tenant-00001: theme 'Kiwi'" in result["msg"]
    assert "make it with vcd_theme first. Nothing was changed." in result["msg"]
    assert vcd.writes == []


def test_a_tenant_may_read_and_is_told_that_only_the_provider_writes(vcd: Vcd) -> None:
    for check in (True, False):
        rows = [{"org": "Tyrell", "portal_name": "x"}]
        result = vcd.run(Branding, check=check, vcd_user="admin@Tyrell", tenants=rows)
        assert result["failed"] and "only a System administrator can change it" in result["msg"]
    assert vcd.run(Branding, vcd_user="admin@Tyrell", tenants=[{"org": "Tyrell"}])["changed"] is False
    assert vcd.writes == []


def test_what_fails_for_some_is_told_and_the_rest_is_done(vcd: Vcd) -> None:
    rows = [{"orgs": ["Tyrell", *TENANTS], "portal_name": "Ours"}]
    vcd.control.add_fault("refuse_role", service="*/vcd", method="PUT", path=f"*/{T1}")
    vcd.control.add_fault("refuse_role", service="*/vcd", method="PUT", path=f"*/{T2}")
    result = vcd.run(Branding, tenants=rows)
    assert result["failed"] and "2 of 4 changes failed, 2 were made" in result["msg"]
    assert [row["org"] for row in result["outcomes"] if row["changed"]] == ["Tyrell", T3]
    assert [row["portal_name"] for row in result["vcd_branding"]["tenants"] if row["org"] in (T1, T3)][1] == "Ours"
    vcd.control.clear_faults()
    again = vcd.run(Branding, tenants=rows)
    assert sorted(row["org"] for row in again["outcomes"]) == [T1, T2]


def test_what_was_changed_before_a_failure_is_told(vcd: Vcd, tmp_path: Path) -> None:
    vcd.control.add_fault("refuse_role", service="*/vcd", method="PUT", path="*/logo")
    row = {"org": T1, "portal_name": "x", "theme": "Dark", "logo": put(tmp_path / "l.png", PNG)}
    result = vcd.run(Branding, tenants=[row])
    assert result["failed"] and "Changed before that: portal_name, theme" in result["outcomes"][0]["error"]
    vcd.control.clear_faults()
    assert list(vcd.run(Branding, tenants=[row])["outcomes"][0]) == ["org", "logo", "changed"]


def test_nothing_more_is_begun_after_a_failure_of_the_system_with_fail_fast(vcd: Vcd) -> None:
    vcd.control.add_fault("refuse_role", service="*/vcd", method="PUT", path="cloudapi/branding")
    result = vcd.run(Branding, system=KIWI, tenants=[{"org": T1, "portal_name": "x"}], fail_fast=True)
    assert result["failed"] and "1 were not begun because of fail_fast" in result["msg"]
    assert vcd.control.journal(write=True)[-1]["path"].endswith("/cloudapi/branding")


@pytest.mark.parametrize("method, path", [("PUT", "*/tenant/*"), ("PUT", "*/logo"), ("DELETE", "*/tenant/*")])
def test_a_write_whose_answer_is_lost_is_looked_up(vcd: Vcd, tmp_path: Path, method: str, path: str) -> None:
    row = {"org": "Tyrell", "portal_name": "Tyrell", "logo": put(tmp_path / "l.png", PNG)}
    if method == "DELETE":
        vcd.run(Branding, tenants=[row])
        row = {"org": "Tyrell", "state": "inherited"}
    vcd.control.clear_journal()
    vcd.control.add_fault("drop_reply", service="*/vcd", method=method, path=path, times=1)
    result = vcd.run(Branding, tenants=[row])
    assert result["changed"] is True and "failed" not in result
    assert vcd.run(Branding, tenants=[row])["changed"] is False


def test_what_the_server_does_not_keep_is_told(vcd: Vcd, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import branding_work

    monkeypatch.setattr(branding_work, "merged", lambda document, _values, _types: document)
    result = vcd.run(Branding, tenants=[{"org": T1, "portal_name": "x"}], wait_timeout=0)
    assert result["failed"] and "the server accepted the change but holds" in result["msg"]
