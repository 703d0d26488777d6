# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report page in headless Chromium, from file://: totals, sort, filter, chart, ten thousand VMs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from ansible_collections.vcpp.vcloud.plugins.module_utils._report.merge import merge
from ansible_collections.vcpp.vcloud.plugins.module_utils._report.page import to_html
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav.report import organization_rows, vm_row
from tests.e2e.browser import Page, chromium

GIB = 2**30
DAYS = ["2026-11-18", "2026-11-19", "2026-11-20"]


def vm(number: int, organizations: int) -> dict[str, Any]:
    """A VM: every 10th is late, every 50th red, every 20th paused, every 4th a migration."""
    org, site = f"tenant-{number % organizations:03d}", ("A03-Auckland", "C00-Christchurch")[number % 2]
    wire = {
        "id": f"C4-{number}",
        "vappReplicationId": f"C4VAPP-{number // 5}",
        "vmName": f"vm-{number}" if number else "</script><script>alert(1)</script>",
        "source": {"site": "elsewhere", "org": org, "vAppName": f"app-{number // 5}"},
        "destination": {"site": site, "org": org, "vdcName": f"{org} VDC"},
        "settings": {"rpo": 240, "quiesced": False},
        "isPaused": number % 20 == 0,
        "isMigration": number % 4 == 0,
        "storageProfileName": "gold",
        "destinationState": {
            "currentRpoViolation": 30 if number % 10 == 0 else 0,
            "latestInstance": {"timestamp": 1561000000000 + number, "transferBytes": number, "transferSeconds": 3},
            "recoveryInfo": {"recoveryState": "NOT_STARTED"},
            "spaceRequirement": number * GIB,
        },
        "dataConnectionState": "OK",
        "overallHealth": "RED" if number % 50 == 0 else "GREEN",
    }
    return vm_row(wire, "cloud to cloud", [{"transferBytes": GIB}])


def page(directory: Path, vms: int, organizations: int = 10) -> Path:
    names = [f"tenant-{number:03d}" for number in range(organizations)]
    site = {
        "site": "A03-Auckland",
        "generated": "2026-11-20T08:00:00Z",
        "vms": [vm(number, organizations) for number in range(vms)],
        "organizations": organization_rows(names, [], []),
        "traffic": {"days": DAYS, "bytes": {name: [GIB, 2 * GIB, at * GIB] for at, name in enumerate(names)}},
        "warnings": [],
    }
    path = directory / f"report-{vms}.html"
    path.write_text(to_html(merge([site]), title="Kiwi Cloud", generated="2026-11-20T09:00:00Z"))
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium() as driver:
        yield Page(driver)


def cells(browser: Page, table: str, column: int) -> list[str]:
    rows = f"return [...document.querySelectorAll('#{table} tbody tr')].map((row) => row.cells[{column}].textContent)"
    return browser.script(rows)


def bars(browser: Page) -> list[int]:
    found = browser.driver.find_elements(By.CSS_SELECTOR, "#chart rect")
    return [int(each.get_attribute("data-bytes")) for each in found]


def choose(browser: Page, selector: str, value: str) -> None:
    browser.find(f"{selector} option[value='{value}']").click()


def test_the_page_loads_from_disk_silently_and_alone_and_says_the_totals(browser: Page, tmp_path: Path) -> None:
    path = page(tmp_path, 100)
    browser.open(path)
    browser.wait("100 VMs, 4.8 TiB of space, 600.0 GiB a day")
    assert browser.find("h1").text == "2 of 100 VMs are not healthy"
    tiles = [tile.text.split("\n") for tile in browser.driver.find_elements(By.CSS_SELECTOR, ".tile")]
    assert [tile[:2] for tile in tiles] == [
        ["VMs", "100"], ["Objective missed", "10"], ["Not healthy", "2"], ["Space required", "4.8 TiB"],
        ["Data per day", "600.0 GiB"], ["Transferred", "75.0 GiB"],
    ]  # fmt: skip
    assert "</script><script>alert(1)</script>" in cells(browser, "vm-rows", 0)
    assert browser.requests() == [path.as_uri()]
    assert browser.driver.get_log("browser") == []


def test_search_and_filters_narrow_the_vms_and_their_totals(browser: Page, tmp_path: Path) -> None:
    browser.open(page(tmp_path, 100))
    browser.find("#q").send_keys("VM-7")
    browser.wait("11 of 100 VMs, 752.0 GiB of space, 66.0 GiB a day")
    browser.find("#q").clear()
    browser.find("#q").send_keys(" ")
    choose(browser, "#show", "late")
    browser.wait("10 of 100 VMs, 450.0 GiB of space, 60.0 GiB a day")
    assert set(cells(browser, "vm-rows", 6)) == {"30 min"}
    choose(browser, "#show", "red")
    browser.wait("2 of 100 VMs, 50.0 GiB of space, 12.0 GiB a day")
    choose(browser, "#site", "C00-Christchurch")
    browser.wait("0 of 100 VMs, 0 B of space, 0 B a day")
    choose(browser, "#show", "")
    browser.wait("50 of 100 VMs, 2.4 TiB of space, 300.0 GiB a day")


def test_a_click_on_an_organization_shows_its_vms_and_its_data_per_day(browser: Page, tmp_path: Path) -> None:
    browser.open(page(tmp_path, 100))
    assert bars(browser) == [10 * GIB, 20 * GIB, 45 * GIB]
    browser.find("[data-organization='tenant-003']").click()
    browser.wait("10 of 100 VMs, 480.0 GiB of space, 60.0 GiB a day")
    assert bars(browser) == [GIB, 2 * GIB, 3 * GIB]
    label = browser.find("#chart svg").get_attribute("aria-label")
    assert label == "tenant-003: 6.0 GiB in 3 days, 3.0 GiB on the busiest"


def test_vms_are_sorted_by_what_a_column_means_and_not_by_its_text(browser: Page, tmp_path: Path) -> None:
    browser.open(page(tmp_path, 100))
    browser.find("[data-key='space_required_bytes']").click()
    assert cells(browser, "vm-rows", 0)[1:4] == ["vm-1", "vm-2", "vm-3"]
    browser.find("[data-key='space_required_bytes']").click()
    assert cells(browser, "vm-rows", 0)[:3] == ["vm-99", "vm-98", "vm-97"]
    head = browser.find("th:has([data-key='space_required_bytes'])")
    assert head.get_attribute("aria-sort") == "descending"
    browser.find("[data-key='vm']").click()
    named = [name for name in cells(browser, "vm-rows", 0) if name.startswith("vm-")]
    assert named == [f"vm-{number}" for number in range(1, 100)]


def test_organizations_are_sorted_by_figures(browser: Page, tmp_path: Path) -> None:
    browser.open(page(tmp_path, 100))
    heads = browser.driver.find_elements(By.CSS_SELECTOR, "#organizations thead button")
    heads[[head.text for head in heads].index("Transferred")].click()
    assert cells(browser, "organizations", 0)[:2] == ["tenant-009", "tenant-008"]
    heads[0].click()
    assert cells(browser, "organizations", 0)[:2] == ["tenant-000", "tenant-001"]


def test_ten_thousand_vms_cost_what_a_hundred_cost(browser: Page, tmp_path: Path) -> None:
    browser.open(page(tmp_path, 100))
    browser.wait("100 VMs, 4.8 TiB of space, 600.0 GiB a day")
    few = browser.elements()
    browser.open(page(tmp_path, 10_000))
    browser.wait("10,000 VMs, 47.7 PiB of space, 58.6 TiB a day")
    assert browser.elements() < few + 50
    assert browser.find("#where").text == "1 to 100 of 10,000"
    browser.find("#next").click()
    assert browser.find("#where").text == "101 to 200 of 10,000"
    assert len(cells(browser, "vm-rows", 0)) == 100
    browser.find("#back").click()
    assert not browser.find("#back").is_enabled()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_a_phone_and_a_desk(browser: Page, tmp_path: Path, width: int) -> None:
    browser.open(page(tmp_path, 100))
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        assert browser.script("return document.documentElement.scrollWidth") <= width
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
