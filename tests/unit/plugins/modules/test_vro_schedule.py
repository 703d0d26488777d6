"""The module in this process against simulated orchestrators: recurrence, moments, parameters by declared types."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import recurrence
from ansible_collections.vcpp.vcloud.plugins.modules.vro_schedule import Schedule
from ansible_collections.vcpp.vcloud.plugins.modules.vro_schedule_info import Schedules
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
WORKFLOW = {"workflow": "Import a certificate from URL", "category": "Library/Configuration/SSL Trust Manager"}
WEEKLY: dict[str, Any] = {
    "name": "Trust Avamar", **WORKFLOW, "recurrence": "every_week", "times": ["mon 2:30", "Friday 22:00:00"],
    "start": "2031-12-24T02:30:00+13:00", "parameters": {"url": "https://avamar.example.com:8543"},
}  # fmt: skip
SECRET = "S3cret-of-the-host"


def run(vro: Any, check: bool = False, **options: Any) -> Any:
    return vro.run(Schedule, check, **{**WEEKLY, **options})


def tasks(vro: Any) -> list[Any]:
    """Those of the simulator."""
    return list(vro.server.runs.scheduler.tasks.values())


def test_a_task_is_made_read_changed_and_removed(vro: Any) -> None:
    predicted = run(vro, True)
    assert tasks(vro) == [] and vro.writes == []
    made = run(vro)
    assert made == predicted and made["changed"]
    told = made["vro_schedule"]
    assert (told["recurrence"], told["times"]) == ("every_week", ["Monday 02:30:00", "Friday 22:00:00"])
    assert told["start"] == "2031-12-23T13:30:00.000Z"
    assert told["parameters"] == {"url": "https://avamar.example.com:8543"}
    (there,) = tasks(vro)
    assert (there.name, there.cycle, there.workflow_id) == ("Trust Avamar", "every-weeks", told["workflow_id"])
    vro.control.clear_journal()
    by_id = {**WEEKLY, "workflow": None, "category": None, "workflow_id": told["workflow_id"]}
    assert vro.run(Schedule, **by_id)["changed"] is False
    assert (vro.writes, len(vro.requests)) == ([], 3)
    (listed,) = vro.run(Schedules, name="Trust Avamar")["vro_schedule"]
    assert {name: listed[name] for name in told} == told
    assert vro.run(Schedule, **listed)["changed"] is False
    changed = run(vro, times=["Sunday 00:15"], description="Each week", end="2032-12-24T00:00:00Z")
    assert set(changed["diff"][0]["after"]) == {"times", "description", "end"}
    assert tasks(vro) == [there]
    assert run(vro, times=["Sunday 00:15"])["changed"] is False
    assert run(vro, times=["Sunday 00:15"], end="")["vro_schedule"]["end"] in ("", None) and there.end is None
    gone = vro.run(Schedule, name="Trust Avamar", **WORKFLOW, state="absent")
    assert gone["changed"] and tasks(vro) == []
    assert vro.run(Schedule, name="Trust Avamar", **WORKFLOW, state="absent")["changed"] is False


def test_without_recurrence_it_runs_once_at_its_start(vro: Any) -> None:
    made = run(vro, recurrence=None, times=None)
    assert made["vro_schedule"]["recurrence"] == "once" and not made["vro_schedule"].get("times")
    assert run(vro, recurrence="once", times=None)["changed"] is False


def test_it_is_suspended_and_goes_on(vro: Any) -> None:
    made = run(vro, suspended=True)
    assert made["vro_schedule"]["suspended"] is True and tasks(vro)[0].state == "suspended"
    assert run(vro, suspended=True)["changed"] is False
    assert run(vro, suspended=True, description="Not now")["changed"] and tasks(vro)[0].state == "suspended"
    assert run(vro, suspended=False)["diff"][0]["after"] == {"suspended": False}
    assert tasks(vro)[0].state != "suspended"


def test_a_zone_is_for_8_and_newer(vro: Any) -> None:
    made = run(vro, time_zone="Pacific/Auckland")
    if vro.version < (8, 0):
        assert "time_zone is set: releases before 8.0" in made["msg"] and tasks(vro) == []
    else:
        assert made["vro_schedule"]["time_zone"] == "Pacific/Auckland"
        assert run(vro)["changed"] is False
        assert run(vro, time_zone="UTC")["diff"][0]["after"] == {"time_zone": "UTC"}


def test_secrets_are_written_and_shown_nowhere(vro: Any) -> None:
    options: dict[str, Any] = {
        "name": "A host", "workflow": "Add a REST host", "start": "2031-01-01T00:00:00Z",
        "parameters": {"name": "avamar", "url": "https://avamar.example.com", "connectionTimeout": "5"},
        "secure_parameters": {"authPassword": SECRET},
    }  # fmt: skip
    made = vro.run(Schedule, **options)
    assert made["changed"] and made["vro_schedule"]["parameters"]["connectionTimeout"] == 5
    again = vro.run(Schedule, **options)
    told = vro.run(Schedules)
    others = ["consumerSecret", "accessToken", "accessTokenSecret", "oauth2Token", "key"]
    lost = vro.run(Schedule, **{**options, "description": "x", "secure_parameters": None})
    assert "is secret and cannot be read" in lost["msg"]
    secure = {**dict.fromkeys(others[: 5 if vro.version >= (8, 0) else 4]), "authPassword": SECRET}
    changed = vro.run(Schedule, **{**options, "description": "x", "secure_parameters": secure})
    assert again["changed"] is False and changed["changed"]
    assert SECRET not in str([made, again, told, lost, changed])
    assert tasks(vro)[0].inputs["authPassword"] == {"secure-string": {"value": SECRET}}


def test_a_secret_among_the_open_parameters_is_shown_nowhere_either(vro: Any) -> None:
    made = vro.run(
        Schedule, name="A host", workflow="Add a REST host", start="2031-01-01T00:00:00Z",
        parameters={"name": "avamar", "url": "https://avamar.example.com", "authPassword": SECRET},
    )  # fmt: skip
    assert made["changed"] and SECRET not in str(made)
    assert tasks(vro)[0].inputs["authPassword"] == {"secure-string": {"value": SECRET}}


def test_wrong_parameters_are_named_with_the_right_type(vro: Any) -> None:
    for check in (True, False):
        assert "did you mean 'url'?" in run(vro, check, parameters={"ulr": "x"})["msg"]
        assert "is of type string" in run(vro, check, parameters={"url": 5})["msg"]
        assert "there is none of that name" in run(vro, False, workflow="Import a certificate")["msg"]
    assert vro.writes == []


def test_a_new_task_needs_what_the_form_asks_for_and_check_mode_says_so(vro: Any) -> None:
    for check in (True, False):
        failed = run(vro, check, parameters=None)
        assert failed["failed"] and "needs a value for url (string): give it in parameters" in failed["msg"]
    assert vro.writes == []


def test_a_workflow_that_an_earlier_task_makes_is_no_fault_in_check_mode(vro: Any, warnings: list[str]) -> None:
    assert run(vro, True, workflow="Not there yet")["changed"] and any("Not there yet" in each for each in warnings)
    assert run(vro, workflow="Not there yet", state="absent")["changed"] is False


def test_a_lost_answer_makes_no_second_task(vro: Any) -> None:
    vro.control.add_fault("drop_reply", service="*/vro", method="POST", path="/vco/api/tasks*", times=1)
    assert run(vro)["changed"] and len(tasks(vro)) == 1


@pytest.mark.parametrize(
    "options, words",
    [
        ({"times": None}, "recurrence is 'every_week': give in times when it runs"),
        ({"recurrence": None}, "times is set without recurrence"),
        ({"recurrence": "once"}, "times is set, and recurrence is once"),
        ({"times": ["Mo 02:30"]}, "'Mo' is no day of the week"),
        ({"times": ["25:00"]}, "write it like Monday 02:30:00"),
        ({"start": "tomorrow"}, "start is 'tomorrow'"),
        ({"start": "2031-12-24T02:30:00"}, "say of which zone"),
        ({"end": "2030-01-01T00:00:00Z"}, "which is not after start"),
        ({"name": " "}, "name is ' '"),
        ({"workflow": None, "category": None}, "workflow is not set"),
        ({"secure_parameters": {"url": "x"}}, "and so has secure_parameters"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(vro: Any, options: dict[str, Any], words: str) -> None:
    assert words in run(vro, **options)["msg"]
    assert vro.control.count() == 0


@pytest.mark.parametrize(
    "cycle, time, spelled",
    [
        ("every_minute", "5", "05"),
        ("every_hour", "15:5", "15:05"),
        ("every_day", "2:30", "02:30:00"),
        ("every_week", "sunday  2:30:15", "Sunday 02:30:15"),
        ("every_month", "1 2:30", "01 02:30:00"),
    ],
)
def test_times_have_one_spelling(cycle: str, time: str, spelled: str) -> None:
    assert recurrence.normal(cycle, time) == spelled == recurrence.normal(cycle, spelled)


@pytest.mark.parametrize(
    "cycle, time",
    [("every_minute", "60"), ("every_hour", "60:00"), ("every_day", "24:00"), ("every_month", "32 00:00"),
     ("every_month", "0 00:00"), ("every_week", "02:30")],
)  # fmt: skip
def test_times_that_cannot_be_are_refused(cycle: str, time: str) -> None:
    with pytest.raises(InputError, match="write it like"):
        recurrence.normal(cycle, time)


def test_patterns_are_read_with_and_without_a_zone() -> None:
    assert recurrence.read("every_day", "(Europe/Zurich) 19:30:00,01:00:00,") == (
        ["01:00:00", "19:30:00"],
        "Europe/Zurich",
    )
    assert recurrence.read("every_hour", "15:15") == (["15:15"], None)
    assert recurrence.read("once", "(Europe/Zurich) ") == ([], "Europe/Zurich")
    assert recurrence.read("every_week", None) == ([], None)
    assert recurrence.read("every_blue_moon", "x,y") == (["x", "y"], None)
    assert recurrence.pattern(["01:00:00"], "UTC") == "(UTC) 01:00:00,"
    assert recurrence.pattern([], "UTC") == "(UTC) "
    assert recurrence.pattern(["01:00:00", "02:00:00"], None) == "01:00:00,02:00:00"
    assert [recurrence.word(each) for each in ("one-time", "none", "", "every-hours", "odd")] == [
        "once", "once", "once", "every_hour", "odd",
    ]  # fmt: skip
