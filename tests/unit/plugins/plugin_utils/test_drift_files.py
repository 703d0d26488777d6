# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three files: a page that nothing can break out of, JSON of the documented shape, JUnit that readers accept."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._page import DARK, LIGHT
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_export import to_json, to_junit
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_files import write_files
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_html import duration, to_html
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_model import Item, Report, Run, build_report

EVIL = "</script><script>alert(1)</script><!--\u2028&\"'"


def item(name: str = "gold", state: str = "changed", **more: Any) -> Item:
    values = {"kind": "vcav_policy", "host": "h", "task": "t", "module": "m", "site": "A03-Auckland", **more}
    return Item(name=name, state=state, **values)


def report(*items: Item, title: str | None = None, check: bool = True) -> Report:
    run = Run(playbook="site.yml", started="2026-11-20T02:15:04+13:00", seconds=83.0, check=check, title=title)
    return build_report(run, items)


def everything_evil() -> Report:
    evil = item(
        EVIL,
        site=EVIL,
        tenant=EVIL,
        kind=EVIL,
        task=EVIL,
        message=EVIL,
        notes=[EVIL],
        endpoint=EVIL,
        fields=[{"name": EVIL, "before": EVIL, "after": [EVIL, {EVIL: EVIL}]}],
        texts=[{"name": EVIL, "lines": [["+", EVIL]], "left_out": 0}],
    )
    return report(evil, title=EVIL)


def test_nothing_in_the_data_can_end_the_script() -> None:
    page = to_html(everything_evil())
    assert page.lower().count("<script") == 2
    assert page.lower().count("</script") == 2
    assert "<!--" not in page
    assert "alert(1)</" not in page


def test_the_embedded_data_is_the_data() -> None:
    page = to_html(everything_evil())
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    assert json.loads(found.group(1))["rows"][0][0] == EVIL


def test_the_page_asks_for_nothing_outside_itself() -> None:
    page = to_html(report(item()))
    assert not re.findall(r"""(?:src|href|url|@import)\s*[=(]\s*["']?(?!#|data:)[a-z/]""", page)
    assert "default-src &#x27;none&#x27;" in page


def test_the_totals_can_be_read_without_javascript() -> None:
    page = to_html(report(item(), item("b", "in_sync"), title="Kiwi Cloud"))
    assert "<h1>1 of 2 objects differs</h1>" in page
    assert "Drift \u00b7 Kiwi Cloud" in page


def test_no_drift_is_good_news() -> None:
    page = to_html(report(item(state="in_sync")))
    assert 'class="top good"' in page
    assert "Everything is in sync" in page


def test_failures_are_never_good_news() -> None:
    page = to_html(report(item(state="in_sync"), item("b", "failed")))
    assert 'class="top bad"' in page
    assert "in sync</h1>" not in page


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.42, "0.4 s"), (12.3, "12 s"), (185, "3 min 5 s"), (7440, "2 h 4 min")]
)
def test_durations_are_written_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("ink", ["page", "card", "hover", "good-bg", "bad-bg"]),
        ("soft", ["page", "card", "hover", "was-bg", "will-bg", "bad-bg"]),
        ("link", ["page", "card", "hover"]),
        ("good", ["card", "good-bg"]),
        ("warn", ["card", "warn-bg", "hover"]),
        ("bad", ["card", "bad-bg", "hover"]),
        ("was", ["was-bg"]),
        ("will", ["will-bg"]),
    ],
)
def test_text_has_the_contrast_that_wcag_aa_asks_for(theme: dict[str, str], text: str, grounds: list[str]) -> None:
    for ground in grounds:
        light, dark = sorted((luminance(theme[text]), luminance(theme[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, ground


def test_the_json_has_the_documented_keys() -> None:
    data = json.loads(to_json(report(item(tenant="Tyrell"), item("b", "failed", message="no"))))
    assert data["format"] == 1
    assert (data["mode"], data["playbook"], data["duration_seconds"]) == ("check", "site.yml", 83.0)
    assert data["totals"]["differ"] == 1
    assert data["sites"][0]["name"] == "A03-Auckland"
    keys = "site tenant kind name endpoint state applied host task module fields texts message error notes"
    assert list(data["objects"][0]) == keys.split()


def test_junit_has_a_case_for_each_object_and_counts_that_agree() -> None:
    states = ["changed", "created", "failed", "unreachable", "unchecked", "ignored", "in_sync"]
    root = ElementTree.fromstring(to_junit(report(*[item(state, state, message="why") for state in states])))
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "7",
        "failures": "2",
        "errors": "2",
        "skipped": "1",
    }
    outcomes = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert outcomes == {
        "changed": ["failure"],
        "created": ["failure"],
        "failed": ["error"],
        "unreachable": ["error"],
        "unchecked": ["skipped"],
        "ignored": ["system-out"],
        "in_sync": [],
    }


def test_junit_carries_any_text() -> None:
    root = ElementTree.fromstring(to_junit(everything_evil()))
    failure = root.find(".//failure")
    assert failure is not None and failure.text is not None
    assert "</script>" in failure.text


def test_files_are_written_whole_and_leave_nothing_beside_them(tmp_path: Path) -> None:
    target = tmp_path / "new" / "dir"
    written, problems = write_files(str(target), {"html": "page", "json": "{}"})
    assert problems == []
    assert written["html"] == str(target / "drift.html")
    assert sorted(path.name for path in target.iterdir()) == ["drift.html", "drift.json"]
    assert stat.S_IMODE((target / "drift.html").stat().st_mode) & 0o111 == 0


def test_a_full_disk_leaves_the_earlier_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "drift.html").write_text("earlier")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    written, problems = write_files(str(tmp_path), {"html": "new", "json": "{}"})
    assert written == {}
    assert problems == [
        f"{tmp_path}/drift.html could not be written: No space left on device."
        " The file of that name is from an earlier run.",
        f"{tmp_path}/drift.json could not be written: No space left on device.",
    ]
    assert (tmp_path / "drift.html").read_text() == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["drift.html"]


def test_a_directory_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    written, problems = write_files(str(tmp_path / "file" / "dir"), {"html": "", "junit": ""})
    assert written == {}
    assert problems == [
        f"drift.html, drift.xml could not be written: no directory {tmp_path}/file/dir (Not a directory)."
    ]
