# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The topology page in headless Chromium, from file://: which picture, how wide, on paper, and without any script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.browser import Page, chromium
from tests.unit.plugins.module_utils._topology.test_topology import CLUSTER, claim, html, many_claims, topology

# Texts of the picture that is shown which leave it, or the part that they are drawn on.
OUTSIDE = """
const svg = [...document.querySelectorAll('.picture svg')].find((one) => getComputedStyle(one).display !== 'none');
const texts = [...svg.querySelectorAll('text')].map((one) => [one, one.parentElement.querySelector(':scope > rect')]);
return texts.filter(([one, rect]) => {
  const inner = one.getBoundingClientRect();
  const outer = (one.parentElement.tagName === 'g' ? rect : svg).getBoundingClientRect();
  return inner.left < outer.left - 1 || inner.right > outer.right + 1;
}).map(([one]) => one.textContent);
"""
SHOWN = """
const pictures = [...document.querySelectorAll('.picture svg')];
return pictures.filter((one) => one.checkVisibility()).map((one) => one.classList[0]);
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium() as driver:
        yield Page(driver)


def shown(browser: Page, tmp_path: Path, text: str, width: int) -> Page:
    path = tmp_path / "storage.html"
    path.write_text(text, encoding="utf-8")
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.open(path)
    return browser


@pytest.mark.parametrize(("width", "picture"), [(1280, "wide-picture"), (390, "tall-picture")])
def test_everything_stays_inside_and_one_picture_is_shown(
    browser: Page, tmp_path: Path, width: int, picture: str
) -> None:
    given = many_claims(200, 8)
    given["claims"].append(claim("a-claim-with-a-long-name-that-somebody-gave-it-once", "pvc-gone"))
    long = {**CLUSTER, "name": "WWWWWWWWWWWWWWWWWWWWWWWWW", "vdc": "M" * 80}
    page = shown(browser, tmp_path, html(topology(**given, cluster=long)), width)
    assert page.script(SHOWN) == [picture]
    assert page.script("return document.documentElement.scrollWidth <= innerWidth")
    assert page.script(OUTSIDE) == []
    assert page.script("return document.querySelectorAll('#claims tbody tr').length") == 201


def test_paper_has_the_wide_picture_and_nobody_is_asked_anything(browser: Page, tmp_path: Path) -> None:
    page = shown(browser, tmp_path, html(topology()), 390)
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert page.script(SHOWN) == ["wide-picture"]
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert [each for each in page.requests() if not each.startswith(("file:", "data:"))] == []
    assert [entry for entry in page.driver.get_log("browser") if entry["level"] == "SEVERE"] == []
