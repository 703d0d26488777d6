"""The module in this process against the simulator: repositories, an update with its restart, days when it fails."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import updates
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_session import SessionTask
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_update import Update
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_update_info import UpdateInfo

INSTALL = {"apply": True, "accept_eula": True, "wait_timeout": 60, "wait_interval": 1}
SET, POST = "POST /update/repository-url", "POST /update"


@pytest.mark.parametrize("where", ["cdrom", "https://updates.example.com/vcda"])
def test_a_repository_is_set_once(estate: Any, where: str) -> None:
    assert estate.run(Update, repository="default")["changed"] is False
    predicted = estate.run(Update, check=True, repository=where)
    assert estate.writes == []
    made = estate.run(Update, repository=where)
    assert made == predicted and made["changed"] is True
    assert made["diff"][0]["before"] == {"repository": "default"}
    assert made["vcav_update"]["repository"] == where
    assert estate.run(Update, repository=where)["changed"] is False
    assert estate.run(Update, repository="default")["changed"] is True
    assert estate.writes == [SET, SET]


def test_the_user_of_a_repository_goes_with_its_address(estate: Any) -> None:
    access = {"repository_user": "updater", "repository_password": "S3cret-of-updates"}
    made = estate.run(Update, repository="https://updates.example.com/vcda", **access)
    assert made["vcav_update"]["repository_user"] == "updater"
    assert "S3cret-of-updates" not in str(made)
    assert estate.run(Update, repository="https://updates.example.com/vcda", **access)["changed"] is False
    without = estate.run(Update, repository="https://updates.example.com/vcda")
    assert without["diff"][0]["before"] == {"repository_user": "updater"}


def test_an_update_is_installed_once_and_the_service_is_back_with_it(estate: Any) -> None:
    offered = estate.run(UpdateInfo)["vcav_update"]
    predicted = estate.run(Update, check=True, **INSTALL)
    assert estate.writes == [] and predicted["changed"] is True
    made = estate.run(Update, **INSTALL)
    assert made == predicted
    assert made["diff"][0]["before"] == {"build": offered["build"]}
    assert made["vcav_update"] == {"build": offered["available"]}
    now = estate.run(UpdateInfo)["vcav_update"]
    assert (now["build"], now["available"]) == (offered["available"], None)
    again = estate.run(Update, **INSTALL)
    assert (again["changed"], again["vcav_update"]) == (False, {"build": offered["available"]})
    assert estate.writes == [POST] and estate.sessions == 0


def test_a_licence_agreement_is_accepted_by_people(estate: Any) -> None:
    for check in (True, False):
        message = estate.run(Update, check=check, apply=True)["msg"]
        assert message.startswith("accept_eula is false, and ") and "Nothing was changed" in message
    assert estate.writes == []


def test_another_release_than_the_named_one_is_not_installed(estate: Any) -> None:
    offered = estate.run(UpdateInfo)["vcav_update"]["available"]
    message = estate.run(Update, version="9.9", **INSTALL)["msg"]
    assert message.startswith(f"version is 9.9, but the repository has {offered}") and "was not updated" in message
    assert estate.writes == []
    assert estate.run(Update, check=True, version=".".join(offered.split(".")[:3]), **INSTALL)["changed"] is True


def test_a_full_disk_ends_an_update_before_it_begins(estate: Any) -> None:
    estate.control.add_fault("disk_full", service=f"{estate.here}/*/cloud")
    result = estate.run(Update, **INSTALL)
    assert result["failed"] is True
    assert result["msg"].startswith(f"updating {estate.simulator.cloud(estate.here)} from ")
    assert "It still runs " in result["msg"]


def test_an_update_that_never_ends_is_left_alone(estate: Any) -> None:
    estate.control.add_fault("hang_task", method="POST", path="update", times=1)
    result = estate.run(Update, **{**INSTALL, "wait_timeout": 1})
    assert result["failed"] is True
    assert "it runs " in result["msg"] and "never restart it meanwhile" in result["msg"]
    assert result["error"]["task"]["state"] == "RUNNING"


def test_a_drive_without_a_disc_is_told(estate: Any) -> None:
    estate.run(Update, repository="cdrom")
    result = estate.run(Update, **INSTALL)
    assert result["failed"] is True and "looking for updates at" in result["msg"] and "CD-ROM" in result["msg"]


def test_a_lost_answer_to_the_update_is_no_failure(estate: Any) -> None:
    estate.control.add_fault("drop_reply", method="POST", path="update", times=1)
    assert estate.run(Update, **INSTALL)["changed"] is True
    assert estate.writes == [POST]


def test_a_token_of_the_users_is_refused_for_an_update(estate: Any) -> None:
    token = estate.run(SessionTask)["vcav_session"]["token"]
    assert "vcav_token is given: updating" in estate.run(Update, vcav_token=token, **INSTALL)["msg"]
    assert estate.writes == []
    estate.run(SessionTask, vcav_token=token, state="absent")


@pytest.mark.parametrize(("options", "words"), [
    ({}, "nothing is given: set repository, or apply: true"),
    ({"repository": "ftp://updates.example.com"}, "repository"),
    ({"repository": "cdrom", "repository_user": "u"}, "repository is 'cdrom': repository_user and"),
    ({"repository": "https://u.example.com", "repository_password": "p-w-d"}, "goes with repository_user"),
    ({"repository_user": "u"}, "repository_user goes with repository"),
    ({"repository": "default", "apply": True}, "apply goes without repository"),
    ({"repository": "default", "version": "4.7"}, "version goes with apply: true"),
    ({"repository": "default", "accept_eula": True}, "accept_eula goes with apply: true"),
    ({"apply": True, "version": "newest"}, "version is 'newest'"),
    ({"repository": "http://u:geheim@updates.example.com/a"}, "@updates.example.com/a': give an address"),
])  # fmt: skip
def test_what_cannot_be_is_refused_before_a_request(estate: Any, options: dict[str, Any], words: str) -> None:
    assert words in estate.run(Update, **options)["msg"]
    assert estate.control.count() == 0


@pytest.mark.parametrize(("result", "found"), [
    (None, None),
    ("", None),
    ("4.7.1", "4.7.1"),
    ({"version": "4.7.1.5"}, "4.7.1.5"),
    ([{"availableVersion": "4.7.1"}], "4.7.1"),
    ([], None),
    ({}, None),
    ({"updateAvailable": False, "version": "4.7.0"}, None),
    (7, None),
])  # fmt: skip
def test_the_result_of_a_check_is_read_in_any_shape(result: Any, found: str | None) -> None:
    assert updates.offered(result) == found


def test_a_result_that_names_no_release_is_not_taken_for_none() -> None:
    with pytest.raises(updates.InputError, match="names no release"):
        updates.offered({"packages": 3})
