# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The explorer page in headless Chromium, from file://: searching, links, size, hostile names, phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from ansible_collections.vcpp.vcloud.plugins.module_utils._explorer.page import to_html
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.explorer import described
from tests.e2e.browser import Page, chromium

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
ABOUT = {"title": "Kiwi Cloud", "endpoint": "https://vro.example.com", "release": "8.18.1",
         "generated": "2026-11-28T10:00:00Z"}  # fmt: skip


def method(name: str, returns: str = "void", **parameters: str) -> dict[str, Any]:
    given = [{"name": key, "type": kind} for key, kind in parameters.items()]
    return {"name": name, "description": f"{name} it.", "returnType": {"type": returns}, "parameters": given}


CLOUD = described(
    {"name": "vCloud", "version": "9.7.0", "build": 1, "description": "vCloud Director"},
    {
        "types": [{"name": "vCloud:VM", "scriptObject": "VclVM"}],
        "objects": [
            {"name": "VclVM", "description": HOSTILE, "attributes": [{"name": "parent", "type": "VclVApp"}],
             "methods": [method("powerOn", "VclTask"), method("toXml", "string")]},
            {"name": "VclVApp", "methods": [method("getChildren", "Array/VclVM", deep="boolean"), method(HOSTILE)]},
            {"name": "VclTask"},
        ],
        "enums": [{"name": "VclStatus", "values": ["POWERED_ON", "POWERED_OFF"]}],
    },
)  # fmt: skip


def large() -> Any:
    """About what a whole server tells: two thousand objects with fifty thousand members."""
    objects = [
        {"name": f"VcObject{at}", "methods": [method(f"method{at}x{n}", "string", a="number") for n in range(25)]}
        for at in range(2000)
    ]
    return described({"name": "VC", "version": "8.0"}, {"objects": objects})


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium() as driver:
        yield Page(driver)


def shown(browser: Page, tmp_path: Path, *plugins: Any, anchor: str = "") -> Page:
    path = tmp_path / "explorer.html"
    path.write_text(to_html(plugins, **ABOUT), encoding="utf-8")
    browser.open(path)
    if anchor:
        browser.driver.get(f"{path.as_uri()}#{anchor}")
        browser.driver.refresh()
    return browser


def search(page: Page, words: str) -> None:
    field = page.find("#search")
    field.clear()
    field.send_keys(words)


def headings(page: Page) -> list[str]:
    return page.script("return [...document.querySelectorAll('#list h3')].map((one) => one.textContent)")


def test_names_are_found_in_parts_and_members_lead_to_their_object(browser: Page, tmp_path: Path) -> None:
    page = shown(browser, tmp_path, CLOUD)
    page.wait("5 of 5")
    assert headings(page) == ["vCloud:VM", "VclStatus", "VclTask", "VclVApp", "VclVM"]
    page.keys("/")
    page.driver.switch_to.active_element.send_keys("power on")
    page.wait("1 of 5")
    assert headings(page) == ["VclVM"] and "powerOn(): VclTask" in page.find(".inside").text
    assert page.script("return document.querySelector('.hit b').textContent") == "powerOn"
    page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.wait("5 of 5")
    search(page, "nothing of it")
    page.wait("0 of 5")
    page.find("#clear").click()
    page.wait("5 of 5")
    page.find("#kind option[value=enum]").click()
    page.wait("1 of 5")
    assert "POWERED_ON" in page.find(".inside").text


def test_types_lead_to_what_they_can_do_and_everything_has_an_address(browser: Page, tmp_path: Path) -> None:
    page = shown(browser, tmp_path, CLOUD, anchor="VclVApp")
    WebDriverWait(page.driver, 60).until(lambda _driver: headings(page) == ["VclVApp"])
    assert "getChildren(deep: boolean): Array/VclVM" in page.find(".inside").text
    page.find(".inside a[href='#VclVM']").click()
    WebDriverWait(page.driver, 60).until(lambda _driver: headings(page) == ["VclVM"])
    assert "Objects of the inventory: vCloud:VM" in page.find(".inside").text
    page.find(".inside a[href='#vCloud%3AVM']").click()
    WebDriverWait(page.driver, 60).until(lambda _driver: headings(page) == ["vCloud:VM"])
    assert page.find(".paste code").text == 'Server.findForType("vCloud:VM", id)'


def test_names_of_plugins_run_nothing_and_nobody_is_asked(browser: Page, tmp_path: Path) -> None:
    page = shown(browser, tmp_path, CLOUD)
    for name in ("VclVM", "VclVApp"):
        search(page, name)
        WebDriverWait(page.driver, 60).until(lambda _driver, name=name: headings(page)[:1] == [name])
    assert "owned" not in page.driver.title and HOSTILE in page.find("#list").text
    assert [each for each in page.requests() if not each.startswith(("file:", "data:"))] == []
    assert [entry for entry in page.driver.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_a_whole_server_is_searched(browser: Page, tmp_path: Path) -> None:
    page = shown(browser, tmp_path, large())
    page.wait("2,000 of 2,000, the first 40 are shown")
    assert page.elements() < 1000
    search(page, "method1999x24")
    page.wait("1 of 2,000")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(browser: Page, tmp_path: Path, width: int) -> None:
    browser.driver.set_window_size(width, 900)
    try:
        page = shown(browser, tmp_path, CLOUD)
        for name in ("VclVM", "VclVApp"):
            search(page, name)
            WebDriverWait(page.driver, 60).until(lambda _driver, name=name: headings(page)[:1] == [name])
            assert page.script("return document.documentElement.scrollWidth <= innerWidth")
    finally:
        browser.driver.set_window_size(1280, 900)
