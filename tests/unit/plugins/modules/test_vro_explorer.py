"""The module in this process against simulated orchestrators: the page of a server, and what it must not hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ansible_collections.vcpp.vcloud.plugins.module_utils._explorer.page import data, to_html, totals
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.explorer import described
from ansible_collections.vcpp.vcloud.plugins.modules.vro_explorer import Explorer
from tests.unit.plugins.modules import vros

old = vros.fixture("7.6")
new = vros.fixture("8.18", "9.1")
HOSTILE = "</script><script>alert(1)</script><!--"
ABOUT = {"title": "Kiwi Cloud", "endpoint": "https://vro.example.com", "release": "8.18.1",
         "generated": "2026-11-28T10:00:00Z"}  # fmt: skip


def inside(page: str) -> Any:
    """The data of a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_page_of_a_server_holds_what_its_plugins_tell_and_nothing_is_written(new: Any, tmp_path: Path) -> None:
    dest = tmp_path / "pages" / "explorer.html"
    predicted = new.run(Explorer, True, dest=str(dest))
    assert not dest.exists()
    made = new.run(Explorer, dest=str(dest))
    assert made == predicted and made["changed"] and new.writes == []
    told = made["vro_explorer"]
    assert told["totals"]["plugins"] == len(told["plugins"]) > 3 and told["totals"]["methods"] > 20
    page = dest.read_text(encoding="utf-8")
    names = {row[2] for row in inside(page)["rows"]}
    assert {"vCloud:VM", "System"} <= names
    assert new.options["vro_password"] not in page and "http-equiv" in page
    some = new.run(Explorer, dest=str(dest), plugins=["vCloud"])["vro_explorer"]
    assert some["plugins"] == ["vCloud"]
    assert "did you mean 'vCloud'?" in new.run(Explorer, dest=str(dest), plugins=["vcloud"])["msg"]


def test_requests_follow_one_another(new: Any, tmp_path: Path) -> None:
    count = new.run(Explorer, True, dest=str(tmp_path / "x.html"))["vro_explorer"]["totals"]["plugins"]
    assert len(new.requests) == count + 1


def test_before_8_there_is_no_api_for_it_and_it_says_so(old: Any, tmp_path: Path) -> None:
    assert "has no API that tells the types of plug-ins" in old.run(Explorer, dest=str(tmp_path / "x.html"))["msg"]


def test_whatever_a_plugin_says_of_itself_stays_text() -> None:
    row = {"name": HOSTILE, "version": HOSTILE, "build": 1, "description": HOSTILE}
    method = {"name": HOSTILE, "returnType": HOSTILE, "parameters": [{"name": HOSTILE, "type": HOSTILE}]}
    plugin = described(row, {"objects": [{"name": HOSTILE, "description": HOSTILE, "methods": [method]}]})
    page = to_html([plugin], **{**ABOUT, "title": HOSTILE})
    assert "<script>alert" not in page and page.count("<script") == 2
    assert inside(page)["rows"][0][2] == HOSTILE


def test_rows_are_sorted_by_name_whatever_they_are() -> None:
    plugin = described(
        {"name": "P"},
        {
            "objects": [{"name": "b"}],
            "types": [{"name": "a", "scriptObject": "b"}],
            "enums": [{"name": "B", "values": ["x"]}],
        },
    )
    assert [row[:3] for row in data([plugin])["rows"]] == [["type", 0, "a"], ["enum", 0, "B"], ["object", 0, "b"]]
    assert totals([plugin]) == {"plugins": 1, "objects": 1, "methods": 0, "attributes": 0, "types": 1}
