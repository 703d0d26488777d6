"""The table of contract 5.2: which operation is permitted in which state, and where it leads."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import replication_states as states
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav.replication_states import (
    COMPLETE,
    IN_PROGRESS,
    JOIN,
    NOT_STARTED,
    PERFORM,
    READY,
    REFUSE,
    TEST,
    State,
)

FAR = ("A", "B")
# operation: what it means for a VM that is not started, not started and paused, in test, complete, in progress
TABLE = {
    "pause": (PERFORM, READY, PERFORM, REFUSE, REFUSE),
    "resume": (READY, PERFORM, READY, REFUSE, REFUSE),
    "sync": (PERFORM, REFUSE, PERFORM, REFUSE, REFUSE),
    "failover_test": (PERFORM, PERFORM, READY, REFUSE, REFUSE),
    "cleanup": (READY, READY, PERFORM, READY, REFUSE),
    "failover": (PERFORM, PERFORM, REFUSE, READY, JOIN),
    "migrate": (PERFORM, PERFORM, REFUSE, READY, JOIN),
    "reverse": (REFUSE, REFUSE, REFUSE, PERFORM, REFUSE),
}
COLUMNS = (
    State(NOT_STARTED, False, *FAR),
    State(NOT_STARTED, True, *FAR),
    State(TEST, False, *FAR),
    State(COMPLETE, False, *FAR),
    State(IN_PROGRESS, False, *FAR),
)


@pytest.mark.parametrize("operation", list(states.CALLS))
@pytest.mark.parametrize("column", range(len(COLUMNS)))
def test_every_operation_is_judged_as_the_contract_says(operation: str, column: int) -> None:
    verdict = states.judge(operation, COLUMNS[column], "B")
    assert verdict.action == TABLE[operation][column]
    assert bool(verdict.reason) is (verdict.action == REFUSE)


@pytest.mark.parametrize(("operation", "state", "step"), [
    ("failover", State(TEST), "operation: cleanup"),
    ("sync", State(paused=True), "operation: resume"),
    ("reverse", State(), "operation: failover"),
    ("failover_test", State(COMPLETE), "operation: reverse"),
    ("pause", State(IN_PROGRESS), "vcav_task_info"),
])  # fmt: skip
def test_a_refusal_names_the_next_step(operation: str, state: State, step: str) -> None:
    assert step in states.judge(operation, state).reason


def test_a_state_that_nobody_knows_is_refused() -> None:
    verdict = states.judge("failover", State("odd"))
    assert verdict.action == REFUSE and "'odd' is not known" in verdict.reason


def test_what_goes_the_other_way_already_has_been_reversed() -> None:
    turned = State(NOT_STARTED, False, "B", "A")
    assert states.judge("reverse", turned, "B").action == READY
    assert states.judge("reverse", State(NOT_STARTED, False, "A", "B"), "B").action == REFUSE


@pytest.mark.parametrize("operation", [name for name in states.CALLS if name != "sync"])
def test_the_end_state_of_an_operation_is_reached_and_needs_nothing_more(operation: str) -> None:
    begin = next(state for state in COLUMNS if states.judge(operation, state, "B").action == PERFORM)
    end = states.outcome(operation, begin)
    assert states.reached(operation, begin, end) and not states.reached(operation, begin, begin)
    assert states.judge(operation, end, "B").action == READY
    assert not states.reached(operation, begin, None)


def test_a_reversed_replication_has_changed_its_ends() -> None:
    end = states.outcome("reverse", State(COMPLETE, False, "A", "B"))
    assert end == State(NOT_STARTED, False, "B", "A")


@pytest.mark.parametrize(("wire", "expected"), [
    ({}, State()),
    ({"destinationState": None, "isPaused": None}, State()),
    ({"destinationState": {"recoveryInfo": None}, "isPaused": True}, State(paused=True)),
    ({"destinationState": {"recoveryInfo": {"recoveryState": "COMPLETE"}}}, State(COMPLETE)),
])  # fmt: skip
def test_a_state_is_read_also_where_the_server_says_null(wire: dict[str, object], expected: State) -> None:
    assert states.read(wire) == expected


def test_stopping_waits_for_tests_and_recoveries() -> None:
    assert states.stop(State(TEST)).action == states.stop(State(IN_PROGRESS)).action == REFUSE
    assert states.stop(State()).action == states.stop(State(COMPLETE)).action == PERFORM
    assert states.configure(State(IN_PROGRESS)).action == REFUSE
    assert states.configure(State(COMPLETE)).action == PERFORM


@pytest.mark.parametrize(("kind", "operation", "expected"), [
    ("failover-test", "failover_test", True), ("failoverTest", "failover_test", True),
    ("failover", "failover_test", False),
    ("cleanup", "cleanup", True), ("failover-test", "cleanup", False), ("sync", "sync", True), ("start", "sync", False),
])  # fmt: skip
def test_a_task_is_known_by_its_type_however_it_is_spelt(kind: str, operation: str, expected: bool) -> None:
    assert states.about({"workflowInfo": {"type": kind}}, operation) is expected
