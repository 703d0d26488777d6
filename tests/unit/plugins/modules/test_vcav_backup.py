"""The module in this process against the simulator: backups of 4.x, their password, and releases that have none."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_backup import Backup
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_backup_info import BackupInfo

SECRET = "B4ckup-Secret!"


@pytest.fixture
def newer(estate: Any) -> Any:
    """The estate where it has backups."""
    if estate.release == "3.0":
        pytest.skip("3.x has no backups, which is a test of its own")
    return estate


def ids(estate: Any) -> list[str]:
    return [row["id"] for row in estate.run(BackupInfo)["vcav_backup"]]


def test_one_is_made_downloaded_and_taken_again(newer: Any, tmp_path: Path) -> None:
    dest = tmp_path / "backup.bin"
    options = {"password": SECRET, "max_age": 24, "dest": str(dest), "keep": 1}
    predicted = newer.run(Backup, check=True, **options)
    assert newer.writes == [] and not dest.exists()
    made = newer.run(Backup, **options)
    assert (made["changed"], made["diff"]) == (True, predicted["diff"])
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600 and dest.stat().st_size > 0
    newer.control.clear_journal()
    again = newer.run(Backup, **options)
    assert (again["changed"], again["vcav_backup"]) == (False, made["vcav_backup"])
    asked = [e for e in newer.control.journal() if e["path"] not in ("/sessions", "/diagnostics/about")]
    assert len(asked) <= 3
    assert SECRET not in str(made) + str(again)


def test_the_newest_are_kept_and_the_rest_is_cleared(newer: Any) -> None:
    first = newer.run(Backup, password=SECRET)["vcav_backup"]["id"]
    newer.control.advance(2)
    second = newer.run(Backup, password=SECRET, keep=1)["vcav_backup"]
    assert second["removed"] == [first] and ids(newer) == [second["id"]]
    assert newer.run(Backup, state="absent", keep=0)["vcav_backup"] == {"removed": [second["id"]]}
    assert newer.run(Backup, state="absent", keep=0)["changed"] is False


def test_one_that_is_there_is_downloaded_without_its_password(newer: Any, tmp_path: Path) -> None:
    made = newer.run(Backup, password=SECRET)["vcav_backup"]["id"]
    dest = tmp_path / "backup.bin"
    assert newer.run(Backup, id=made, dest=str(dest))["changed"] is True
    assert newer.run(Backup, id=made, dest=str(dest))["changed"] is False


def test_a_full_disk_is_told_without_the_password(newer: Any, tmp_path: Path) -> None:
    newer.control.add_fault("disk_full", service=f"{newer.here}/*/cloud")
    result = newer.run(Backup, password=SECRET, dest=str(tmp_path / "backup.bin"))
    assert result["failed"] is True and "making a backup at" in result["msg"] and "holds 0 already" in result["msg"]
    assert SECRET not in str(result) and os.listdir(tmp_path) == []


@pytest.mark.parametrize("module", [Backup, BackupInfo])
def test_a_release_without_backups_is_named(estate: Any, module: Any) -> None:
    result = estate.run(module, **({"password": SECRET} if module is Backup else {}))
    if estate.release == "3.0":
        assert "backups exist from release 4.0 on" in result["msg"] and "runs 3.0" in result["msg"]
        assert estate.writes == []
    else:
        assert not result.get("failed")


def test_a_backup_needs_a_password(estate: Any) -> None:
    assert "password is not set: a backup is encrypted with it" in estate.run(Backup)["msg"]
    assert estate.control.count() == 0
