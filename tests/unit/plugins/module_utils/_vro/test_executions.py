"""Executions read from both generations' documents, followed with few looks, cancelled by the address that is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import executions, logs
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.client import connect
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.executions import Run
from ansible_collections.vcpp.vcloud.plugins.module_utils._wait import WaitTimeout
from tests.unit.plugins.module_utils._vcd.scripted import Script, Step
from tests.unit.plugins.module_utils._vro.talking import API, URL, basic_login, options, token_login

Server = Callable[..., Script]
RUN = Run("w", "t")
PLACE = f"{API}/workflows/w/executions"
ADDRESS = {"Location": f"{URL}{PLACE}/t/"}


class Clock:
    """Time that passes while somebody pauses, and a little for each look."""

    def __init__(self, answer: float = 0.02) -> None:
        self.now, self.looks, self._answer = 0.0, 0, answer

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds

    def look(self, states: Callable[[float], str | None]) -> Any:
        self.looks += 1
        self.now += self._answer
        state = states(self.now)
        return None if state is None else {"state": state}


def follow(
    clock: Clock, states: Callable[[float], str | None], monkeypatch: pytest.MonkeyPatch, timeout: float = 60
) -> Any:
    monkeypatch.setattr(executions, "read", lambda api, run: clock.look(states))
    return executions.follow(None, RUN, timeout=timeout, interval=2, pause=clock.pause, clock=clock)  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", [0.05, 0.3, 1.0, 1.7, 2.0, 2.05])
def test_a_run_of_two_seconds_is_seen_to_have_ended_within_half_a_second_after_twelve_looks_at_most(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    seen = follow(clock, lambda now: "completed" if now >= seconds else "running", monkeypatch)
    assert seen == {"state": "completed"}
    assert clock.now <= seconds + 0.45 and clock.looks <= 12


def test_a_long_run_is_looked_at_every_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    follow(clock, lambda now: "completed" if now >= 100 else "waiting-signal", monkeypatch, timeout=200)
    assert clock.looks < 70


def test_a_run_that_does_not_end_is_told_with_its_last_state_and_one_that_vanishes_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(WaitTimeout) as late:
        follow(Clock(), lambda now: "suspended", monkeypatch, timeout=5)
    assert late.value.last == "suspended"
    assert follow(Clock(), lambda now: None if now > 1 else "running", monkeypatch) is None


def test_faults_that_pass_are_outlived(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()

    def states(now: float) -> str:
        if clock.looks == 1:
            raise HttpError("status", "GET", URL, "/x", status=503)
        return "completed"

    assert follow(clock, states, monkeypatch) == {"state": "completed"}

    def refused(_states: Any) -> None:
        raise HttpError("status", "GET", URL, "/", status=403)

    monkeypatch.setattr(clock, "look", refused)
    with pytest.raises(HttpError):
        follow(clock, states, monkeypatch)


@pytest.mark.parametrize(
    ("body", "headers"),
    [(None, ADDRESS), ({"id": "t", "state": "running"}, {}), ({"id": "t"}, {"Location": f"{URL}{PLACE}/t"})],
)
def test_the_id_of_a_started_execution_is_in_the_body_or_in_the_address(
    server: Server, body: Any, headers: dict[str, str]
) -> None:
    parameter = {"name": "a", "type": "string", "scope": "local", "value": {"string": {"value": "x"}}}
    script = server(*basic_login(), Step("POST", PLACE, body, status=202, headers=headers))
    with connect(options()) as api:
        assert executions.start(api, "w", [parameter]) == RUN
    assert script.documents[-1] == {"parameters": [parameter]}


def test_an_answer_without_an_id_is_an_error(server: Server) -> None:
    server(*basic_login(), Step("POST", PLACE, {"state": "running"}, status=202))
    with connect(options()) as api, pytest.raises(HttpError) as failed:
        executions.start(api, "w", [])
    assert "tells no id" in str(failed.value)


def test_before_8_an_execution_is_cancelled_by_removing_it_but_not_when_it_has_ended(server: Server) -> None:
    server(*basic_login(), Step("GET", f"{PLACE}/t", {"state": "running"}), Step("DELETE", f"{PLACE}/t", status=204),
           Step("GET", f"{PLACE}/t", {"state": "canceled"}),
           Step("GET", f"{PLACE}/t", {"state": "completed"}))  # fmt: skip
    with connect(options()) as api:
        assert executions.cancel(api, RUN, lambda seconds: None) == "canceled"
        assert executions.cancel(api, RUN, lambda seconds: None) == "completed"


def test_from_8_on_its_state_is_removed_and_the_record_only_where_there_is_no_such_address(server: Server) -> None:
    server(*token_login(), Step("GET", f"{PLACE}/t", {"state": "running"}),
           Step("DELETE", f"{PLACE}/t/state", status=405), Step("DELETE", f"{PLACE}/t", status=204),
           Step("GET", f"{PLACE}/t", {"message": "gone"}, status=404),
           Step("GET", f"{PLACE}/t", {"state": "waiting"}), Step("DELETE", f"{PLACE}/t/state", status=204),
           Step("GET", f"{PLACE}/t", {"state": "canceled"}))  # fmt: skip
    with connect(options(vro_login="aria")) as api:
        assert executions.cancel(api, RUN, lambda seconds: None) == "gone"
        assert executions.cancel(api, RUN, lambda seconds: None) == "canceled"


def test_both_generations_tell_the_same(server: Server) -> None:
    old = {"state": "COMPLETED", "name": "W", "start-date": 1419025426833, "end-date": 1419025428933, "started-by": "u"}
    new = {
        **old,
        "state": "completed",
        "start-date": "2014-12-19T21:43:46.833Z",
        "end-date": "2014-12-19T21:43:48.933Z",
    }
    assert executions.told(old, RUN) == executions.told(new, RUN) == {
        "id": "t", "workflow": "W", "workflow_id": "w", "state": "completed", "started": "2014-12-19T21:43:46.833Z",
        "ended": "2014-12-19T21:43:48.933Z", "duration": 2.1, "started_by": "u",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1419026126333, "2014-12-19T21:55:26.333Z"),
        ("1419026126333", "2014-12-19T21:55:26.333Z"),
        ("2026-04-21T10:48:52.172+00:00", "2026-04-21T10:48:52.172Z"),
        ("2026-04-21T12:48:52.1+0200", "2026-04-21T10:48:52.100Z"),
        ("2026-04-21T10:48:52Z", "2026-04-21T10:48:52.000Z"),
        ("soon", "soon"),
        (None, None),
        ("", None),
    ],
)
def test_moments_of_every_kind(value: Any, text: str | None) -> None:
    assert executions.moment(value) == text


def test_an_error_tells_item_and_line_where_the_server_does() -> None:
    text = 'ReferenceError: "hots" is not defined. (Workflow:Add / Create a host (item3)#12)'
    failed = {"state": "failed", "content-exception": text}
    assert executions.error_of(failed) == {"message": text, "item": "Create a host", "line": 12}
    named = {**failed, "current-item-display-name": "Last one"}
    assert (executions.error_of(named) or {})["item"] == "Last one"
    assert executions.error_of({"state": "failed", "content-exception": "plain"}) == {
        "message": "plain", "item": None, "line": None,
    }  # fmt: skip
    assert executions.error_of({"state": "completed"}) is None


def entry(text: str, stamp: Any, **more: Any) -> dict[str, Any]:
    return {"entry": {"severity": "info", "time-stamp": stamp, "short-description": text, **more}}


def test_each_release_has_its_log_and_stacks_are_left_out(server: Server) -> None:
    events = [
        entry("W has ended", 1419026124333, **{"long-description": "details"}),
        entry("W has started", 1419026124000),
    ]
    lines = [
        entry("__item_stack:/item1", 1, origin="server"),
        entry("one", 1419026124001, origin="system"),
        entry("two", 1419026124001, origin="system", severity="warn", **{"long-description": "two at length"}),
        entry("a *** End of execution stack.", 1419026124002, origin="server"),
    ]
    server(*basic_login("7.3.0.1"), Step("GET", f"{PLACE}/t/logs", {"logs": events}))
    with connect(options()) as api:
        assert [(line["origin"], line["text"]) for line in logs.read(api, RUN)] == [
            ("server", "W has started"), ("server", "W has ended"),
        ]  # fmt: skip
    script = server(*basic_login("7.5.0.1"), Step("POST", f"{PLACE}/t/syslogs", {"logs": lines}))
    with connect(options()) as api:
        found = logs.read(api, RUN)
    assert script.documents[-1] == {"severity": "debug", "older-than": 0}
    server(*basic_login("7.6.0.1"), Step("GET", f"{PLACE}/t/syslogs", {"logs": lines}))
    with connect(options()) as api:
        assert logs.read(api, RUN) == found
    assert [(line["severity"], line["text"]) for line in found] == [("info", "one"), ("warning", "two at length")]


def test_a_log_is_waited_for_where_it_must_be_complete(server: Server) -> None:
    log = Step("GET", f"{PLACE}/t/syslogs", {"logs": [entry("one", 5)]})
    server(*basic_login(), log, log, log, log, log)
    paused: list[float] = []
    with connect(options()) as api:
        for state, how in (("completed", "quick"), ("completed", "complete"), ("failed", "quick"), ("failed", "none")):
            logs.of_ended(api, RUN, {"state": state}, how, paused.append, clock=lambda: 0.0)
    assert paused == [logs.SETTLE, logs.SETTLE]


def test_where_the_record_does_not_say_why_the_events_do(server: Server) -> None:
    said = "TypeError: x (Workflow:W / Task (item2)#4)"
    events = [entry("Workflow 'W' has failed", 2, severity="error", **{"long-description": said}), entry("begun", 1)]
    server(*basic_login("7.3.0.1"), Step("GET", f"{PLACE}/t/logs", {"logs": events}),
           Step("GET", f"{PLACE}/t/logs", {"logs": []}))  # fmt: skip
    with connect(options()) as api:
        assert logs.explained(api, RUN, {"state": "failed"}) == {"message": said, "item": "Task", "line": 4}
        assert (logs.explained(api, RUN, {"state": "failed"}) or {})["message"] == "the server does not tell why"
        assert logs.explained(api, RUN, {"state": "completed"}) is None
