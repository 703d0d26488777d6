"""Tasks as the module reads them from simulated vCloud Directors: a provider's, a tenant's, and their errors."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_org import Organization
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_task_info import Tasks
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.vcds import Vcd

vcd = vcds.fixture("9.0", "9.7", "10.6")


@pytest.fixture
def history(vcd: Vcd) -> list[dict[str, Any]]:
    """Three removals: of Wallace, of Niander, which failed, and of Sapper, which hangs."""
    for name in ("Wallace", "Niander", "Sapper"):
        vcd.run(Organization, name=name)
    vcd.run(Organization, name="Wallace", state="absent")
    vcd.control.add_fault("fail_task", service="*/vcd", times=1, message="The moon is full.")
    vcd.run(Organization, name="Niander", state="absent")
    vcd.control.add_fault("hang_task", service="*/vcd", times=1)
    vcd.run(Organization, name="Sapper", state="absent", wait_timeout=0)
    vcd.control.clear_journal()
    return list(vcd.run(Tasks)["vcd_task"])


def test_a_task_is_told_whole(vcd: Vcd, history: list[dict[str, Any]]) -> None:
    by_object = {task["object_name"]: task for task in history}
    assert set(by_object) == {"Wallace", "Niander", "Sapper"}
    done = by_object["Wallace"]
    assert (done["name"], done["status"], done["progress"], done["error"]) == ("orgDelete", "success", 100, None)
    assert (done["org"], done["user"], done["object_type"]) == ("System", "administrator", "org")
    assert done["id"].startswith("urn:vcloud:task:")
    assert done["object_id"].startswith("urn:vcloud:org:")
    assert done["started"] <= done["ended"]
    assert done["started"].endswith("Z") and len(done["started"]) == len("2026-03-01T22:00:00Z")
    assert by_object["Sapper"]["status"] in ("queued", "pre_running", "running")
    assert by_object["Sapper"]["ended"] is None


def test_why_a_task_failed_is_read_from_the_task(vcd: Vcd, history: list[dict[str, Any]]) -> None:
    failed = next(task for task in history if task["object_name"] == "Niander")
    assert failed["status"] == "error"
    assert failed["error"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "The moon is full." in failed["error"]["message"]
    assert failed["operation"].startswith("Deleting Organization Niander")
    assert [each.split("/api/")[1].split("?")[0].split("/")[0] for each in vcd.requests] == ["query", "task"]
    vcd.control.clear_journal()
    unread = vcd.run(Tasks, with_error=False)["vcd_task"]
    assert [task["error"] for task in unread] == [None] * 3
    assert len(vcd.requests) == 1


def test_filters_go_to_the_server(vcd: Vcd, history: list[dict[str, Any]]) -> None:
    def objects(**options: Any) -> set[str]:
        return {task["object_name"] for task in vcd.run(Tasks, with_error=False, **options)["vcd_task"]}

    assert objects(status=["error", "canceled"]) == {"Niander"}
    assert objects(object="Wallace") == {"Wallace"}
    assert objects(object="*a*e*") == {"Wallace", "Niander", "Sapper"}
    assert objects(name="orgDelete", status=["success"]) == {"Wallace"}
    assert objects(name="orgdelete") == set()
    assert objects(org="System") == {"Wallace", "Niander", "Sapper"}
    assert objects(org="Tyrell") == set()
    assert objects(org="System", status=["canceled"]) == set()
    assert objects(since="2000-01-01T00:00:00Z") == {"Wallace", "Niander", "Sapper"}
    assert objects(since="2100-01-01T00:00:00Z") == set()
    asked = [each for each in vcd.requests if "type=adminTask" in each]
    assert len([each for each in asked if "filter=" in each]) == len(asked) - 1  # all but that of the history


def test_one_task_by_its_id(vcd: Vcd, history: list[dict[str, Any]]) -> None:
    for task in history:
        (found,) = vcd.run(Tasks, id=task["id"])["vcd_task"]
        assert {**found, "progress": None, "status": None} == {
            **task, "progress": None, "status": None, "operation": found["operation"],
        }  # fmt: skip
        assert found["operation"].startswith(f"Deleting Organization {task['object_name']}")
        assert vcd.run(Tasks, id=task["id"].rpartition(":")[2])["vcd_task"][0]["id"] == task["id"]
    assert vcd.run(Tasks, id="00000000-0000-4000-8000-000000000000")["vcd_task"] == []


def test_check_mode_reads_the_same_and_in_the_same_order(vcd: Vcd, history: list[dict[str, Any]]) -> None:
    still = {"status": ["success", "error"]}
    assert vcd.run(Tasks, check=True, **still) == vcd.run(Tasks, **still)
    started = [task["started"] for task in history]
    assert started == sorted(started, reverse=True)


def test_a_tenant_reads_the_own_tasks(vcd: Vcd, history: list[dict[str, Any]]) -> None:
    assert vcd.run(Tasks, vcd_user="admin@Tyrell")["vcd_task"] == []
    assert "type=task" in vcd.requests[-1]


@pytest.mark.parametrize(
    "options, told",
    [
        ({"since": "yesterday"}, "since is 'yesterday': write a moment in UTC"),
        ({"org": ""}, "org is '': give a name, or leave it out for all"),
    ],
)
def test_what_cannot_be_is_refused_before_any_request(vcd: Vcd, options: dict[str, Any], told: str) -> None:
    result = vcd.run(Tasks, **options)
    assert result["failed"] and told in result["msg"]
    assert vcd.control.journal() == []


def test_an_unknown_organization_is_named_with_the_one_that_may_be_meant(vcd: Vcd) -> None:
    result = vcd.run(Tasks, org="Tirell")
    assert result["failed"]
    assert "org is 'Tirell': there is no such organization; did you mean 'Tyrell'?" in result["msg"]
    result = vcd.run(Tasks, org="Wallace", vcd_user="admin@Tyrell")
    assert result["failed"]
    assert "org is 'Wallace': there is no such organization that the user sees; 'Tyrell' is" in result["msg"]
