"""The module in this process against the simulator: a session that outlives its task, and its end."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_session import SessionTask
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_site_info import SiteInfo


def test_an_open_session_is_told_outlives_its_task_and_serves_others(estate: Any) -> None:
    session = estate.run(SessionTask)["vcav_session"]
    assert (session["user"], session["sites"], session["version"]) == ("root", [estate.here], estate.release)
    assert "ADMINISTRATORS" in session["roles"]
    assert estate.sessions == 1
    other = estate.run(SiteInfo, vcav_password=None, vcav_token=session["token"])
    assert other["vcav_site"]["name"] == estate.here
    assert estate.sessions == 1


def test_a_session_is_closed_once_and_closing_again_is_harmless(estate: Any) -> None:
    token = estate.run(SessionTask)["vcav_session"]["token"]
    for _time in range(2):
        result = estate.run(SessionTask, vcav_password=None, vcav_token=token, state="absent")
        assert (result["changed"], result["vcav_session"]) == (False, {})
        assert estate.sessions == 0


def test_check_mode_opens_and_closes_too(estate: Any) -> None:
    token = estate.run(SessionTask, check=True)["vcav_session"]["token"]
    assert estate.sessions == 1
    estate.run(SessionTask, check=True, vcav_password=None, vcav_token=token, state="absent")
    assert estate.sessions == 0


def test_nothing_can_be_closed_without_a_token(estate: Any) -> None:
    result = estate.run(SessionTask, state="absent")
    assert result["msg"] == "vcav_token is not set: state absent closes the session of that token"
    assert estate.control.count() == 0


def test_a_wrong_password_opens_nothing_and_is_not_told(estate: Any) -> None:
    result = estate.run(SessionTask, vcav_password="not this one")
    assert (result["failed"], result["error"]["status"]) == (True, 401)
    assert "not this one" not in str(result)
    assert estate.sessions == 0
