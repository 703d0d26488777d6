"""Scheduled tasks: their documents, and that they run when the clock comes to them (contract section 10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.vro.execution import epoch_ms, iso
from tests.simulator.vro.recurrence import BadPattern, check, next_run
from tests.unit.simulator.vro.asking import MODERN, VERSIONS, Vro
from tests.unit.simulator.vro.running import finished, outputs, script_workflow, values, wait

Make = Callable[..., Vro]


def ms(text: str) -> int:
    return epoch_ms(f"{text}Z")


@pytest.mark.parametrize(
    ("cycle", "pattern", "after", "expected"),
    [
        ("none", "", "2026-01-01T00:00:00", "2026-01-05T10:20:30"),
        ("once", "", "2026-01-05T10:20:30", None),
        ("every-minutes", "", "2026-01-05T10:20:30", "2026-01-05T10:21:30"),
        ("every-minutes", "00,30", "2026-01-05T10:20:30", "2026-01-05T10:21:00"),
        ("every-hours", "15:15", "2026-01-01T00:00:00", "2026-01-05T11:15:15"),
        ("every-hours", "", "2026-01-05T13:00:00", "2026-01-05T13:20:30"),
        ("every-days", "03:00", "2026-01-05T10:20:30", "2026-01-06T03:00:00"),
        ("every-days", "03:00, 23:30:10", "2026-01-05T10:20:30", "2026-01-05T23:30:10"),
        ("every-weeks", "Sun 04:00:00", "2026-01-05T10:20:30", "2026-01-11T04:00:00"),
        ("one-time", "(Europe/Zurich) ", "2026-01-01T00:00:00", "2026-01-05T10:20:30"),
        ("every-days", "(Europe/Zurich) 03:00:00,19:30:00,", "2026-01-05T10:20:30", "2026-01-05T18:30:00"),
        ("every-weeks", "(Pacific/Auckland) Tuesday 02:00:00,", "2026-01-05T10:20:30", "2026-01-05T13:00:00"),
        ("every-months", "31 00:00:00", "2026-01-31T00:00:00", "2026-03-31T00:00:00"),
        ("every-months", "", "2026-01-05T10:20:30", "2026-02-05T10:20:30"),
    ],
)
def test_when_a_task_runs_next(cycle: str, pattern: str, after: str, expected: str | None) -> None:
    found = next_run(cycle, pattern, ms("2026-01-05T10:20:30"), ms(after))
    assert (None if found is None else iso(found)[:19]) == expected


@pytest.mark.parametrize(
    ("cycle", "pattern"),
    [
        ("every-hour", ""),
        ("every-hours", "15"),
        ("every-days", "24:00"),
        ("every-weeks", "Foo 01:00"),
        ("every-days", "(Nowhere/Else) 01:00"),
        ("every-days", "UTC) 01:00"),
    ],
)
def test_patterns_that_cannot_be_read(cycle: str, pattern: str) -> None:
    with pytest.raises(BadPattern):
        check(cycle, pattern)


def made(asked: Vro, workflow_id: str, **more: Any) -> str:
    body = {"name": "nightly", "workflow": {"id": workflow_id, "name": "x"}, **more}
    reply = asked.post("tasks/", body)
    assert reply.status == 202, reply.body
    assert bool(reply.body) is (asked.server.release.generation >= 8)
    return str(reply.header("location")).rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_task_is_kept_as_it_was_sent(vro: Make, version: str) -> None:
    asked = vro(version)
    identity = script_workflow(asked, "", ["n:number"])
    task_id = made(
        asked, identity, description="d", **{
            "recurrence-cycle": "every-hours", "recurrence-pattern": "15:15", "start-mode": "normal",
            "recurrence-start-date": "2099-09-11T10:00:00.000+00:00", "recurrence-end-date": "2100-01-01T00:00:00Z",
            "input-parameters": values(n={"number": {"value": "5"}})["parameters"],
        },
    )  # fmt: skip
    task = asked.get(f"tasks/{task_id}/")
    shown = {"name": "nightly", "description": "d", "recurrence-cycle": "every-hours", "recurrence-pattern": "15:15"}
    assert {**task, **shown, "state": "pending"} == task
    assert task["recurrence-start-date"] == "2099-09-11T10:00:00.000Z"
    assert task["workflow"]["id"] == identity and task["user"] == asked.server.account.user
    assert task["input-parameters"][0]["value"] == {"number": {"value": 5}}
    for path in ("tasks", f"workflows/{identity}/tasks", "catalog/System/Task"):
        assert [one["name"] for one in asked.rows(path)] == ["nightly"]
    for method in ("POST", "PUT"):
        changed = asked.post(f"tasks/{task_id}", {"name": "weekly", "recurrence-cycle": "every-days",
                                                  "recurrence-pattern": "10:00"}, method)  # fmt: skip
        assert changed.status == 200 and changed.document()["recurrence-end-date"] == "2100-01-01T00:00:00.000Z"
    other = script_workflow(asked, "")
    assert asked.post(f"tasks/{task_id}", {"workflow": {"id": other}}).status == 400
    assert asked.ask("DELETE", f"tasks/{task_id}").status == (204 if version in MODERN else 200)
    assert asked.ask("GET", f"tasks/{task_id}").status == 404
    assert asked.rows("tasks") == []


def test_a_state_is_a_wish_to_change_it(vro: Make) -> None:
    asked = vro("8.18")
    identity = script_workflow(asked, "")
    start = {"recurrence-start-date": iso(asked.world.now_ms() + 600_000)}
    task_id = made(asked, identity, **start, state="suspended")
    assert asked.get(f"tasks/{task_id}")["state"] == "pending"
    for state, status, left in (
        ("pending", 409, "pending"), ("scheduled", 400, "pending"), ("suspended", 200, "suspended"),
        ("suspended", 409, "suspended"), (None, 200, "suspended"),
    ):  # fmt: skip
        assert asked.post(f"tasks/{task_id}", {"name": "t", **({"state": state} if state else {})}).status == status
        assert asked.get(f"tasks/{task_id}")["state"] == left
    asked.world.advance(601)
    assert asked.rows(f"tasks/{task_id}/executions") == []
    assert asked.post(f"tasks/{task_id}", {"state": "pending"}).document()["recurrence-cycle"] == "one-time"


def test_what_is_refused(vro: Make) -> None:
    asked = vro("8.18")
    identity = script_workflow(asked, "", ["n:number"])
    workflow = {"workflow": {"id": identity}}
    for body, status in (
        ({"name": "x"}, 404),
        (workflow, 400),
        ({"name": "x", **workflow, "recurrence-cycle": "hourly"}, 400),
        ({"name": "x", **workflow, "recurrence-start-date": "tomorrow"}, 400),
        ({"name": "x", **workflow, "input-parameters": [{"name": "n", "value": {"Number": {"value": 1}}}]}, 400),
    ):
        assert asked.post("tasks", body).status == status, body
    assert asked.rows("tasks") == []


def test_tasks_really_run(vro: Make) -> None:
    asked = vro("7.6")
    identity = script_workflow(asked, "o = n + 1;", ["n:number"], ["o:number"])
    begin = iso(asked.world.now_ms() + 600_000)
    task_id = made(
        asked, identity, **{
            "recurrence-cycle": "every-hours", "recurrence-start-date": begin,
            "input-parameters": values(n=1)["parameters"],
        },
    )  # fmt: skip
    assert asked.rows(f"tasks/{task_id}/executions") == []
    asked.world.advance(601)
    rows = asked.rows(f"tasks/{task_id}/executions")
    assert len(rows) == 1
    assert outputs(finished(asked, identity, str(rows[0]["id"])))["o"] == 2
    asked.world.advance(3600)
    assert len(asked.rows(f"tasks/{task_id}/executions")) == 2
    # Hours that go by at once are made up for once.
    asked.world.advance(5 * 3600)
    assert len(asked.rows(f"tasks/{task_id}/executions")) == 3
    asked.ask("DELETE", f"tasks/{task_id}")
    asked.world.advance(3600)
    assert len(asked.rows(f"workflows/{identity}/executions")) == 3


def test_a_task_that_runs_once(vro: Make) -> None:
    asked = vro("8.18")
    identity = script_workflow(asked, "")
    task_id = made(asked, identity)
    wait(asked, lambda: len(asked.server.runs.executions) == 1)
    assert asked.get(f"tasks/{task_id}")["state"] == "finished"


def test_scripts_schedule_workflows(vro: Make) -> None:
    asked = vro("7.6")
    inner = script_workflow(asked, "o = i;", ["i:string"], ["o:string"], name="Inner")
    script = """
        var given = new Properties();
        given.put('i', 'later');
        var at = System.getDate('1 hour from now');
        var task = Server.getWorkflowWithId(id).schedule(given, at);
        result = task.state + ' ' + (task.executionDate.getTime() == at.getTime());
    """
    outer = script_workflow(asked, script, ["id:string"], ["result:string"])
    reply = asked.post(f"workflows/{outer}/executions", values(id=inner))
    execution_id = str(reply.header("location")).rstrip("/").rpartition("/")[2]
    done = finished(asked, outer, execution_id)
    assert outputs(done)["result"] == "pending true", done.get("content-exception")
    asked.world.advance(3601)
    rows = asked.rows(f"workflows/{inner}/executions")
    assert outputs(finished(asked, inner, str(rows[0]["id"])))["o"] == "later"
