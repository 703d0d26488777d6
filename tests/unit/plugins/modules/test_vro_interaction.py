"""The module in this process against the simulated orchestrator: answered by its type, once, and what cannot be."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vro_interaction import Interaction
from ansible_collections.vcpp.vcloud.plugins.modules.vro_interaction_info import InteractionInfo
from ansible_collections.vcpp.vcloud.plugins.modules.vro_workflow_run import WorkflowRun
from tests.unit.plugins.modules import vro_runs, vros

vro = vros.fixture("7.3", "9.1")
SECRET = "Very-Secret-2030"


def waiting(vro: Any, **questions: str) -> dict[str, str]:
    """The options that name an execution which waits for an answer to these."""
    identifier = vro_runs.add(vro, f"Ask for {', '.join(questions)}")
    vro_runs.plan(vro, identifier, questions=[vro_runs.question(name, kind) for name, kind in questions.items()])
    run = vro.run(WorkflowRun, workflow_id=identifier, on_needs_input="return")["vro_workflow_run"]
    vro.control.clear_journal()
    return {"execution_id": run["id"], "workflow_id": identifier}


def answer(vro: Any, check: bool = False, **options: Any) -> Any:
    return vro.run(Interaction, check, **options)


def test_an_interaction_is_answered_once(vro: Any) -> None:
    named = waiting(vro, approved="boolean", password="SecureString")
    given = {"answers": {"approved": "yes"}, "secure_answers": {"password": SECRET}}
    predicted = answer(vro, check=True, **named, **given)
    assert predicted["changed"] and vro.writes == [] and len(vro.requests) == 2
    done = answer(vro, **named, **given)
    assert done == predicted and done["diff"][0]["after"]["values"] == {"approved": "yes"} and SECRET not in str(done)
    assert [each["name"] for each in done["vro_interaction"]["fields"]] == ["approved", "password"]
    assert [each.state for each in vro_runs.executions(vro).values()] == ["completed"]
    vro.control.clear_journal()
    again = answer(vro, **named, **given)
    assert not again["changed"] and again["vro_interaction"]["state"] == "completed" and vro.writes == []
    assert len(vro.requests) <= 3


def test_it_is_found_by_its_own_id_and_by_that_of_the_execution_alone(vro: Any) -> None:
    named = waiting(vro, approved="boolean")
    listed = vro.run(InteractionInfo)["vro_interaction"]
    assert (
        answer(vro, id=listed[0]["id"], answers={"approved": True})["vro_interaction"]["execution_id"]
        == named["execution_id"]
    )
    other = waiting(vro, count="number")
    assert answer(vro, execution_id=other["execution_id"], answers={"count": 1})["changed"]
    assert {each.state for each in vro_runs.executions(vro).values()} == {"completed"}


def test_a_wrong_answer_is_refused_with_the_right_type(vro: Any) -> None:
    named = waiting(vro, approved="boolean", count="number")
    for answers, words in (
        ({"approved": "perhaps", "count": 1}, "parameter approved is of type boolean"),
        ({"approved": True, "cuont": 1}, "did you mean 'count'?"),
    ):
        failed = answer(vro, **named, answers=answers)
        assert failed["failed"] and words in failed["msg"], failed["msg"]
    assert vro.writes == [] and [each.state for each in vro_runs.executions(vro).values()] == ["waiting"]


def test_what_is_not_there_is_told(vro: Any) -> None:
    for options in ({"id": "nobody"}, {"execution_id": "nobody"}):
        failed = answer(vro, **options, answers={})
        assert failed["failed"] and "there is no such" in failed["msg"]
        assert answer(vro, check=True, **options)["changed"]
    for options in ({}, {"id": "a", "execution_id": "b"}, {"id": "a", "workflow_id": "b"}):
        assert answer(vro, **options)["failed"]
