"""Tasks: shapes, states, faults, cancelling (contract section 4.6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.simulator.vcd.asking import HOST, V, Vcd

JSON = "application/*+json;version=36.0"
Maker = Callable[..., Vcd]


def deleting(vcd: Vcd) -> str:
    """Begins the deletion of Tyrell; answers the path of the task."""
    identity = vcd.world.sites["North"].organizations["Tyrell"].id
    assert vcd.ask("POST", f"/api/admin/org/{identity}/action/disable").status == 204
    reply = vcd.ask("DELETE", f"/cloudapi/1.0.0/orgs/urn:vcloud:org:{identity}?force=true&recursive=true")
    assert reply.status == 202
    return (reply.header("Location") or "").removeprefix(f"https://{HOST}")


def state(vcd: Vcd, path: str) -> dict[str, Any]:
    reply = vcd.get(path, accept=JSON)
    assert reply.status == 200
    body: dict[str, Any] = json.loads(reply.body)
    return body


def test_a_task_goes_through_its_states_as_time_passes(system: Maker) -> None:
    vcd = system("10.3")
    vcd.world.task_seconds = 100
    path = deleting(vcd)
    seen = []
    for seconds in (0, 12, 30, 40, 30):
        vcd.world.advance(seconds)
        body = state(vcd, path)
        seen.append((body["status"], body["progress"], "endTime" in body))
    assert seen == [
        ("queued", 0, False),
        ("preRunning", 12, False),
        ("running", 42, False),
        ("running", 82, False),
        ("success", 100, True),
    ]
    assert "Tyrell" not in vcd.world.sites["North"].organizations


def test_the_xml_of_a_task(system: Maker) -> None:
    vcd = system("10.3")
    identity = vcd.world.sites["North"].organizations["Tyrell"].id
    path = deleting(vcd)
    status, task = vcd.xml(path)
    assert (status, task.tag, task.get("name"), task.get("href")) == (200, f"{V}Task", "task", f"https://{HOST}{path}")
    assert task.get("operation") == f"Deleting Organization Tyrell({identity})"
    assert (task.get("operationName"), task.get("serviceNamespace")) == ("orgDelete", "com.vmware.vcloud")
    assert str(task.get("startTime")).endswith("Z") and str(task.get("expiryTime")) > str(task.get("startTime"))
    assert task.get("id") == f"urn:vcloud:task:{path.rpartition('/')[2]}"
    order = [child.tag.removeprefix(V) for child in task]
    assert order == ["Link", "Owner", "User", "Organization", "Progress", "Details"]
    owner = task.find(f"{V}Owner")
    assert owner is not None and dict(owner.attrib) == {
        "href": f"https://{HOST}/api/admin/org/{identity}",
        "id": f"urn:vcloud:org:{identity}",
        "name": "Tyrell",
        "type": "application/vnd.vmware.admin.organization+xml",
    }


def test_the_json_of_a_task(system: Maker) -> None:
    vcd = system("10.3")
    path = deleting(vcd)
    vcd.world.advance(1)
    reply = vcd.get(path, accept=JSON)
    assert reply.header("content-type") == "application/vnd.vmware.vcloud.task+json;version=36.0"
    body = json.loads(reply.body)
    expected = {
        "status": "success",
        "operationName": "orgDelete",
        "error": None,
        "progress": 100,
        "details": "",
        "result": None,
    }
    assert {name: body[name] for name in expected} == expected
    assert body["owner"]["name"] == "Tyrell" and body["user"]["name"] == "administrator"


@pytest.mark.parametrize(
    ("parameters", "status", "error"),
    [
        ({"message": "no disk left"}, "error", True),
        ({"status": "canceled"}, "canceled", False),
        ({"status": "aborted"}, "aborted", False),
    ],
)
def test_a_task_fails_on_demand_and_changes_nothing(
    system: Maker, parameters: dict[str, str], status: str, error: bool
) -> None:
    vcd = system("10.3")
    vcd.world.faults.add("fail_task", "North/vcd", "DELETE", "/cloudapi/1.0.0/orgs/*", 1, parameters)
    path = deleting(vcd)
    assert state(vcd, path)["status"] == "queued"
    vcd.world.advance(1)
    body = state(vcd, path)
    assert body["status"] == status
    assert (body["error"] is not None) is error
    if error:
        assert body["error"]["majorErrorCode"] == 500 and body["error"]["message"].endswith("] no disk left")
        assert vcd.xml(path)[1].find(f"{V}Error") is not None
    assert "Tyrell" in vcd.world.sites["North"].organizations
    path = deleting(vcd)
    vcd.world.advance(1)
    assert state(vcd, path)["status"] == "success", "the fault was for one task"


def test_a_task_that_hangs_runs_until_it_is_canceled(system: Maker) -> None:
    vcd = system("10.3")
    vcd.world.faults.add("hang_task", "North/vcd")
    path = deleting(vcd)
    vcd.world.advance(1200)
    assert state(vcd, path)["status"] == "running"
    assert vcd.ask("POST", f"{path}/action/cancel").status == 204
    assert state(vcd, path)["cancelRequested"] is True
    vcd.world.advance(1)
    assert state(vcd, path)["status"] == "canceled"
    assert vcd.ask("POST", f"{path}/action/cancel").status == 400
    assert "Tyrell" in vcd.world.sites["North"].organizations


def test_tasks_in_the_list_and_in_the_query_service(system: Maker) -> None:
    vcd = system("10.3")
    path = deleting(vcd)
    system_id = "a93c9db9-7471-3192-8d09-a8f7eeda85f9"
    status, found = vcd.xml(f"/api/tasksList/{system_id}")
    assert (status, [task.get("href") for task in found]) == (200, [f"https://{HOST}{path}"])
    assert vcd.xml("/api/tasksList/00000000-0000-4000-8000-000000000000")[0] == 403
    for kind, element in (("task", "TaskRecord"), ("adminTask", "AdminTaskRecord")):
        _status, records = vcd.xml(f"/api/query?type={kind}&filter=objectName==Tyrell;status!=success")
        (record,) = records
        assert (record.tag, record.get("name"), record.get("status")) == (f"{V}{element}", "orgDelete", "queued")
        assert record.get("href") == f"https://{HOST}{path}"
        assert record.get("org") == f"https://{HOST}/api/org/{system_id}"


def test_unknown_expired_and_foreign_tasks_answer_403(vcd: Maker) -> None:
    made = vcd("10.3", tenants=("Tyrell", "Weyland"))
    made.log_in()
    path = deleting(made)
    assert made.get("/api/task/00000000-0000-4000-8000-000000000000").status == 403
    made.log_in("admin@Weyland")
    status, error = made.xml(path)
    assert (status, error.get("minorErrorCode")) == (403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN")
    assert made.xml("/api/query?type=task")[1].get("total") == "0"
    made.world.advance(91 * 24 * 3600)
    made.log_in()
    assert made.get(path).status == 403


def test_a_reset_forgets_tasks_and_brings_the_organization_back(system: Maker) -> None:
    vcd = system("10.3")
    path = deleting(vcd)
    vcd.world.advance(1)
    vcd.world.reset()
    vcd.log_in()
    assert vcd.get(path).status == 403
    assert vcd.xml("/api/org")[1][0].get("name") == "Tyrell"
