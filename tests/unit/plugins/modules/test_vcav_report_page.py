"""The module in this process: what it makes, refuses, and leaves alone. What is in the files is tested in _report/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_report_page import ReportPage
from tests.unit.plugins.module_utils.running import run_module

DATA = {"site": "A", "generated": "2026-11-20T08:00:00Z", "vms": [], "organizations": [], "traffic": None}


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(DATA))
    return str(path)


def page(check: bool = False, **options: Any) -> Any:
    return run_module(ReportPage(), options, check)


def test_the_files_of_the_chosen_formats_are_made(source: str, tmp_path: Path) -> None:
    out = tmp_path / "new" / "report"
    made = page(sources=[source], dest=str(out), formats=["csv"], missing=["B"])
    names = ["vms.csv", "organizations.csv", "traffic.csv"]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    assert made["changed"] is True
    assert made["vcav_report_page"] == {
        "files": [str(out / name) for name in names], "sites": ["A"], "vms": 0, "warnings": [],
    }  # fmt: skip
    page(sources=[source], dest=str(out))
    assert "Nothing is replicated" in (out / "report.html").read_text()
    assert json.loads((out / "report.json").read_text())["title"] == "Replications"


def test_check_mode_reads_the_sources_and_writes_nothing(source: str, tmp_path: Path) -> None:
    predicted = page(check=True, sources=[source], dest=str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    assert predicted == page(sources=[source], dest=str(tmp_path / "out"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sources": []}, "sources is empty"),
        ({"dest": ""}, "dest is ''"),
        ({"dest": "/etc/hostname"}, "dest is '/etc/hostname', which is no directory"),
        ({"sources": ["/nowhere/a.json"]}, "sources names /nowhere/a.json, which cannot be read: No such file"),
        ({"vcav_url": "https://vcav.example.com"}, "vcav_url"),
    ],
)
def test_what_cannot_be_is_refused_by_name(source: str, tmp_path: Path, options: dict[str, Any], words: str) -> None:
    result = page(**{"sources": [source], "dest": str(tmp_path / "out"), **options})
    assert result["failed"] is True and words in result["msg"]
    assert not (tmp_path / "out").exists()
