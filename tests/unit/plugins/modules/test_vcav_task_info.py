"""The module in this process against the simulator: what a service did, chosen by the server."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_site_pairing import Pairing
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_task_info import Tasks


@pytest.fixture
def worked(estate: Any) -> Any:
    """The estate after an unpairing that failed and one that did not."""
    endpoint, password = estate.simulator.public(estate.there), estate.simulator.root_password(estate.there)
    options = {"site": estate.there, "public_endpoint": endpoint, "remote_root_password": password}
    estate.run(Pairing, accept_certificate=True, **options)
    estate.control.add_fault("fail_task", method="DELETE", path="sites/*", times=1, message="Not today.")
    assert estate.run(Pairing, site=estate.there, state="absent")["failed"] is True
    assert estate.run(Pairing, site=estate.there, state="absent")["changed"] is True
    estate.control.clear_journal()
    return estate


def states(result: Any) -> list[str]:
    return [task["state"] for task in result["vcav_task"]]


def test_a_service_that_did_nothing_has_no_tasks(estate: Any) -> None:
    assert estate.run(Tasks)["vcav_task"] == []


def test_all_tasks_come_the_newest_first(worked: Any) -> None:
    result = worked.run(Tasks)
    # Pairing is a task from release 4.0 on.
    assert states(result) == ["succeeded", "failed"] + (["succeeded"] if worked.release != "3.0" else [])
    assert (result["changed"], worked.writes) == (False, [])


def test_a_failed_task_tells_why_and_about_what(worked: Any) -> None:
    (task,) = worked.run(Tasks, state="failed")["vcav_task"]
    assert task["error"]["message"] == "Not today."
    assert (task["resource_name"], task["site"], task["user"]) == (worked.there, worked.here, "root")
    assert task["started"].endswith("Z") and task["started"] <= task["ended"]
    assert worked.run(Tasks, id=task["id"], user="nobody")["vcav_task"] == [task]


def test_an_unknown_id_gives_an_empty_list(worked: Any) -> None:
    assert worked.run(Tasks, id="no-such-task")["vcav_task"] == []


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        ({"state": "running"}, "state=RUNNING"),
        ({"user": "administrator@system"}, "user=administrator"),
        ({"resource_types": ["vmReplication", "pool"]}, "resourceType=vmReplication%2Cpool"),
        ({"operation_id": "no-such-operation"}, "operationID=no-such-operation"),
        ({"started_after": 4102444800000}, "startTimeAfter=4102444800000"),
    ],
)
def test_every_filter_is_the_servers(worked: Any, filters: dict[str, Any], query: str) -> None:
    assert worked.run(Tasks, **filters)["vcav_task"] == []
    (asked,) = [entry["path"] for entry in worked.control.journal() if "tasks?" in entry["path"]]
    assert query in asked


def test_filters_that_match_leave_their_tasks(worked: Any) -> None:
    result = worked.run(Tasks, user="root", resource_types=["site"], started_after=0)
    assert states(result)[:2] == ["succeeded", "failed"]
