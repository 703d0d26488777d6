"""The module in this process against the simulated vCD: a session that outlives its task, its tokens, and its end."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_org_info import Organizations
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_session import SessionTask
from tests.unit.plugins.modules import vcds

# The oldest, the first with the newer login, the last kind without a cookie.
vcd = vcds.fixture("9.0", "10.0", "10.6")
NOBODY = {"vcd_user": None, "vcd_password": None}


def open_sessions(vcd: Any) -> int:
    return len({session.id for session in vcd.site.vcd_sessions.values()})


def test_a_session_tells_the_tokens_that_its_version_has_and_who_it_is(vcd: Any) -> None:
    session = vcd.run(SessionTask)["vcd_session"]
    number = ".".join(map(str, vcd.version))
    assert (session["user"], session["org"].lower(), session["api_version"]) == ("administrator", "system", number)
    old = vcd.version < (38, 0)
    assert (session["cookie"] is not None) is old
    assert len(session["access_token"]) > 32
    assert session["token"] == (session["cookie"] if old else session["access_token"])
    assert open_sessions(vcd) == 1
    # versions, login, and one look where a cookie is to be had; no logout
    assert vcd.control.count() == (3 if old else 2)


@pytest.mark.parametrize("kind", ["token", "access_token"])
def test_an_open_session_outlives_its_task_and_serves_others(vcd: Any, kind: str) -> None:
    session = vcd.run(SessionTask)["vcd_session"]
    result = vcd.run(Organizations, **NOBODY, vcd_token=session[kind], name="Tyrell")
    assert [org["name"] for org in result["vcd_org"]] == ["Tyrell"]
    assert open_sessions(vcd) == 1


@pytest.mark.parametrize("kind", ["token", "access_token"])
def test_a_session_is_closed_once_and_closing_again_is_harmless(vcd: Any, kind: str) -> None:
    token = vcd.run(SessionTask)["vcd_session"][kind]
    for _time in range(2):
        result = vcd.run(SessionTask, **NOBODY, vcd_token=token, state="absent")
        assert (result["changed"], result["vcd_session"]) == (False, {})
        assert open_sessions(vcd) == 0


def test_the_other_token_of_a_session_that_was_given_is_told(vcd: Any) -> None:
    session = vcd.run(SessionTask)["vcd_session"]
    again = vcd.run(SessionTask, **NOBODY, vcd_token=session["token"])["vcd_session"]
    told, given = ("access_token", "cookie") if session["cookie"] else ("cookie", "access_token")
    assert again[told] == session[told]
    assert session["token"] not in str(again)  # what was given as a secret is shown nowhere, here neither
    assert again[given] is not None
    assert open_sessions(vcd) == 1


def test_check_mode_opens_and_closes_too(vcd: Any) -> None:
    token = vcd.run(SessionTask, check=True)["vcd_session"]["token"]
    assert open_sessions(vcd) == 1
    vcd.run(SessionTask, check=True, **NOBODY, vcd_token=token, state="absent")
    assert open_sessions(vcd) == 0


def test_nothing_can_be_closed_without_a_token(vcd: Any) -> None:
    result = vcd.run(SessionTask, state="absent")
    assert result["msg"] == "vcd_token is not set: state absent closes the session of that token"
    assert vcd.control.count() == 0


def test_a_server_that_fails_when_a_session_is_closed_is_told(vcd: Any) -> None:
    token = vcd.run(SessionTask)["vcd_session"]["token"]
    vcd.control.add_fault("refuse_role", service="*/vcd", method="DELETE", times=1)
    result = vcd.run(SessionTask, **NOBODY, vcd_token=token, state="absent")
    assert (result["failed"], result["error"]["status"]) == (True, 403)
    assert token not in str(result)


def test_a_wrong_password_opens_nothing_and_is_not_told(vcd: Any) -> None:
    result = vcd.run(SessionTask, vcd_password="not this one")
    assert (result["failed"], result["error"]["status"]) == (True, 401)
    assert "not this one" not in str(result)
    assert open_sessions(vcd) == 0


def test_a_tenants_user_opens_a_session_of_the_tenant(vcd: Any) -> None:
    session = vcd.run(SessionTask, vcd_user="admin@Tyrell")["vcd_session"]
    assert (session["user"], session["org"]) == ("admin", "Tyrell")
