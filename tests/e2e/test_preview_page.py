# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview page in headless Chromium, from file://: what it shows, hostile brandings, 500 tenants, keys, paper."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from ansible_collections.vcpp.vcloud.plugins.module_utils._preview.model import (
    CHANGES,
    FIELDS,
    RETURNS,
    STAYS,
    Link,
    Row,
    Theme,
    View,
)
from ansible_collections.vcpp.vcloud.plugins.module_utils._preview.page import to_html
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.images import Image
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.palette import complete
from tests.e2e.browser import Page, chromium
from tests.e2e.plays import ROOT

PORTAL = ROOT / "inventories" / "reference" / "portal"
LOGO = Image((PORTAL / "System.svg").read_bytes(), "image/svg+xml")
OTHER = Image((PORTAL / "Tyrell.svg").read_bytes(), "image/svg+xml")
ICON = Image((PORTAL / "System-icon.png").read_bytes(), "image/png")
KIWI = Theme(
    "Kiwi", False, tuple(complete({"header": "#323843", "background": "#FAFAFA", "primary": "#3F6212"}).items())
)
PALE = Theme("Pale", False, tuple(complete({"header": "#323843", "header_text": "#667085"}).items()))
# The menu of the origin's post.
MENU = (
    Link("override", "about", "https://my.company.com/about/"),
    Link("section", "Support"),
    Link("link", "Help Desk", "https://my.company.com/helpdesk/"),
    Link("link", "Contact Us", "mailto:contact@my.company.com?subject=Web Support"),
    Link("separator"),
    Link("section", "Services"),
    Link("link", "Other services", "https://my.company.com/services/"),
    Link("separator"),
    Link("link", "Terms & Conditions", "https://my.company.com/tsandcs/"),
)
STOCK = View("vCloud Director", logo=OTHER, icon=ICON)
SYSTEM = View("Kiwi Cloud", "#323843", KIWI, MENU, LOGO, ICON)
TYRELL = View("Tyrell", "#7E1414", Theme("Dark", True), MENU[:3], OTHER, ICON)
HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" onload="parent.document.title='owned'">
<script>parent.document.title='owned';fetch('https://evil.example/')</script>
<image href="https://evil.example/track.png" width="9" height="9"/>
<foreignObject width="9" height="9">
<iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/></foreignObject>
<rect width="40" height="20" fill="#8DB600"/></svg>"""


def write(directory: Path, *rows: Row, **more: Any) -> Path:
    about = {"title": "Kiwi Cloud", "endpoint": "https://vcd.example.com", "generated": "2026-11-20T09:00:00Z"}
    path = directory / "preview.html"
    path.write_text(to_html(rows, **{**about, **more}), encoding="utf-8")
    return path


def rows() -> list[Row]:
    five = tuple(FIELDS)[:5]
    return [
        Row(None, STOCK, SYSTEM, five, (), CHANGES),
        Row("Tyrell", TYRELL, View("Tyrell Corporation", "", PALE, MENU[:4], LOGO, ICON), five, ("icon",), CHANGES),
        Row("Wallace", TYRELL, SYSTEM, five, tuple(FIELDS), RETURNS),
        Row("Nexus", SYSTEM, SYSTEM, (), tuple(FIELDS), STAYS),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium() as driver:
        yield Page(driver)


def texts(browser: Page, selector: str) -> list[str]:
    return [each.text for each in browser.driver.find_elements(By.CSS_SELECTOR, selector)]


def soon(browser: Page, selector: str) -> None:
    """Until there is one: a browser tells the page of folding and of broken images when it has time."""
    WebDriverWait(browser.driver, 20).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, selector))


def card(org: str) -> str:
    return f"[data-org='{org}']"


def choose(browser: Page, selector: str, value: str) -> None:
    browser.find(f"{selector} option[value='{value}']").click()


def test_the_page_loads_from_disk_silently_and_alone_and_says_the_totals(browser: Page, tmp_path: Path) -> None:
    path = write(tmp_path, *rows())
    browser.open(path)
    browser.wait("4 portals, 3 would change")
    assert browser.find("h1").text == "2 of 3 tenants would change"
    tiles = [tile.text.split("\n")[:2] for tile in browser.driver.find_elements(By.CSS_SELECTOR, ".tile")]
    assert tiles == [["System", "changes"], ["Change", "1"], ["Stay", "1"], ["Return", "1"], ["Hard to read", "1"]]
    assert [url for url in browser.requests() if not url.startswith("data:")] == [path.as_uri()]
    assert browser.driver.get_log("browser") == []


def test_a_portal_is_shown_as_it_is_and_as_it_would_be(browser: Page, tmp_path: Path) -> None:
    browser.open(write(tmp_path, *rows()))
    browser.wait("4 portals, 3 would change")
    assert texts(browser, f"{card('')} .brand") == ["vCloud Director", "Kiwi Cloud"]
    banners = (
        f'return [...document.querySelectorAll("{card("")} .banner")]'
        ".map((each) => getComputedStyle(each).backgroundColor)"
    )
    assert browser.script(banners) == ["rgb(49, 49, 49)", "rgb(50, 56, 67)"]
    assert texts(browser, f"{card('Tyrell')} .side.will .menu .new") == [
        "would be new:\nContact Us\nmailto:contact@my.company.com?subject=Web Support"
    ]
    menu = texts(browser, f"{card('')} .side.will .menu[aria-label='User menu'] li:not(.separator)")
    assert [each.removeprefix("would be new:\n").split("\n")[0] for each in menu] == [
        "User menu", "Support", "Help Desk", "Contact Us", "Services", "Other services", "Terms & Conditions",
    ]  # fmt: skip
    assert len(texts(browser, f"{card('')} .side.will .menu .separator")) == 2
    about = texts(browser, f"{card('')} .side.will .menu[aria-label='Help menu'] .new")
    assert about == ["would be new:\nAbout\nhttps://my.company.com/about/"]
    shown = f'return [...document.querySelectorAll("{card("")} img.logo")].map((each) => each.naturalWidth)'
    assert browser.script(shown) == [120, 120]


def test_facts_tell_what_differs_and_what_follows_the_system(browser: Page, tmp_path: Path) -> None:
    browser.open(write(tmp_path, *rows()))
    browser.wait("4 portals, 3 would change")
    differ = texts(browser, f"{card('Tyrell')} .facts .differs th")
    assert [each.removeprefix("\u2260\u00a0") for each in differ] == [
        "Portal name",
        "Banner colour",
        "Theme",
        "Menu",
        "Logo",
    ]
    facts = texts(browser, f"{card('Tyrell')} .facts .differs:first-child td")
    assert facts == ["Tyrell", "Tyrell Corporation"]
    assert len(texts(browser, f"{card('Wallace')} .facts .from")) == 6
    assert len(texts(browser, f"{card('Tyrell')} .facts .from")) == 1
    (weak,) = texts(browser, f"{card('Tyrell')} .weak li")
    assert "header text #667085 on header #323843: contrast 2.36:1, needed 4.5:1" in weak
    assert weak.endswith("#9AA1AF would be enough.")
    assert texts(browser, f"{card('Wallace')} .side > h4") == ["As it is", "As the system\u2019s"]


def test_what_stays_is_folded_and_opens(browser: Page, tmp_path: Path) -> None:
    browser.open(write(tmp_path, *rows()))
    browser.wait("4 portals, 3 would change")
    assert texts(browser, f"{card('Nexus')} .mock") == []
    browser.find(f"{card('Nexus')} summary").click()
    soon(browser, f"{card('Nexus')} .mock")
    assert texts(browser, f"{card('Nexus')} .side > h4") == ["As it is, and stays"]
    assert texts(browser, f"{card('Nexus')} .brand") == ["Kiwi Cloud"]


def test_search_and_filters_narrow_the_portals(browser: Page, tmp_path: Path) -> None:
    browser.open(write(tmp_path, *rows()))
    browser.find("#q").send_keys("CORPORATION")
    browser.wait("1 of 4 portals, 1 would change")
    browser.find("#q").send_keys(Keys.ESCAPE)
    browser.wait("4 portals, 3 would change")
    browser.find("#only").click()
    browser.wait("3 of 4 portals, 3 would change")
    choose(browser, "#field", "weak")
    browser.wait("1 of 4 portals, 1 would change")
    choose(browser, "#field", "returns")
    browser.wait("1 of 4 portals, 1 would change")
    choose(browser, "#field", "custom_links")
    browser.wait("3 of 4 portals, 3 would change")
    choose(browser, "#look", "Pale")
    browser.wait("1 of 4 portals, 1 would change")
    browser.find("#q").send_keys("nobody")
    browser.wait("0 of 4 portals, 0 would change")


def test_hostile_brandings_are_harmless(browser: Page, tmp_path: Path) -> None:
    view = View(
        HOSTILE, "#123456;background:url(https://evil.example)", Theme(HOSTILE, False, note=HOSTILE),
        (Link("link", HOSTILE, "javascript:document.title='owned'"), Link(HOSTILE, HOSTILE, HOSTILE)),
        Image(SVG, "image/svg+xml"), Image(b"<html><script>alert(1)</script>", "text/html"),
    )  # fmt: skip
    hostile = Row(HOSTILE, TYRELL, view, ("portal_name",), (), CHANGES, (HOSTILE,))
    path = write(tmp_path, hostile, title=HOSTILE, warnings=[HOSTILE])
    browser.open(path)
    browser.wait("1 portal, 1 would change")
    time.sleep(0.5)
    assert browser.script("return document.title").startswith("1 of 1 tenant would change - </script>")
    assert browser.find("h3").text == HOSTILE
    assert browser.script("return document.querySelectorAll('a[href]:not(.skip),iframe,object,embed').length") == 0
    assert browser.script("return document.querySelectorAll('script').length") == 2
    # The picture itself is shown.
    shown = "return document.querySelector('.side.will img.logo').naturalWidth"
    assert browser.script(shown) == 40
    assert [url for url in browser.requests() if not url.startswith("data:")] == [path.as_uri()]
    assert "javascript:" in browser.find(".side.will .menu").text


def test_a_broken_image_is_said_to_be_one(browser: Page, tmp_path: Path) -> None:
    view = View("T", logo=Image(b"\x89PNG\r\n\x1a\nnothing", "image/png"))
    browser.open(write(tmp_path, Row("T", TYRELL, view, ("logo",), (), CHANGES)))
    browser.wait("1 portal, 1 would change")
    soon(browser, ".side.will .banner .none")
    assert texts(browser, ".side.will .banner .none") == ["logo?"]


def test_five_hundred_tenants_cost_what_twenty_cost(browser: Page, tmp_path: Path) -> None:
    def many(number: int) -> list[Row]:
        changed = ("portal_name", "theme")
        return [
            Row(f"tenant-{at:03d}", TYRELL, View(f"Portal {at}", "", KIWI, MENU, LOGO, ICON), changed, (), CHANGES)
            for at in range(number)
        ]

    browser.open(write(tmp_path, *many(21)))
    browser.wait("21 portals, 21 would change")
    few = browser.elements()
    path = write(tmp_path, *many(500))
    assert path.stat().st_size < 300_000
    browser.open(path)
    browser.wait("500 portals, 500 would change")
    assert browser.elements() < few + 50
    assert browser.find("#next").text == "Show 20 more of 480"
    browser.find("#next").click()
    assert len(texts(browser, "#list > details")) == 40
    assert browser.script("return document.activeElement.closest('details').dataset.org") == "tenant-020"
    browser.find("#q").send_keys("tenant-499")
    browser.wait("1 of 500 portals, 1 would change")


def test_the_keyboard_is_enough(browser: Page, tmp_path: Path) -> None:
    browser.open(write(tmp_path, *rows()))
    browser.wait("4 portals, 3 would change")
    browser.keys(Keys.TAB)
    assert browser.script("return document.activeElement.className") == "skip"
    browser.keys("/")
    assert browser.script("return document.activeElement.id") == "q"
    browser.keys("Nexus")
    browser.wait("1 of 4 portals, 0 would change")
    for _turn in range(4):
        browser.keys(Keys.TAB)
    assert browser.script("return document.activeElement.tagName") == "SUMMARY"
    browser.keys(Keys.ENTER)
    soon(browser, ".mock")
    assert texts(browser, ".brand") == ["Kiwi Cloud"]


def test_the_page_has_names_for_those_who_do_not_see_it(browser: Page, tmp_path: Path) -> None:
    browser.open(write(tmp_path, *rows()))
    browser.wait("4 portals, 3 would change")
    nameless = """return [...document.querySelectorAll('input,select,button')].filter((each) => !each.labels?.length &&
      !each.textContent.trim()).length"""
    assert browser.script(nameless) == 0
    assert (
        browser.script("return [...document.querySelectorAll('img')].filter((each) => each.alt === null).length") == 0
    )
    groups = "return [...document.querySelectorAll('.mock')].map((each) => each.getAttribute('aria-label'))"
    assert browser.script(groups)[:2] == ["System, As it is", "System, As it would be"]
    assert "would be new: " in browser.script(f'return document.querySelector("{card("")} .menu .new").textContent')


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_page_fits_a_phone_and_a_desk(browser: Page, tmp_path: Path, width: int, mode: str) -> None:
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    scheme = {"features": [{"name": "prefers-color-scheme", "value": mode}]}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
    try:
        browser.open(write(tmp_path, *rows()))
        browser.wait("4 portals, 3 would change")
        assert browser.script("return document.documentElement.scrollWidth") <= width
        ground = browser.script("return getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(18, 22, 29)") == (mode == "dark")
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_on_paper_every_change_is_there(browser: Page, tmp_path: Path) -> None:
    changes = [Row(f"tenant-{at:03d}", TYRELL, SYSTEM, ("portal_name",), (), CHANGES) for at in range(45)]
    browser.open(write(tmp_path, *changes, Row("zz", SYSTEM, SYSTEM, (), (), STAYS)))
    browser.wait("46 portals, 45 would change")
    paper = browser.driver.execute_cdp_cmd("Page.printToPDF", {})
    assert base64.b64decode(paper["data"]).startswith(b"%PDF")
    assert len(texts(browser, "#list .mock")) == 90


def test_without_script_the_list_is_still_there(browser: Page, tmp_path: Path) -> None:
    path = write(tmp_path, *rows())
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(path)
        assert "would return to the system's" in browser.find(".plain").text
        assert "portal name, banner colour, theme, menu, logo" in browser.find(".plain").text
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_paper_is_light_whatever_was_chosen_for_the_screen(browser: Page, tmp_path: Path) -> None:
    browser.open(write(tmp_path, *rows()))
    browser.wait("4 portals, 3 would change")
    while browser.find("#theme").text != "Theme: dark":
        browser.find("#theme").click()
    ink = "return getComputedStyle(document.body).color"
    try:
        assert browser.script(ink) == "rgb(230, 234, 241)"
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        assert browser.script(ink) == "rgb(27, 35, 48)"
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        browser.script("localStorage.clear()")
