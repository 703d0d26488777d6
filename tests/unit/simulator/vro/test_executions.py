"""Executions of workflows: start, states, read, list, logs, cancel and remove (contract section 8)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.simulator.vro.runs import Plan
from tests.simulator.vro.store import Parameter
from tests.simulator.vro.workflow_model import DECISION, END, INPUT, LINK, SWITCH, TIMER, Binding, Field, Item
from tests.unit.simulator.vro.asking import MODERN, VERSIONS, Vro, attributes
from tests.unit.simulator.vro.running import (
    bindings,
    finished,
    items_workflow,
    log,
    outputs,
    run,
    script_workflow,
    start,
    task,
    values,
    wait,
)

Make = Callable[..., Vro]


# Start


@pytest.mark.parametrize("version", VERSIONS)
def test_start_answers_an_address_and_from_8_on_the_execution(vro: Make, version: str) -> None:
    asked = vro(version)
    identity = script_workflow(asked, "")
    reply = asked.post(f"workflows/{identity}/executions/", {})
    location = str(reply.header("location"))
    assert reply.status == 202 and re.search(rf"/vco/api/workflows/{identity}/executions/[0-9a-f-]+/$", location)
    if version in MODERN:
        body = reply.document()
        assert (body["state"], body["name"]) == ("initializing", "Scripted")
        assert location.endswith(f"/executions/{body['id']}/")
    else:
        assert reply.body == b""


def test_the_caller_may_name_the_execution_from_8_on(vro: Make) -> None:
    asked = vro("8.18")
    identity = script_workflow(asked, "")
    assert asked.post(f"workflows/{identity}/executions", {"executionId": "mine-1"}).document()["id"] == "mine-1"
    assert asked.post(f"workflows/{identity}/executions", {"executionId": "mine-1"}).status == 409
    old = vro("7.6")
    identity = script_workflow(old, "")
    reply = old.post(f"workflows/{identity}/executions", {"executionId": "mine-1"})
    assert not str(reply.header("location")).endswith("/mine-1/")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "value",
    [
        {"SecureString": {"value": "s3cret"}},
        {"String": {"value": "x"}},
        {"number": {"value": 1}},
        {"string": {"value": "x"}, "number": {"value": 1}},
        "x",
    ],
)
def test_a_wrong_value_is_a_page(vro: Make, version: str, value: object) -> None:
    asked = vro(version)
    identity = script_workflow(asked, "", ["s:string"])
    body = {"parameters": [{"name": "s", "type": "string", "value": value}]}
    reply = asked.post(f"workflows/{identity}/executions", body)
    assert reply.status == 400 and str(reply.header("content-type")).startswith("text/html")
    assert b"s3cret" not in reply.body
    assert not asked.server.runs.executions


def test_unknown_workflows_and_parameters(vro: Make) -> None:
    for version in VERSIONS:
        asked = vro(version)
        assert asked.post("workflows/nothing/executions", {}).status == 404
        identity = script_workflow(asked, "", ["s:string"])
        reply = asked.post(f"workflows/{identity}/executions", values(nonsense=1))
        assert reply.status == (400 if version in MODERN else 202)


def test_mandatory_inputs(vro: Make) -> None:
    asked = vro("8.18")
    identity = items_workflow(asked, [task("item1", "")], ["a:string", "b:string"], fields=(Field("a", "A", True),))
    assert asked.post(f"workflows/{identity}/executions", values(b="x")).status == 400
    assert asked.post(f"workflows/{identity}/executions", values(a="x")).status == 202


def test_starting_takes_the_right_to_execute(vro: Make) -> None:
    asked = vro("8.18", "auditor@System Domain")
    identity = script_workflow(asked, "")
    assert asked.post(f"workflows/{identity}/executions", {}).status == 403
    assert asked.get(f"workflows/{identity}/executions")["relations"]["total"] == 0


def test_values_of_old_clients_are_coerced(vro: Make) -> None:
    """PowervRO writes every value as a text; the older Ruby client writes `Array` as the type."""
    asked = vro("7.3")
    script = "o = typeof n + typeof b + a.length;"
    identity = script_workflow(asked, script, ["n:number", "b:boolean", "a:Array/string"], ["o:string"])
    body = {
        "parameters": [
            {"name": "n", "type": "number", "scope": "local", "value": {"number": {"value": "42"}}},
            {"name": "b", "type": "boolean", "scope": "local", "value": {"boolean": {"value": "true"}}},
            {"name": "a", "type": "Array", "value": {"array": {"elements": [{"string": {"value": "x"}}]}}},
        ]
    }
    done = finished(asked, identity, start(asked, identity, body))
    assert outputs(done)["o"] == "numberboolean1"
    assert done["input-parameters"][0]["value"] == {"number": {"value": 42.0}}


# Reading


@pytest.mark.parametrize("version", VERSIONS)
def test_the_life_of_an_execution(vro: Make, version: str) -> None:
    asked = vro(version)
    identity = script_workflow(asked, "System.sleep(300); o = n;", ["n:number"], ["o:number"])
    execution_id = start(asked, identity, values(n=326))
    path = f"workflows/{identity}/executions/{execution_id}"
    begun = asked.get(path)
    assert begun["state"] == "initializing" and "end-date" not in begun and "value" not in begun["output-parameters"][0]
    seen = {begun["state"]}
    wait(asked, lambda: seen.add(asked.get(f"{path}/state")["value"]) or "completed" in seen)  # type: ignore[func-returns-value]
    assert seen == {"initializing", "running", "completed"}
    done = asked.get(path + "/?showDetails=true")
    assert done["started-by"] == asked.server.account.user
    number = done["output-parameters"][0]["value"]["number"]["value"]
    assert number == 326 and isinstance(number, int if version in MODERN else float)
    dates = [done["start-date"], done["end-date"]]
    if version in MODERN:
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one) for one in dates)
    else:
        assert all(isinstance(one, int) for one in dates)
    assert {one["rel"] for one in done["relations"]["link"]} == {"up", "remove", "logs", "state"}
    assert "content-exception" not in done


@pytest.mark.parametrize("version", VERSIONS)
def test_secrets_are_never_shown(vro: Make, version: str) -> None:
    asked = vro(version)
    script = "System.log(s.length); o = s; a = [s]; throw 'bad luck';"
    identity = script_workflow(asked, script, ["s:SecureString"], ["o:SecureString"])
    done = run(asked, identity, s={"secure-string": {"value": "s3cret!"}})
    assert all("value" not in one for one in done["input-parameters"] + done["output-parameters"])
    assert "s3cret" not in str(done)
    if version != "7.3":
        asked.world.advance(2)
        assert "s3cret" not in str(asked.get(f"workflows/{identity}/executions/{done['id']}/syslogs"))
    task_body = {"name": "t", "workflow": {"id": identity}, "recurrence-start-date": "2099-01-01T00:00:00Z",
                 "input-parameters": values(s={"secure-string": {"value": "s3cret!"}})["parameters"]}  # fmt: skip
    made = asked.post("tasks", task_body)
    assert made.status in (201, 202)
    task_id = str(made.header("location")).rstrip("/").rpartition("/")[2]
    assert "s3cret" not in str(asked.get(f"tasks/{task_id}"))


def test_an_execution_of_another_workflow_is_not_there(vro: Make) -> None:
    asked = vro("8.18")
    one, two = script_workflow(asked, ""), script_workflow(asked, "")
    execution_id = start(asked, one)
    for path in ("", "/state", "/logs", "/syslogs", "/interaction"):
        assert asked.ask("GET", f"workflows/{two}/executions/{execution_id}{path}").status == 404


# Lists


@pytest.mark.parametrize("version", VERSIONS)
def test_lists(vro: Make, version: str) -> None:
    asked = vro(version)
    identity = script_workflow(asked, "if (fail) throw 'x';", ["fail:boolean"])
    good, bad = run(asked, identity, fail=False)["id"], run(asked, identity, fail=True)["id"]
    document = asked.get(f"workflows/{identity}/executions")
    links = document["relations"]["link"]
    assert document["relations"]["total"] == 2
    assert [one["rel"] for one in links] == ["up", "add", "down", "down"] and "attributes" not in links[0]
    rows = [attributes(one) for one in links[2:]]
    assert [one["id"] for one in rows] == [bad, good]
    assert set(rows[0]) == {"id", "startDate", "endDate", "startedBy", "state", "name", "currentItemDisplayName"}
    # ISO in every release, also where the document itself has numbers.
    assert str(rows[0]["startDate"]).endswith("Z")
    assert [one["id"] for one in asked.rows(f"workflows/{identity}/executions?conditions=state~completed")] == [good]
    for name in ("maxResult", "maxResults"):
        assert len(asked.rows(f"workflows/{identity}/executions?{name}=1")) == 1
    query = f"conditions=workflowId={identity}&sortOrders=-startDate&maxResult=1"
    assert [one["id"] for one in asked.rows(f"catalog/System/WorkflowExecution/?{query}")] == [bad]
    item = asked.get(f"catalog/System/WorkflowExecution/{bad}/")
    assert any(f"/workflows/{identity}/executions/{bad}/" in one["href"] for one in item["relations"]["link"])


# Logs


def test_the_script_log_is_not_there_below_7_4(vro: Make) -> None:
    asked = vro("7.3")
    identity = script_workflow(asked, "System.log('x');")
    done = run(asked, identity)
    path = f"workflows/{identity}/executions/{done['id']}"
    for method in ("GET", "POST"):
        assert asked.post(f"{path}/syslogs", {"severity": "debug", "older-than": 0}, method).status == 404
    texts = [one["entry"]["short-description"] for one in asked.get(f"{path}/logs")["logs"]]
    assert texts == ["Workflow 'Scripted' has completed", "Workflow 'Scripted' has started"]
    assert isinstance(asked.get(f"{path}/logs")["logs"][0]["entry"]["time-stamp"], int)


@pytest.mark.parametrize("version", ["7.6", *MODERN])
def test_lines_appear_gradually_and_late(vro: Make, version: str) -> None:
    asked = vro(version)
    # Ten seconds to the disk: the clock of this test is set forward, not waited for.
    asked.world.task_seconds = 2
    identity = script_workflow(asked, "System.log('one'); System.sleep(60000); System.log('two');")
    execution_id = start(asked, identity)
    path = f"workflows/{identity}/executions/{execution_id}/syslogs"
    execution = asked.server.runs.executions[execution_id]

    def texts() -> list[str]:
        found = [one["entry"]["short-description"] for one in asked.get(path)["logs"]]
        return [one for one in found if not one.startswith("__item_stack:/")]

    wait(asked, lambda: any(one.text == "one" for one in execution.lines))
    assert texts() == []
    asked.world.advance(11)
    assert texts() == ["one"]
    wait(asked, lambda: asked.world.advance(1) or execution.is_over)  # type: ignore[func-returns-value]
    assert texts() == ["one"]
    asked.world.advance(11)
    assert texts() == ["one", "two"]
    entry = asked.get(path + "?conditions=severity=info&maxResult=1")["logs"][0]["entry"]
    assert entry["origin"] == "system" and entry["time-stamp"].endswith("+00:00")
    newer = asked.get(f"{path}?conditions=severity=info&conditions=timestamp%3E{entry['time-stamp-val'] - 1}")["logs"]
    assert [one["entry"]["short-description"] for one in newer] == ["two"]
    assert asked.ask("GET", path + "?conditions=severity=loud").status == 400


# Cancel and remove


@pytest.mark.parametrize("version", VERSIONS)
def test_cancel_and_remove(vro: Make, version: str) -> None:
    asked = vro(version)
    identity = script_workflow(asked, "System.sleep(60000);")
    execution_id = start(asked, identity)
    path = f"workflows/{identity}/executions/{execution_id}"
    if version not in MODERN:
        assert asked.ask("DELETE", f"{path}/state").status == 405
    assert asked.post(f"{path}/state", {"value": "canceled"}).status == 405
    assert asked.ask("DELETE", path if version not in MODERN else f"{path}/state").status == 204
    done = asked.get(path)
    assert done["state"] == "canceled" and "end-date" in done
    assert asked.ask("DELETE", path).status == 204
    assert asked.ask("GET", path).status == 404
    assert asked.ask("DELETE", path).status == 404


def test_a_run_can_be_cancelled_before_it_begins_and_while_it_waits(vro: Make) -> None:
    asked = vro("8.18")
    asked.world.task_seconds = 60
    identity = script_workflow(asked, "System.log('never');")
    execution_id = start(asked, identity)
    asked.ask("DELETE", f"workflows/{identity}/executions/{execution_id}/state")
    asked.world.advance(600)
    assert finished(asked, identity, execution_id)["state"] == "canceled"
    assert log(asked, identity, execution_id) == []


# What a schema can do


def test_decisions_switches_and_attributes(vro: Make) -> None:
    asked = vro("8.18")
    items = [
        task("item1", "size = n * 2;", "item2", given="n:number", taken="size:number"),
        Item("item2", DECISION, "Large?", out_name="item3", alt_out_name="item0",
             script="return size > 10;", in_bindings=bindings("size:number")),
        Item("item3", SWITCH, "Which", script="if (size === 20) { return 'item4'; } return 'item5';",
             in_bindings=bindings("size:number")),
        task("item4", "o = 'twenty';", taken="o:string"),
        task("item5", "o = 'other';", taken="o:string"),
    ]  # fmt: skip
    identity = items_workflow(asked, items, ["n:number"], ["o:string"], ["size:number"])
    assert [outputs(run(asked, identity, n=n))["o"] for n in (1, 10, 11)] == [None, "twenty", "other"]


def test_a_script_knows_its_own_run(vro: Make) -> None:
    asked = vro("8.18")
    script = """
        var given = workflow.getInputParameters(), own = workflow.getAttributes();
        var root = workflow.rootWorkflow;
        o = [workflow.name, workflow.state, given.n, own.get('size'), root.version, workflow.id].join();
    """
    items = [task("item1", "size = 7;", "item2", taken="size:number"), task("item2", script, taken="o:string")]
    identity = items_workflow(asked, items, ["n:number"], ["o:string"], ["size:number"])
    done = run(asked, identity, n=3)
    assert outputs(done)["o"] == f"Items,running,3,7,1.0.0,{done['id']}"


def test_exceptions_are_caught_and_thrown(vro: Make) -> None:
    asked = vro("8.18")
    items = [
        task("item1", "\nthrow 'first';", catch_name="item2", throw_bind_name="error"),
        task("item2", "o = 'caught ' + error;", "item3", given="error:string", taken="o:string"),
        Item("item3", END, end_mode=1, throw_bind_name="o", business_status="Bad"),
    ]
    identity = items_workflow(asked, items, [], ["o:string"], ["error:string"])
    done = run(asked, identity)
    text = "caught first (Workflow:Items / Scriptable task (item1)#2)"
    assert (done["state"], done["content-exception"], done["business-state"]) == ("failed", text, "Bad")


def test_the_default_error_handler(vro: Make) -> None:
    asked = vro("8.18")
    items = [task("item1", "throw 'x';", "item0"), task("item2", "o = error;", given="error:string", taken="o:string")]
    identity = items_workflow(
        asked, items, [], ["o:string"], ["error:string"], error_handler="item2", error_binding="error"
    )
    done = run(asked, identity)
    assert done["state"] == "completed"
    assert outputs(done)["o"] == "x (Workflow:Items / Scriptable task (item1)#1)"


def test_a_workflow_inside_of_a_workflow(vro: Make) -> None:
    asked = vro("8.18")
    inner = script_workflow(asked, "System.log('inside'); o = n + 1;", ["n:number"], ["o:number"], name="Inner")
    items = [
        Item("item1", LINK, "Inner", out_name="item0", linked_workflow_id=inner,
             in_bindings=bindings("n:number"), out_bindings=bindings("o:number")),
    ]  # fmt: skip
    identity = items_workflow(asked, items, ["n:number"], ["o:number"])
    done = run(asked, identity, n=4)
    assert outputs(done)["o"] == 5
    # It is one execution with one log.
    assert log(asked, identity, done["id"]) == [("system", "info", "inside")]
    assert asked.rows(f"workflows/{inner}/executions") == []
    del asked.store.workflows[inner]
    assert "not found" in run(asked, identity, n=4)["content-exception"]


def test_a_timer_waits_for_a_signal(vro: Make) -> None:
    asked = vro("7.6")
    timer = bindings("timer:Date")[0]
    items = [
        task("item1", "timer = new Date(new Date().getTime() + 3600000);", "item2", taken="timer:Date"),
        Item("item2", TIMER, "Wait", out_name="item0", in_bindings=(type(timer)("timer.date", "Date", "timer"),)),
    ]
    identity = items_workflow(asked, items, attributes=["timer:Date"])
    execution = asked.server.runs.executions[start(asked, identity)]
    wait(asked, lambda: execution.state == "waiting-signal")
    asked.world.advance(1800)
    assert asked.get(f"workflows/{identity}/executions/{execution.id}")["current-item-display-name"] == "Wait"
    asked.world.advance(1801)
    assert finished(asked, identity, execution.id)["state"] == "completed"
    events = [one["entry"] for one in asked.get(f"workflows/{identity}/executions/{execution.id}/logs")["logs"]]
    assert [(one["short-description"], one["long-description"]) for one in events][1:3] == [
        ("Workflow 'Items' has resumed", "Workflow 'Items' has resumed"),
        ("Workflow is paused", "Workflow 'Items' has paused while waiting on signal"),
    ]


def test_an_unknown_kind_of_item_fails_with_a_sentence(vro: Make) -> None:
    asked = vro("8.18")
    done = run(asked, items_workflow(asked, [Item("item1", "foreach", "Each", out_name="item0")]))
    assert done["content-exception"].startswith("The simulator cannot run items of type 'foreach'")


def test_a_long_chain_of_items_that_do_nothing(vro: Make) -> None:
    asked = vro("8.18")
    items = [task(f"item{n}", "", f"item{n + 1}") for n in range(1, 3000)]
    items.append(task("item3000", ""))
    assert run(asked, items_workflow(asked, items))["state"] == "completed"
    circle = [task("item1", "", "item2"), task("item2", "", "item1")]
    assert "more than" in run(asked, items_workflow(asked, circle))["content-exception"]


# Library and plans


def test_the_library_adds_and_removes_rest_hosts(vro: Make) -> None:
    for version in VERSIONS:
        asked = vro(version)
        asked.world.task_seconds = 0.01
        add = "8F8080808080808080808080808080808080808001299080088268176866967b3"
        secret = {"secure-string": {"value": "pw-of-host"}}
        given = {"name": "docker", "url": "http://docker.example.test:2375", "authentication": "Basic"}
        done = run(asked, add, **given, authUserName="u", authPassword=secret)
        assert done["state"] == "completed", done
        host = outputs(done)["restHost"]
        assert host["type"] == "REST:RESTHost" and host["displayValue"] == "docker"
        assert [one["name"] for one in asked.rows("catalog/REST/RESTHost")] == ["docker"]
        assert "pw-of-host" not in str(asked.get("catalog/REST/RESTHost")) + str(done)
        again = run(asked, add, **given)
        assert again["state"] == "failed" and "already exists" in again["content-exception"]
        assert asked.post(f"workflows/{add}/executions", values(name="x")).status == 400
        remove = "99808080808080808080808080808080A8808080012995053491651398b094fa1"
        reference = {"sdk-object": {"type": "REST:RESTHost", "id": host["id"]}}
        assert run(asked, remove, host=reference)["state"] == "completed"
        assert asked.rows("catalog/REST/RESTHost") == []


def test_the_library_updates_rest_hosts_from_8_on(vro: Make) -> None:
    old = vro("7.6")
    assert not [one for one in old.store.workflows.values() if one.name == "Update a REST host"]
    asked = vro("9.1")
    asked.world.task_seconds = 0.01
    (update,) = [one.id for one in asked.store.workflows.values() if one.name == "Update a REST host"]
    host = asked.store.add_rest_host("docker", "http://docker.example.test:2375", "NONE", operationTimeout=5)
    asked.store.add_rest_operation(host, "list", "GET", "/containers/json")
    asked.store.add_rest_host("other", "http://other.example.test")
    reference = {"sdk-object": {"type": "REST:RESTHost", "id": host.id}}
    done = run(asked, update, host=reference, name="docker-2", url="https://docker.example.test:2376")
    assert done["state"] == "completed", done
    assert (host.name, host.url, len(host.operations)) == ("docker-2", "https://docker.example.test:2376", 1)
    assert run(asked, update, host=reference, name="other", url="http://x.example.test")["state"] == "failed"


def test_a_planned_outcome(vro: Make) -> None:
    asked = vro("8.18")
    identity = script_workflow(asked, "throw 'never';", [], ["o:number"])
    asked.server.runs.plans[identity] = Plan(seconds=0.05, logs=["one", "two"], outputs={"o": {"number": {"value": 7}}})
    done = run(asked, identity)
    assert outputs(done)["o"] == 7
    assert [one[2] for one in log(asked, identity, done["id"])] == ["one", "two"]
    asked.server.runs.plans[identity] = Plan(seconds=0.01, exception="as planned")
    assert run(asked, identity)["content-exception"] == "as planned"
    asked.server.runs.plans[identity] = Plan(seconds=0.01, questions=[Parameter("o", "number")])
    execution = asked.server.runs.executions[start(asked, identity)]
    wait(asked, lambda: execution.state == "waiting")
    path = f"workflows/{identity}/executions/{execution.id}"
    assert asked.post(f"{path}/interaction", values(o=3)).status == 204
    assert outputs(finished(asked, identity, execution.id))["o"] == 3


def _wait_for_one(asked: Vro, flying: set[str]) -> None:
    wait(asked, lambda: any(asked.server.runs.executions[one].is_over for one in flying))


def test_many_runs_go_side_by_side(vro: Make) -> None:
    """A hundred runs, ten at a time, know nothing of one another. How long that takes, tests/benchmarks tells."""
    asked = vro("8.18")
    asked.world.task_seconds = 0.01
    identity = script_workflow(asked, "System.sleep(20); o = n;", ["n:number"], ["o:number"])
    runs = asked.server.runs
    run(asked, identity, n=-1)
    left = list(range(100))
    flying: set[str] = set()
    while left or flying:
        flying |= {start(asked, identity, values(n=left.pop())) for _free in range(min(10 - len(flying), len(left)))}
        _wait_for_one(asked, flying)
        flying = {one for one in flying if not runs.executions[one].is_over}
    assert sorted(one.results["o"]["number"]["value"] for one in runs.executions.values())[1:] == list(range(100))  # type: ignore[index]


def test_more_than_a_server_takes_wait_their_turn(vro: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.simulator.vro.runs.MOST_AT_ONCE", 3)
    asked = vro("8.18")
    asked.world.task_seconds = 0.01
    identity = script_workflow(asked, "System.sleep(20);")
    ids = [start(asked, identity) for _number in range(10)]
    states = [asked.server.runs.executions[one].state for one in ids]
    assert states[3:] == ["initializing"] * 7
    asked.ask("DELETE", f"workflows/{identity}/executions/{ids[9]}/state")
    wait(asked, lambda: all(asked.server.runs.executions[one].is_over for one in ids))
    assert [asked.server.runs.executions[one].state for one in ids] == ["completed"] * 9 + ["canceled"]


def test_a_reset_ends_everything(vro: Make) -> None:
    asked = vro("8.18")
    identity = script_workflow(asked, "for (;;) {}")
    execution = asked.server.runs.executions[start(asked, identity)]
    wait(asked, lambda: execution.state == "running")
    asked.service.reset()
    assert not asked.server.runs.executions and not asked.server.runs._sessions


@pytest.mark.parametrize("version", VERSIONS)
def test_interactions(vro: Make, version: str) -> None:
    asked = vro(version)
    item = Item(
        "item1", INPUT, "Approve", out_name="item0", out_bindings=bindings("ok:boolean why:string"),
        fields=(Field("ok", "Is it fine?", True), Field("why", "Why?")),
    )  # fmt: skip
    identity = items_workflow(asked, [item], [], ["ok:boolean", "why:string"])
    execution = asked.server.runs.executions[start(asked, identity)]
    wait(asked, lambda: execution.state == "waiting")
    path = f"workflows/{identity}/executions/{execution.id}/interaction"
    rows = asked.rows("catalog/System/UserInteraction?status=0")
    assert [(one["name"], one["state"]) for one in rows] == [("Approve", "waiting")]
    item_document = asked.get(f"catalog/System/UserInteraction/{rows[0]['id']}/")
    assert any(f"/executions/{execution.id}/" in one["href"] for one in item_document["relations"]["link"])
    assert len(asked.rows(f"workflows/{identity}/interactions")) == 1
    down = [one["href"] for one in asked.get(path)["relations"]["link"] if one["rel"] == "down"]
    assert down[0].endswith(f"/executions/{execution.id}/interaction/presentation/")
    fields = asked.get(f"{path}/presentation")["steps"][0]["step"]["elements"][0]["fields"]
    assert [(one["id"], one["display-name"], one["type"], bool(one["constraints"])) for one in fields] == [
        ("ok", "Is it fine?", "boolean", True), ("why", "Why?", "string", False)]  # fmt: skip
    for given, valid in (({}, False), ({"ok": True}, True)):
        assert asked.post(f"{path}/presentation/instances", values(**given)).document()["valid"] is valid
    assert asked.post(path, values(why="no reason")).status == 400
    reply = asked.post(path, values(ok={"string": {"value": "yes"}}))
    assert reply.status == 400 and b"<html" in reply.body
    assert execution.state == "waiting"
    assert asked.post(path, values(ok=True, why="because")).status == 204
    done = finished(asked, identity, execution.id)
    assert outputs(done) == {"ok": True, "why": "because"}
    assert asked.post(path, values(ok=True)).status == 404
    assert asked.rows("catalog/System/UserInteraction?status=0") == []


def test_the_form_of_a_workflow(vro: Make) -> None:
    for version in VERSIONS:
        asked = vro(version)
        add = "8F8080808080808080808080808080808080808001299080088268176866967b3"
        form = asked.get(f"workflows/{add}/presentation/")
        fields = form["steps"][0]["step"]["elements"][0]["fields"]
        assert {one["id"] for one in fields if one["constraints"] == [{"@type": "mandatory"}]} == {"name", "url"}
        assert form["output-parameters"] == [{"name": "restHost", "type": "REST:RESTHost"}]
        made = asked.post(f"workflows/{add}/presentation/instances/", values(name="x"))
        assert made.status == 201 and made.document()["valid"] is False
        changed = asked.post(str(made.header("location")).partition("/vco/api/")[2], values(name="x", url="y"), "PUT")
        assert changed.document()["valid"] is True


def test_only_those_asked_may_answer(vro: Make) -> None:
    asked = vro("8.18", "operator@System Domain")
    assignees = Binding("security.assignees", "Array/LdapUser", "people")
    item = Item(
        "item1", INPUT, "Approve", out_name="item0", in_bindings=(assignees,), out_bindings=bindings("ok:boolean")
    )
    identity = items_workflow(asked, [item], ["people:Array/LdapUser"], ["ok:boolean"])
    person = {"sdk-object": {"type": "LdapUser", "id": "somebody@System Domain"}}
    execution = asked.server.runs.executions[start(asked, identity, values(people={"array": {"elements": [person]}}))]
    wait(asked, lambda: execution.state == "waiting")
    path = f"workflows/{identity}/executions/{execution.id}/interaction"
    assert asked.post(path, values(ok=True)).status == 400
    asked.log_in(asked.server.account.user)
    assert asked.post(path, values(ok=True)).status == 204
