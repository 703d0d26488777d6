# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role vcd_portal and the playbook branding as users run them: predicted, applied, again, undone, on bad days.

The simulator's journal and its vCloud Director, asked by a client of the test's own, are the witnesses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.e2e.plays import ROOT, Play, play
from tests.e2e.test_playbooks import A03, C00, Estate, role
from tests.e2e.test_readme import guide_block
from tests.simulator.running import Running, running_simulator

PORTAL = ROOT / "inventories" / "reference" / "portal"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


def vcds(release: str, **more: Any) -> Iterator[Running]:
    with running_simulator(vcd_version=release, **more) as simulator:
        yield simulator


@pytest.fixture(scope="module", params=["9.7", pytest.param("10.6", marks=pytest.mark.slow)])
def each_release(request: pytest.FixtureRequest) -> Iterator[Running]:
    yield from vcds(request.param)


@pytest.fixture(scope="module")
def newest() -> Iterator[Running]:
    yield from vcds("10.6")


@pytest.fixture(scope="module")
def without_tenants() -> Iterator[Running]:
    yield from vcds("9.1")


def fresh(simulator: Running, directory: Path) -> Estate:
    simulator.control.clear_faults()
    simulator.control.reset()
    simulator.control.clear_journal()
    return Estate(simulator, directory)


@pytest.fixture
def estates(each_release: Running, tmp_path: Path) -> Estate:
    return fresh(each_release, tmp_path)


@pytest.fixture
def estate(newest: Running, tmp_path: Path) -> Estate:
    return fresh(newest, tmp_path)


class Reader:
    """What a browser of the provider reads of a portal."""

    def __init__(self, estate: Estate, site: str) -> None:
        simulator = estate.simulator
        self.url, self.http = simulator.vcd(site), requests.Session()
        self.http.verify, self.http.trust_env = simulator.ca_path, False
        version = re.findall(r"<Version>([\d.]+)</Version>", self.http.get(f"{self.url}/api/versions").text)
        self.version = max(version, key=float)
        new = float(self.version) >= 33
        login = self.http.post(
            f"{self.url}/cloudapi/1.0.0/sessions/provider" if new else f"{self.url}/api/sessions",
            auth=(simulator.vcd_user(site), simulator.vcd_password(site)),
            headers={"Accept": f"application/{'json' if new else '*+xml'};version={self.version}"},
        )
        self.http.headers["Authorization"] = f"Bearer {login.headers['X-VMWARE-VCLOUD-ACCESS-TOKEN']}"

    def get(self, path: str, media: str = "application/json") -> requests.Response:
        return self.http.get(
            f"{self.url}/cloudapi/branding{path}", headers={"Accept": f"{media};version={self.version}"}
        )

    def branding(self, org: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/tenant/{org}" if org else "").json()
        return found


def only(tenants: list[dict[str, Any]], images: str = "") -> list[dict[str, Any]]:
    """The role with these tenants and nothing else of the inventory's."""
    nothing: dict[str, Any] = {"vcd_portal_themes": [], "vcd_portal_system": {}}
    return role("vcd_portal", vcd_portal_tenants=tenants, vcd_portal_images=images, **nothing)


def told(path: Path) -> Any:
    """The data of a preview page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text(encoding="utf-8"))
    assert found
    return json.loads(found.group(1))


def test_branding_gives_every_site_its_portal(estates: Estate, tmp_path: Path) -> None:
    page = tmp_path / "pages" / "{{ inventory_hostname }}.html"
    estates.prove("branding", vcd_portal_preview=str(page))
    for site in (A03, C00):
        reader = Reader(estates, site)
        system, tyrell = reader.branding(), reader.branding("Tyrell")
        assert (system["portalName"], system["portalColor"]) == ("Kiwi Cloud", "#323843")
        assert system["selectedTheme"] == {"themeType": "CUSTOM", "name": "Kiwi"}
        # The worked example of the origin's post: nine entries in their order.
        menu = [
            (item["menuItemType"], item.get("name"))
            for item in system["customLinks"]
            if item.get("url") or (item["menuItemType"] != "override")
        ]
        assert menu == [
            ("override", "about"), ("section", "Support"), ("link", "Help Desk"), ("link", "Contact Us"),
            ("separator", None), ("section", "Services"), ("link", "Other services"), ("separator", None),
            ("link", "Terms & Conditions"),
        ]  # fmt: skip
        assert tyrell["portalName"] == "Tyrell on Kiwi Cloud"
        assert reader.get("/logo", "image/*").content == (PORTAL / "System.svg").read_bytes()
        assert reader.get("/icon", "image/*").content == (PORTAL / "System-icon.png").read_bytes()
        assert reader.get("/tenant/Tyrell/logo", "image/*").content == (PORTAL / "Tyrell.svg").read_bytes()
        css = reader.get("/themes/Kiwi/css", "text/css").text
        assert "--clr-header-bg-color: #323843;" in css
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["vdev-a03-vcam.html", "vdev-c00-vcam.html"]
    rows = told(tmp_path / "pages" / "vdev-a03-vcam.html")["rows"]
    # The page of the last run: nothing would change any more.
    assert {row["org"]: row["fate"] for row in rows} == {None: "stays", "Tyrell": "stays"}


def test_the_page_is_written_before_anything_is_changed_and_in_check_mode(estate: Estate, tmp_path: Path) -> None:
    page = tmp_path / "preview.html"
    done = estate.run("branding", "--check", "--limit", "vdev-a03-vcam", vcd_portal_preview=str(page))
    assert f"{page} shows 1 tenants: 1 change, 0 stay" in done.output
    assert estate.control.count(write=True) == 0
    rows = {row["org"]: row for row in told(page)["rows"]}
    assert rows[None]["changed"] == ["portal_name", "portal_color", "theme", "custom_links", "logo", "icon"]
    assert rows["Tyrell"]["changed"] == ["portal_name", "portal_color", "theme", "custom_links", "logo", "icon"]


def test_drift_shows_branding_per_tenant(estate: Estate) -> None:
    estate.build()
    estate.run(only([{"org": "Tyrell", "portal_name": "Changed by hand"}]), "--limit", "vdev-a03-vcam")
    before = estate.control.count(write=True)
    _unused, report = estate.drift()
    assert estate.control.count(write=True) == before
    differ = [one for one in report["objects"] if one["state"] == "changed"]
    assert [(one["kind"], one["name"], one["tenant"], one["host"]) for one in differ] == [
        ("vcd_branding", "Tyrell", "Tyrell", "vdev-a03-vcam")
    ]


def test_absent_returns_tenants_and_removes_themes(estates: Estate) -> None:
    estates.run("branding")
    estates.prove(role("vcd_portal", "absent"))
    for site in (A03, C00):
        reader = Reader(estates, site)
        system = reader.branding()
        assert (system["portalName"], system["selectedTheme"]["name"]) == ("Kiwi Cloud", "Default")
        assert reader.branding("Tyrell")["portalName"] == "Kiwi Cloud"
        assert [theme["name"] for theme in reader.get("/themes").json()] == ["Default", "Dark"]


def test_a_table_of_tenants_with_a_folder_of_images(estate: Estate, tmp_path: Path) -> None:
    estate.control.scale(organizations=6)
    names = sorted(
        name for name in estate.simulator.simulator.world.sites[A03].organizations if name.lower() != "system"
    )
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / f"{names[0]}.png").write_bytes(PNG)
    (folder / f"{names[1]}-icon.png").write_bytes(PNG + b"icon")
    table = [{"orgs": names[:3], "theme": "Dark"}, {"org": names[3], "state": "inherited"}]
    menu = [{"type": "section", "name": "Support"}]
    estate.run(only([{"org": names[3], "portal_name": "Gone soon"}]), "--limit", "vdev-a03-vcam")

    def run(*arguments: str) -> Play:
        book = only(table, str(folder))
        book[0]["vars"]["vcd_portal_common"] = {"theme": "Default", "custom_links": menu}
        return estate.run(book, "--limit", "vdev-a03-vcam", *arguments)

    assert run("--check").changed()["vdev-a03-vcam"] == run().changed()["vdev-a03-vcam"] == 1
    assert run().changed()["vdev-a03-vcam"] == 0
    reader = Reader(estate, A03)
    assert {reader.branding(name)["selectedTheme"]["name"] for name in names[:3]} == {"Dark"}
    sections = [
        [item["name"] for item in reader.branding(name)["customLinks"] if item["menuItemType"] == "section"]
        for name in names[:4]
    ]
    assert sections == [["Support"]] * 3 + [[]]
    assert reader.get(f"/tenant/{names[0]}/logo", "image/*").content == PNG
    assert reader.get(f"/tenant/{names[1]}/icon", "image/*").content == PNG + b"icon"
    assert reader.branding(names[3]) == reader.branding()


def test_a_play_that_creates_an_organization_and_brands_it_can_be_predicted(estate: Estate, tmp_path: Path) -> None:
    page = tmp_path / "preview.html"
    book = only([{"org": "Newcomer", "portal_name": "The new one"}])
    login = {name: f"{{{{ {name} }}}}" for name in ("vcd_url", "vcd_user", "vcd_password", "ca_path")}
    create = {"name": "Create it", "vcpp.vcloud.vcd_org": {"name": "Newcomer", "full_name": "Newcomer Ltd", **login}}
    book[0]["tasks"].insert(0, create)
    book[0]["vars"]["vcd_portal_preview"] = str(page)

    def run(*arguments: str, fails: bool = False) -> Play:
        return estate.run(book, "--limit", "vdev-a03-vcam", *arguments, fails=fails)

    predicted = run("--check")
    assert predicted.changed() == {"vdev-a03-vcam": 2} and estate.control.count(write=True) == 0
    assert "organization 'Newcomer' does not exist" in " ".join(predicted.output.split())
    (row,) = told(page)["rows"]
    assert (row["org"], row["changed"], len(row["notes"])) == ("Newcomer", ["portal_name"], 1)
    assert run().changed() == {"vdev-a03-vcam": 2}
    assert Reader(estate, A03).branding("Newcomer")["portalName"] == "The new one"
    assert run().changed() == {"vdev-a03-vcam": 0}
    # Nobody creates it: refused, after the page was written.
    book[0]["tasks"].pop(0)
    book[0]["vars"]["vcd_portal_tenants"][0]["org"] = "Newcomr"
    page.unlink()
    estate.control.clear_journal()
    refused = " ".join(run(fails=True).output.split())
    assert "did you mean 'Newcomer'?" in refused and "Nothing was changed." in refused
    assert page.exists() and estate.control.count(write=True) == 0


def test_themes_that_should_be_absent_go_last(estate: Estate) -> None:
    estate.run("branding", "--limit", "vdev-a03-vcam")
    variables: dict[str, Any] = {
        "vcd_portal_themes": [{"name": "New", "css": ".header { color: #fff }"}, {"name": "Kiwi", "state": "absent"}],
        "vcd_portal_system": {"theme": "New"},
        "vcd_portal_tenants": [{"org": "Tyrell", "theme": "New"}],
        "vcd_portal_images": "",
    }
    estate.run(role("vcd_portal", **variables), "--limit", "vdev-a03-vcam")
    themes = [theme["name"] for theme in Reader(estate, A03).get("/themes").json()]
    assert themes == ["Default", "Dark", "New"]


def test_a_yes_is_waited_for_and_without_one_nothing_is_changed(estate: Estate) -> None:
    done = estate.run("branding", fails=True, vcd_portal_confirm=True)
    assert "The answer was no yes, so nothing was changed" in done.output
    assert estate.control.count(write=True) == 0
    assert estate.run("branding", "--check", vcd_portal_confirm=True).changed()


BAD_DAYS: dict[str, tuple[dict[str, Any], str]] = {
    "an image that is named after nobody": (
        {"vcd_portal_images": "{images}"}, "Tyrel.png belongs to no organization that is named; did you mean 'Tyrell'"
    ),
    "no image where one is required": (
        {"vcd_portal_images_required": ["icon"]}, "Tyrell has no icon: put Tyrell-icon.png into the folder"
    ),
    "a folder that is not there": ({"vcd_portal_images": "/nowhere"}, "which is no directory of the control node"),
    "an image file that is not there": (
        {"vcd_portal_tenants": [{"org": "Tyrell", "logo": "/nowhere/logo.png"}]},
        "logo is '/nowhere/logo.png', which cannot be read",
    ),
    "a wrong colour of the banner": (
        {"vcd_portal_tenants": [{"org": "Tyrell", "portal_color": "kiwi"}]}, "portal_color is 'kiwi'"
    ),
    "a wrong colour of a palette": (
        {"vcd_portal_themes": [{"name": "Kiwi", "palette": {"header": "greenish"}}]},
        "the palette's header is 'greenish'",
    ),
    "a colour that is hard to read, where that is refused": (
        {"vcd_portal_contrast": "fail", "vcd_portal_themes": [
            {"name": "Kiwi", "palette": {"header": "#323843", "header_text": "#667085"}}]},
        "header_text #667085 on header #323843 has a contrast of 2.36:1",
    ),
    "an organization that does not exist": (
        {"vcd_portal_tenants": [{"org": "Tyrel"}], "vcd_portal_images": ""}, "did you mean 'Tyrell'"
    ),
    "an organization twice": (
        {"vcd_portal_tenants": [{"org": "Tyrell"}, {"orgs": ["Tyrell"]}]},
        "names one of these more than once: Tyrell, Tyrell",
    ),
    "a theme that nobody makes": ({"vcd_portal_themes": [{"name": "Other", "css": ".a{}"}]}, "There is no theme Kiwi"),
    "two style sheets": (
        {"vcd_portal_themes": [{"name": "Kiwi", "css": "a", "css_file": "b"}]}, "give each theme once"
    ),
    "pruning without a table": (
        {"vcd_portal_prune": True, "vcd_portal_tenants": [], "vcd_portal_images": ""},
        "vcd_portal_prune needs vcd_portal_tenants",
    ),
    "something common without a table": (
        {"vcd_portal_common": {"theme": "Kiwi"}, "vcd_portal_tenants": [], "vcd_portal_images": ""},
        "vcd_portal_common needs vcd_portal_tenants",
    ),
    "a wrong colour for all tenants": ({"vcd_portal_common": {"portal_color": "kiwi"}}, "portal_color is 'kiwi'"),
    "a wrong password": ({"vcd_portal_password": "N0t-The-Password"}, "401"),
}  # fmt: skip


@pytest.mark.parametrize("day", BAD_DAYS)
def test_a_bad_day_is_told_before_anything_is_changed(estate: Estate, tmp_path: Path, day: str) -> None:
    given, message = BAD_DAYS[day]
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "Tyrel.png").write_bytes(PNG)
    variables = {name: str(folder) if value == "{images}" else value for name, value in given.items()}
    done = estate.run("branding", "--limit", "vdev-a03-vcam", fails=True, **variables)
    assert message in " ".join(done.output.split()), done.output
    assert estate.control.count(write=True) == 0
    assert "N0t-The-Password" not in done.output
    assert "Traceback" not in done.output


def test_a_release_without_tenant_branding_is_told_before_anything_is_changed(
    without_tenants: Running, tmp_path: Path
) -> None:
    old = fresh(without_tenants, tmp_path)
    done = old.run("branding", "--limit", "vdev-a03-vcam", fails=True)
    assert "needs API version 32.0 (vCloud Director 9.7)" in done.output
    assert old.control.count(write=True) == 0
    # What it has works: name, colour, theme and logo of the system.
    variables: dict[str, Any] = {
        "vcd_portal_system": {"portal_name": "Kiwi Cloud", "theme": "Dark", "logo": str(PORTAL / "System.svg")},
        "vcd_portal_tenants": [], "vcd_portal_themes": [], "vcd_portal_images": "",
        "vcd_portal_preview": str(tmp_path / "page.html"),
    }  # fmt: skip
    old.prove(role("vcd_portal", **variables))


@pytest.mark.slow
def test_it_works_on_the_oldest_ansible_core(newest: Running, tmp_path: Path) -> None:
    newest.control.reset()
    oldest = Estate(newest, tmp_path, core="oldest")
    oldest.prove("branding", vcd_portal_preview=str(tmp_path / "{{ inventory_hostname }}.html"))
    oldest.prove(role("vcd_portal", "absent"))


def test_the_play_of_the_guide_does_what_its_readers_are_told(newest: Running, tmp_path: Path) -> None:
    newest.control.reset()
    newest.control.clear_journal()
    text = guide_block("brand_a_portal", "vcd_portal_preview: /tmp/preview/kiwi-cloud.html")
    book = tmp_path / "portal.yml"
    text = text.replace("https://vcd.example.com", newest.vcd(A03)).replace("/tmp/preview", str(tmp_path))
    book.write_text(text, encoding="utf-8")
    password = {"vault_vcd_password": newest.vcd_password(A03)}

    def run(*arguments: str) -> Play:
        return play("newest", tmp_path, book, password, *arguments, VCD_CA_PATH=newest.ca_path).assert_ok()

    predicted = run("--check")
    assert (tmp_path / "kiwi-cloud.html").is_file() and newest.control.count(write=True) == 0
    assert predicted.changed() == run().changed() == {"localhost": 2}
    assert run().changed() == {"localhost": 0}
    assert "[WARNING]: vcpp.vcloud.vcd_theme_css" not in predicted.output
