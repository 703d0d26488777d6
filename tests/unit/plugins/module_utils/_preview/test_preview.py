# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview page as text: totals, data, and that nothing in a branding gets out of its place."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._page import BASE, DARK, LIGHT
from ansible_collections.vcpp.vcloud.plugins.module_utils._preview import model
from ansible_collections.vcpp.vcloud.plugins.module_utils._preview.model import Link, Row, Theme, View
from ansible_collections.vcpp.vcloud.plugins.module_utils._preview.page import to_html
from ansible_collections.vcpp.vcloud.plugins.module_utils._preview.style import STYLE
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.images import Image
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.palette import contrast

OLD = View("Old", "#7E1414", links=(Link("section", "Support"),))
NEW = View("New", "#323843", Theme("Kiwi", False, (("header", "#323843"), ("header_text", "#FFFFFF"))))
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>'\"&"


def page(*rows: Row, **more: Any) -> str:
    about = {"title": "Kiwi Cloud", "endpoint": "https://vcd.example.com", "generated": "2026-11-20T09:00:00Z"}
    return to_html(rows, **{**about, **more})


def told(text: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text)
    assert found
    return json.loads(found.group(1))


def words(text: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", each) for each in re.findall(r"<h1>.*?</h1><p>.*?</p>", text)]


@pytest.mark.parametrize(
    ("fates", "system", "headline"),
    [
        (["changes", "stays", "returns"], None, "2 of 3 tenants would change"),
        (["stays", "stays"], None, "Nothing would change"),
        (["stays"], "changes", "The system's portal would change"),
        (["changes"], "stays", "1 of 1 tenant would change"),
        ([], "stays", "Nothing would change"),
    ],
)
def test_the_headline_counts_tenants(fates: list[str], system: str | None, headline: str) -> None:
    rows = [Row(f"t{at}", OLD, NEW, ("portal_name",), fate=fate) for at, fate in enumerate(fates)]
    rows += [Row(None, OLD, NEW, fate=system)] if system else []
    assert words(page(*rows))[0].startswith(headline.replace("'", "&#x27;"))


def test_equal_views_images_and_menus_are_in_it_once() -> None:
    logo = Image(b"\x89PNG" + bytes(500), "image/png")
    view = View("Kiwi Cloud", "", Theme("Kiwi"), (Link("link", "Help Desk", "https://desk.example"),), logo, logo)
    text = page(*(Row(f"tenant-{at}", OLD, view, ("portal_name",), fate="changes") for at in range(500)))
    data = told(text)
    assert len(data["rows"]) == 500
    assert (len(data["views"]), len(data["themes"]), len(data["menus"]), len(data["images"])) == (2, 2, 2, 1)
    assert len(text) < 250_000


def test_images_beyond_the_room_are_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "ROOM", 1000)
    images = [Image(bytes([at]) * 600, "image/png") for at in range(2)]
    found = model.data([Row("t", View(logo=images[0]), View(logo=images[1]), ("logo",), fate="changes")])["images"]
    assert [bool(each["src"]) for each in found] == [True, False]
    assert [each["bytes"] for each in found] == [600, 600]


@pytest.mark.parametrize("media", ["text/html", "application/javascript", "", "image/png,text/html", "x\"'><b>"])
def test_what_is_no_image_is_not_embedded(media: str) -> None:
    (found,) = model.data([Row("t", View(logo=Image(b"<script>", media)), View(), fate="stays")])["images"]
    assert found["src"] is None


def test_a_hostile_branding_stays_text() -> None:
    view = View(HOSTILE, HOSTILE, Theme(HOSTILE), (Link(HOSTILE, HOSTILE, "javascript:alert(3)"),))
    text = page(Row(HOSTILE, view, view, fate="stays", notes=(HOSTILE,)), title=HOSTILE, warnings=[HOSTILE])
    assert text.count("<script") == 2 and text.count("</script>") == 2
    assert "<img" not in text and "onerror=alert(2)>'" not in text
    assert told(text)["views"][0]["name"] == HOSTILE
    assert told(text)["views"][0]["banner"] is None


def test_the_policy_lets_nothing_in_from_outside() -> None:
    text = page(Row("t", OLD, NEW, fate="changes"))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    assert "default-src &#x27;none&#x27;" in policy.group(1) and "unsafe" not in policy.group(1)
    outside = re.findall(r"""(?:src|href)=["']([^"'#][^"']*)""", text)
    assert outside == ["data:,"]


def test_weak_pairs_count_the_banner_that_is_shown() -> None:
    theme = Theme("Pale", False, (("header", "#000000"), ("header_text", "#FFFFFF")))
    assert View("T", "", theme).weak() == []
    (pair,) = View("T", "#EEEEEE", theme).weak()
    assert (pair["front"], pair["back_colour"]) == ("header_text", "#EEEEEE")
    # A theme that says nothing of the words on the banner leaves them nearly white.
    (pair,) = View("T", "#EEEEEE").weak()
    assert (pair["front_colour"], pair["needed"]) == ("#FAFAFA", "4.5")
    # What is no colour paints nothing and is compared with nothing.
    assert View("T", "red", theme).weak() == []


def test_colours_of_marks_can_be_read_in_light_and_dark() -> None:
    assert STYLE.startswith(BASE)
    for table in (LIGHT, DARK):
        for front, back in (("was", "was-bg"), ("will", "will-bg"), ("bad", "bad-bg"), ("warn", "warn-bg")):
            assert contrast(table[front].upper(), table[back].upper()) >= 4.5
