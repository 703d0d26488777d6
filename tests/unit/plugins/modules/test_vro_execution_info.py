"""The module in this process against the simulated orchestrator: chosen, bounded, most recent first, with details."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vro_execution_info import ExecutionInfo
from ansible_collections.vcpp.vcloud.plugins.modules.vro_workflow_run import WorkflowRun
from tests.unit.plugins.modules import vro_runs, vros

vro = vros.fixture("7.3", "9.1")
SECRET = "Very-Secret-2030"


def read(vro: Any, **options: Any) -> Any:
    result = vro.run(ExecutionInfo, **options)
    assert not result.get("failed"), result["msg"]
    assert not result["changed"] and vro.writes == []
    return result["vro_execution_info"]


def begin(vro: Any, identifier: str, **options: Any) -> str:
    """The id of an execution that has been."""
    identity = str(vro.run(WorkflowRun, workflow_id=identifier, logs="none", **options)["vro_workflow_run"]["id"])
    vro.control.clear_journal()
    return identity


def scene(vro: Any) -> tuple[str, list[str]]:
    """(id of a workflow, ids of its executions: two completed, one failed), and one of another workflow."""
    script = "System.log('n is ' + n); if (n == 2) { throw 'two'; } said = n;"
    identifier = vro_runs.add(vro, "Each", script, {"n": "number", "secret": "SecureString"}, {"said": "number"})
    found = [begin(vro, identifier, parameters={"n": n}, secure_parameters={"secret": SECRET}) for n in (1, 2, 3)]
    begin(vro, vro_runs.add(vro, "Other"))
    # Two of one moment have no order.
    for number, each in enumerate(vro_runs.executions(vro).values()):
        each.started += number * 1000
        each.ended = each.started + 500
    vro.control.clear_journal()
    return identifier, found


def test_executions_are_chosen_and_the_most_recent_comes_first(vro: Any) -> None:
    identifier, ids = scene(vro)
    everything = read(vro)
    assert [each["workflow"] for each in everything] == ["Other", "Each", "Each", "Each"]
    assert {each["workflow_id"] for each in everything[1:]} == {identifier}
    of_one = read(vro, workflow="Each", category="Kiwi Cloud")
    assert [each["id"] for each in of_one] == ids[::-1] and of_one[0]["duration"] == 0.5
    assert of_one == everything[1:]
    assert [each["id"] for each in read(vro, workflow_id=identifier, states=["failed"])] == [ids[1]]
    assert [each["id"] for each in read(vro, states=["completed", "failed"], limit=2)] == [everything[0]["id"], ids[2]]
    user = everything[0]["started_by"]
    assert len(read(vro, started_by=user.upper())) == 4 and read(vro, started_by="nobody") == []
    vro.control.clear_journal()
    assert len(read(vro, workflow_id=identifier, limit=1)) == 1 and len(vro.requests) == 1


def test_since_is_a_moment(vro: Any) -> None:
    identifier, ids = scene(vro)
    begun = read(vro, workflow_id=identifier)[0]["started"]
    moment = datetime.fromisoformat(begun.replace("Z", "+00:00")).replace(microsecond=0)
    assert [each["id"] for each in read(vro, workflow_id=identifier, since=f"{moment:%Y-%m-%dT%H:%M:%SZ}")] == [ids[2]]
    later = datetime.now(timezone.utc) + timedelta(days=1)
    assert read(vro, since=f"{later:%Y-%m-%dT%H:%M:%SZ}") == []


def test_details_and_logs_are_read_on_request(vro: Any) -> None:
    identifier, ids = scene(vro)
    last, failed, _first = read(vro, workflow_id=identifier, details=True, logs=True)
    assert last["outputs"] == {"said": 3} and last["parameters"] == {"n": 3, "secret": None} and last["error"] is None
    assert "two" in failed["error"]["message"] and failed["outputs"] == {"said": None} and failed["needs_input"] is None
    texts = [line["text"] for line in last["log"]]
    assert "n is 3" in texts if vro.version >= (7, 6) else any("has started" in text for text in texts)
    one = read(vro, id=ids[0], details=True)
    assert (
        [each["id"] for each in one] == [ids[0]]
        and one[0]["outputs"] == {"said": 1}
        and one[0]["workflow_id"] == identifier
    )
    assert read(vro, id="nobody") == [] and SECRET not in str([last, failed, one])
    assert len(read(vro, details=True)) == 4


def test_one_that_waits_tells_what_it_asks_for(vro: Any) -> None:
    identifier = vro_runs.add(vro, "Ask")
    vro_runs.plan(vro, identifier, questions=[vro_runs.question("approved", "boolean")])
    begin(vro, identifier, on_needs_input="return")
    found = read(vro, states=["waiting"], details=True)
    assert [each["name"] for each in found[0]["needs_input"]] == ["approved"] and found[0]["ended"] is None


def test_what_cannot_be_is_refused_before_a_request(vro: Any) -> None:
    for options, words in (
        ({"workflow": "a", "workflow_id": "b"}, "the id alone"),
        ({"category": "a"}, "category is set without workflow"),
        ({"limit": 0}, "1 to 1000"),
        ({"since": "yesterday"}, "write a moment in UTC"),
    ):
        failed = vro.run(ExecutionInfo, **options)
        assert failed["failed"] and words in failed["msg"] and vro.control.journal() == []
    failed = vro.run(ExecutionInfo, workflow="Ad a REST host")
    assert failed["failed"] and "did you mean 'Add a REST host'?" in failed["msg"]
