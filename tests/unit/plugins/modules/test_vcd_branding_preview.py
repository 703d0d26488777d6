"""The preview against the simulated vCloud Director: what it reads, that it never writes, what it says would be."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding import Branding
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_branding_preview import Preview
from tests.unit.plugins.modules import vcds

vcd = vcds.fixture("9.7", "10.6")
oldest = vcds.fixture("9.0", "9.1")
system_alone = vcds.fixture("9.1")

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
KIWI = {"header": "#323843", "background": "#FAFAFA", "text": "#1B2330", "primary": "#3F6212", "accent": "#D9EDBF"}
SYSTEM = {
    "portal_name": "Kiwi Cloud",
    "portal_color": "#323843",
    "theme": "Kiwi",
    "custom_links": [
        {"type": "override", "name": "about", "url": "https://my.company.com/about/"},
        {"type": "section", "name": "Support"},
        {"type": "link", "name": "Help Desk", "url": "https://my.company.com/helpdesk/"},
        {"type": "separator"},
    ],
}


def told(path: Path) -> Any:
    """What the page's script finds."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text(encoding="utf-8"))
    assert found
    return json.loads(found.group(1))


@pytest.fixture
def busy(vcd: Any) -> Any:
    """Some tenants, of which the first has a branding of its own."""
    vcd.control.scale(organizations=4)
    vcd.tenants = sorted((name for name in vcd.site.organizations if name.lower() != "system"), key=str.casefold)
    vcd.run(Branding, tenants=[{"org": vcd.tenants[0], "portal_name": "Its own", "portal_color": "#7e1414"}])
    vcd.control.clear_journal()
    return vcd


def preview(vcd: Any, directory: Path, **options: Any) -> Any:
    result = vcd.run(Preview, dest=str(directory / "new" / "preview.html"), **options)
    assert "msg" not in result, result["msg"]
    return result["vcd_branding_preview"]


def test_it_says_what_would_be_and_writes_one_file_and_nothing_else(busy: Any, tmp_path: Path) -> None:
    one, other, third, *_rest = busy.tenants
    rows = [
        {"org": one, "state": "inherited"},
        {"org": other, "portal_name": "Other", "theme": "Dark"},
        {"org": third},
    ]
    found = preview(busy, tmp_path, system=SYSTEM, tenants=rows, themes=[{"name": "Kiwi", "palette": KIWI}])
    assert busy.writes == []
    assert found["system"] == "changes"
    assert found["totals"] == {"tenants": 3, "changes": 2, "stays": 0, "returns": 1}
    fates = {row["org"]: (row["fate"], row["changed"]) for row in found["orgs"]}
    assert fates[one] == ("returns", ["portal_name", "portal_color", "theme", "custom_links"])
    assert fates[other] == ("changes", ["portal_name", "portal_color", "theme", "custom_links"])
    # Named without a wish: it follows the system.
    assert fates[third] == ("changes", ["portal_name", "portal_color", "theme", "custom_links"])
    assert (found["weak"], found["warnings"]) == ([], [])
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["preview.html"]
    page = told(tmp_path / "new" / "preview.html")
    views = {row["org"]: (page["views"][row["before"]], page["views"][row["after"]]) for row in page["rows"]}
    assert views[one][0]["name"] == "Its own" and views[one][0]["banner"] == "#7E1414"
    assert views[one][1]["name"] == views[None][1]["name"] == "Kiwi Cloud"
    assert views[one][1]["theme"] == views[None][1]["theme"]
    kiwi = page["themes"][views[one][1]["theme"]]
    assert (kiwi["name"], kiwi["builtIn"], kiwi["colours"]["primary"]) == ("Kiwi", False, "#3F6212")
    assert page["themes"][views[other][1]["theme"]] == {"name": "Dark", "builtIn": True, "colours": {}, "note": ""}
    follows = {row["org"]: row["follows"] for row in page["rows"]}
    assert follows[None] == []
    assert {"portal_name", "theme", "logo", "icon"} <= set(follows[one])
    assert "portal_name" not in follows[other]


def test_what_it_says_is_what_the_module_then_does(busy: Any, tmp_path: Path) -> None:
    one, other, third, *_rest = busy.tenants
    wishes: dict[str, Any] = {
        "system": {"portal_name": "Kiwi Cloud", "theme": "Dark"},
        "tenants": [{"org": one, "portal_color": ""}, {"org": other, "portal_name": "Other"}, {"org": third}],
    }
    preview(busy, tmp_path, **wishes)
    page = told(tmp_path / "new" / "preview.html")
    would = {row["org"]: page["views"][row["after"]] for row in page["rows"]}
    busy.run(Branding, **wishes)
    preview(busy, tmp_path, **wishes)
    again = told(tmp_path / "new" / "preview.html")
    assert {row["fate"] for row in again["rows"]} == {"stays"}
    for row in again["rows"]:
        now = again["views"][row["before"]]
        assert {name: now[name] for name in ("name", "banner")} == {
            name: would[row["org"]][name] for name in ("name", "banner")
        }
        assert again["themes"][now["theme"]]["name"] == page["themes"][would[row["org"]]["theme"]]["name"]


def test_what_is_common_is_shown_of_all_that_do_not_say_otherwise(busy: Any, tmp_path: Path) -> None:
    one, other, third, *_rest = busy.tenants
    wishes: dict[str, Any] = {
        "tenants": [{"org": one, "state": "inherited"}, {"org": other, "theme": "Default"}, {"org": third}],
        "common": {"theme": "Dark", "custom_links": SYSTEM["custom_links"]},
    }
    found = preview(busy, tmp_path, **wishes)
    assert {row["org"]: (row["fate"], row["changed"]) for row in found["orgs"]} == {
        one: ("returns", ["portal_name", "portal_color"]),
        other: ("changes", ["custom_links"]),
        third: ("changes", ["theme", "custom_links"]),
    }
    busy.run(Branding, **wishes)
    assert preview(busy, tmp_path, **wishes)["totals"]["stays"] == 3


def test_images_are_in_the_page_once(busy: Any, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(PNG)
    rows = [{"orgs": busy.tenants, "logo": str(logo)}]
    found = preview(busy, tmp_path, tenants=rows)
    assert {tuple(row["changed"]) for row in found["orgs"]} == {("logo",)}
    text = (tmp_path / "new" / "preview.html").read_text()
    assert text.count(base64.b64encode(PNG).decode()) == 1
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", text)


def test_without_images_only_those_asked_for_are_read(busy: Any, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(PNG)
    rows = [{"org": busy.tenants[0], "logo": str(logo)}, {"org": busy.tenants[1], "portal_name": "Other"}]
    preview(busy, tmp_path, tenants=rows, images=False)
    images = [each for each in busy.requests if each.endswith(("/logo", "/icon"))]
    assert images == [f"GET /cloudapi/branding/tenant/{busy.tenants[0]}/logo"]


def test_prune_shows_everybody(busy: Any, tmp_path: Path) -> None:
    found = preview(busy, tmp_path, system={"portal_name": "Kiwi Cloud"}, prune=True)
    assert [row["org"] for row in found["orgs"]] == busy.tenants
    fates = {row["org"]: row["fate"] for row in found["orgs"]}
    assert fates[busy.tenants[0]] == "returns"
    assert busy.writes == []


def test_a_weak_contrast_of_the_banner_is_told(busy: Any, tmp_path: Path) -> None:
    theme = {"name": "Pale", "palette": {"header": "#323843", "header_text": "#8A94A6"}}
    rows = [{"orgs": busy.tenants[:2], "theme": "Pale", "portal_color": "#FFFFFF"}]
    found = preview(busy, tmp_path, tenants=rows, themes=[theme])
    (text,) = found["weak"]
    assert text.startswith(
        f"{busy.tenants[0]}, {busy.tenants[1]}: header_text #8A94A6 on header #FFFFFF has a contrast"
    )


def test_a_theme_that_does_not_exist_is_told_before_it_is_refused(
    busy: Any, tmp_path: Path, warnings: list[str]
) -> None:
    found = preview(busy, tmp_path, tenants=[{"org": busy.tenants[0], "theme": "Kiwo"}])
    assert found["warnings"] == warnings
    assert "There is no theme 'Kiwo'" in warnings[0]
    assert (found["missing_themes"], found["missing_orgs"]) == (["Kiwo"], [])


@pytest.mark.parametrize("check", [True, False])
def test_an_organization_that_does_not_exist_is_shown_as_a_new_one(
    busy: Any, tmp_path: Path, warnings: list[str], check: bool
) -> None:
    one, page = busy.tenants[0], tmp_path / "preview.html"
    rows = [{"org": one, "portal_name": "One"}, {"orgs": ["Tyrel", "Nobody"], "portal_name": "New", "theme": "Kiwo"}]
    wishes: dict[str, Any] = {"system": {"portal_name": "Kiwi Cloud"}, "tenants": rows}
    found = busy.run(Preview, check=check, dest=str(page), **wishes)["vcd_branding_preview"]
    assert (found["missing_orgs"], found["missing_themes"]) == (["Nobody", "Tyrel"], ["Kiwo"])
    assert found["warnings"] == warnings
    assert warnings[0].startswith("Tenants: organization 'Tyrel' (and 1 more) does not exist at ")
    assert warnings[0].endswith(
        "did you mean 'Tyrell'? So vcpp.vcloud.vcd_branding would refuse it, unless it is created first."
    )
    assert "There is no theme 'Kiwo'" in warnings[1]
    assert found["totals"] == {"tenants": 3, "changes": 3, "stays": 0, "returns": 0}
    assert busy.writes == [] and page.exists() is not check
    # It is what vcd_branding predicts in check mode, where it does not refuse them either.
    predicted = busy.run(Branding, check=True, **wishes)
    assert {row["org"] for row in predicted["outcomes"]} == {"System", *(row["org"] for row in found["orgs"])}
    if check:
        return
    shown = told(page)
    rows_of = {row["org"]: row for row in shown["rows"]}
    assert rows_of[one]["notes"] == []
    for org in ("Tyrel", "Nobody"):
        assert rows_of[org]["notes"] == [
            "This organization does not exist yet. As a new one it shows what the system shows."
        ]
        assert rows_of[org]["before"] == rows_of[None]["before"]
        assert shown["views"][rows_of[org]["after"]]["name"] == "New"
    assert warnings[0].replace("'", "&#x27;") in page.read_text(encoding="utf-8")


def test_one_that_does_not_exist_and_shall_inherit_stays_as_it_would_be(busy: Any, tmp_path: Path) -> None:
    found = preview(busy, tmp_path, tenants=[{"org": "Nobody", "state": "inherited"}])
    assert (found["missing_orgs"], found["totals"]["stays"]) == (["Nobody"], 1)


def test_check_mode_reads_everything_and_writes_no_file(busy: Any, tmp_path: Path) -> None:
    options = {"dest": str(tmp_path / "preview.html"), "tenants": [{"org": busy.tenants[0], "portal_name": "New"}]}
    predicted = busy.run(Preview, check=True, **options)
    assert not list(tmp_path.iterdir())
    assert predicted == busy.run(Preview, **options)
    assert busy.writes == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tenants": [{"org": "Tyrell", "portal_color": "red"}]}, "portal_color is 'red'"),
        ({"tenants": [{"org": "Tyrell", "logo": "/nowhere/logo.png"}]}, "logo is '/nowhere/logo.png', which cannot be"),
        ({"themes": [{"name": "Kiwi", "palette": {"heder": "#fff"}}]}, r"themes\[0\]: .* did you mean 'header'"),
        ({"themes": [{"name": "Kiwi", "css_file": "/nowhere.css"}]}, r"themes\[0\].css_file is '/nowhere.css'"),
        ({"themes": [{"name": "Kiwi", "css": "a", "css_file": "b"}]}, "give css or css_file, not both"),
        ({"themes": [{"name": "Kiwi"}, {"name": "Kiwi"}]}, r"themes\[1\]: 'Kiwi' is named twice"),
        ({"common": {"portal_color": "red"}}, "common.portal_color is 'red'"),
        ({"tenants": None, "system": {}, "common": {"theme": "Dark"}}, "required by 'common': tenants"),
        ({"dest": "/tmp"}, "dest is '/tmp', a directory"),
        ({"dest": " "}, "name the file to write"),
    ],
)
def test_bad_input_is_refused_by_its_name(vcd: Any, tmp_path: Path, options: Any, message: str) -> None:
    result = vcd.run(Preview, **{"dest": str(tmp_path / "preview.html"), "tenants": [{"org": "Tyrell"}], **options})
    assert result["failed"]
    assert re.search(message, result["msg"]), result["msg"]
    assert vcd.writes == [] and not list(tmp_path.iterdir())


def test_a_release_without_tenant_branding_says_so(oldest: Any, tmp_path: Path) -> None:
    result = oldest.run(Preview, dest=str(tmp_path / "preview.html"), tenants=[{"org": "Tyrell", "portal_name": "T"}])
    assert result["failed"] and "needs API version 3" in result["msg"]


def test_91_shows_the_system_alone(system_alone: Any, tmp_path: Path) -> None:
    found = preview(system_alone, tmp_path, system={"portal_name": "Kiwi Cloud", "portal_color": "#323843"})
    assert (found["system"], found["orgs"]) == ("changes", [])
    assert system_alone.writes == []
