"""The module in this process against the simulator: bundles made, reused, downloaded whole or not at all, cleared."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import archives
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_support_bundle import SupportBundle
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_support_bundle_info import SupportBundleInfo

MAKE = "POST /diagnostics/bundles"


def ids(estate: Any) -> list[str]:
    """Those on the appliance, the newest first."""
    return [row["id"] for row in estate.run(SupportBundleInfo)["vcav_support_bundle"]]


@pytest.fixture
def three(estate: Any) -> list[str]:
    """Three bundles of different moments, the newest first."""
    for _each in range(3):
        estate.run(SupportBundle)
        estate.control.advance(2)
    estate.control.clear_journal()
    return ids(estate)


def test_one_is_made_downloaded_and_taken_again(estate: Any, tmp_path: Path) -> None:
    dest = tmp_path / "bundle.zip"
    options = {"max_age": 24, "dest": str(dest), "keep": 2}
    predicted = estate.run(SupportBundle, check=True, **options)
    assert (predicted["changed"], predicted["vcav_support_bundle"]["id"]) == (True, None)
    assert estate.writes == [] and not dest.exists()
    made = estate.run(SupportBundle, **options)
    assert made["diff"] == predicted["diff"]
    bundle = made["vcav_support_bundle"]
    assert [bundle["id"]] == ids(estate)
    assert (bundle["user"], bundle["dest"], bundle["removed"]) == ("root", str(dest), [])
    assert zipfile.ZipFile(dest).namelist() == ["about.json", "health.json"]
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["bundle.zip"]
    estate.control.clear_journal()
    again = estate.run(SupportBundle, **options)
    assert (again["changed"], again["vcav_support_bundle"]) == (False, bundle)
    asked = [e for e in estate.control.journal() if e["path"] not in ("/sessions", "/diagnostics/about")]
    assert len(asked) <= 3
    assert estate.writes == [] and estate.sessions == 0


def test_without_an_age_every_run_makes_another(estate: Any) -> None:
    assert [estate.run(SupportBundle)["changed"] for _each in range(2)] == [True, True]
    assert estate.writes == [MAKE, MAKE] and len(ids(estate)) == 2


def test_one_that_is_too_old_is_not_taken(estate: Any) -> None:
    estate.run(SupportBundle)
    assert estate.run(SupportBundle, check=True, max_age=0)["changed"] is True
    assert estate.run(SupportBundle, check=True, max_age=0.5)["changed"] is False


def test_one_whose_task_is_forgotten_counts_as_too_old(estate: Any) -> None:
    estate.run(SupportBundle)
    estate.simulator.simulator.sites[estate.here].cloud.tasks.clear()
    assert estate.run(SupportBundleInfo)["vcav_support_bundle"][0]["created"] is None
    assert estate.run(SupportBundle, check=True, max_age=24)["changed"] is True


def test_another_file_is_filled_from_the_same_bundle(three: list[str], estate: Any, tmp_path: Path) -> None:
    dest = tmp_path / "other.zip"
    dest.write_text("something else")
    result = estate.run(SupportBundle, id=three[1], dest=str(dest))
    assert (result["changed"], result["vcav_support_bundle"]["id"]) == (True, three[1])
    assert result["diff"][0]["after"] == {"file": three[1]}
    assert zipfile.is_zipfile(dest)
    assert estate.run(SupportBundle, id=three[1], dest=str(dest))["changed"] is False
    assert estate.run(SupportBundle, check=True, id=three[0], dest=str(dest))["changed"] is True
    assert estate.writes == []


def test_the_newest_are_kept(three: list[str], estate: Any) -> None:
    options = {"max_age": 24, "keep": 2}
    predicted = estate.run(SupportBundle, check=True, **options)
    result = estate.run(SupportBundle, **options)
    assert result == predicted
    assert result["vcav_support_bundle"]["removed"] == three[2:]
    assert result["diff"][0]["before"] == {"on_appliance": three}
    assert result["diff"][0]["after"] == {"on_appliance": three[:2]}
    assert ids(estate) == three[:2]


def test_a_new_one_counts_among_those_that_are_kept(three: list[str], estate: Any) -> None:
    result = estate.run(SupportBundle, keep=2)
    assert result["vcav_support_bundle"]["removed"] == three[1:]
    assert result["diff"][0]["after"] == {"on_appliance": [archives.NEW, three[0]]}
    assert ids(estate) == [result["vcav_support_bundle"]["id"], three[0]]


@pytest.mark.parametrize(("options", "left"), [({"keep": 0}, 0), ({"keep": 1}, 1), ({"keep": 5}, 3)])
def test_they_are_cleared_away(three: list[str], estate: Any, options: dict[str, Any], left: int) -> None:
    result = estate.run(SupportBundle, state="absent", **options)
    assert (result["changed"], result["vcav_support_bundle"]["removed"]) == (left < 3, three[left:])
    assert ids(estate) == three[:left]
    assert estate.run(SupportBundle, state="absent", **options)["changed"] is False


def test_one_is_removed_by_its_id(three: list[str], estate: Any) -> None:
    assert estate.run(SupportBundle, state="absent", id=three[0])["vcav_support_bundle"] == {"removed": three[:1]}
    assert estate.run(SupportBundle, state="absent", id=three[0])["changed"] is False
    assert ids(estate) == three[1:]


def test_an_id_that_is_not_there_is_told_with_those_that_are(three: list[str], estate: Any) -> None:
    message = estate.run(SupportBundle, id="no-such")["msg"]
    assert "id is 'no-such': the appliance has no such support bundle" in message and three[0] in message


def test_a_full_disk_says_what_lies_there_and_leaves_nothing(three: list[str], estate: Any, tmp_path: Path) -> None:
    estate.control.add_fault("disk_full", service=f"{estate.here}/*/cloud")
    result = estate.run(SupportBundle, dest=str(tmp_path / "bundle.zip"))
    assert result["failed"] is True
    assert result["msg"].startswith(f"making a support bundle at {estate.simulator.cloud(estate.here)}: the task ")
    assert "The appliance holds 3 already" in result["msg"] and "state: absent and keep" in result["msg"]
    assert os.listdir(tmp_path) == [] and ids(estate) == three


def test_a_lost_answer_does_not_make_two(estate: Any) -> None:
    estate.control.add_fault("drop_reply", method="POST", path="diagnostics/bundles", times=1)
    assert estate.run(SupportBundle)["changed"] is True
    assert estate.writes == [MAKE] and len(ids(estate)) == 1


def test_a_download_that_breaks_leaves_the_old_file_and_names_the_new_bundle(estate: Any, tmp_path: Path) -> None:
    dest = tmp_path / "bundle.zip"
    dest.write_text("of yesterday")
    estate.control.add_fault("drop_reply", method="GET", path="diagnostics/bundles/*")
    result = estate.run(SupportBundle, dest=str(dest))
    (made,) = ids(estate)
    assert result["failed"] is True
    assert f"Before that, support bundle {made} was made; give its id to go on with it." in result["msg"]
    assert dest.read_text() == "of yesterday" and os.listdir(tmp_path) == ["bundle.zip"]
    estate.control.clear_faults()
    assert estate.run(SupportBundle, id=made, dest=str(dest))["changed"] is True


def test_a_file_that_cannot_be_written_is_told(
    estate: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def full(*arguments: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archives, "replacing", full)
    dest = tmp_path / "bundle.zip"
    message = estate.run(SupportBundle, dest=str(dest))["msg"]
    (made,) = ids(estate)
    assert f"dest is {str(dest)!r}: it could not be written: No space left on device." in message
    assert f"Before that, support bundle {made} was made" in message


def test_a_login_that_has_expired_is_renewed_for_a_download(three: list[str], estate: Any, tmp_path: Path) -> None:
    estate.control.add_fault("expire_tokens", method="GET", path="diagnostics/bundles/*", times=1)
    assert estate.run(SupportBundle, id=three[0], dest=str(tmp_path / "b.zip"))["changed"] is True


@pytest.mark.parametrize(("options", "words"), [
    ({"keep": 0}, "keep is 0: give 1 or more"),
    ({"keep": -1, "state": "absent"}, "keep is -1: give 0 or more"),
    ({"max_age": -1}, "max_age is -1: give a number of hours, 0 or more"),
    ({"state": "absent"}, "state is 'absent': say with id which one goes, or with keep how many"),
    ({"state": "absent", "id": "a", "keep": 1}, "state is 'absent': say with id which one goes"),
    ({"state": "absent", "id": "a", "dest": "/tmp/x"}, "dest and max_age go with state present"),
    ({"id": "a", "max_age": 1}, "max_age goes without id"),
    ({"dest": "/"}, "dest is '/': that is a directory; name a file in it"),
    ({"dest": "/nowhere/at/all.zip"}, "/nowhere/at is no directory that this user may write to"),
])  # fmt: skip
def test_what_cannot_be_is_refused_before_a_request(estate: Any, options: dict[str, Any], words: str) -> None:
    assert words in estate.run(SupportBundle, **options)["msg"]
    assert estate.control.count() == 0
