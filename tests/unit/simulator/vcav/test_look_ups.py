"""Organizations, VDCs and tasks: pages and filters (contract 3.5, 3.6, 4.11)."""

from __future__ import annotations

from typing import Any

import pytest

from .asking import PASSWORD, Estate

ACME = {"type": "vcdCredentials", "vcdUser": "admin@Acme", "vcdPassword": PASSWORD}


def names(answer: Any) -> list[str]:
    return [item["name"] for item in answer["items"]]


@pytest.mark.parametrize(
    ("query", "offset", "limit", "count"),
    [
        ("", 0, 100, 100), ("?offset=200", 200, 100, 52), ("?offset=252", 252, 100, 0), ("?offset=9999", 9999, 100, 0),
        ("?limit=10", 0, 10, 10), ("?limit=1000", 0, 100, 100), ("?offset=250&limit=5", 250, 5, 2),
    ],
)  # fmt: skip
def test_organizations_come_in_pages_of_a_hundred_at_most(
    root: Estate, query: str, offset: int, limit: int, count: int
) -> None:
    root.world.scale(250, "North")
    answer = root.ask("GET", f"/inventory/orgs{query}").document()
    assert (answer["total"], answer["offset"], answer["limit"], len(answer["items"])) == (252, offset, limit, count)


def test_all_pages_together_are_all_organizations(root: Estate) -> None:
    root.world.scale(230, "North")
    found: list[str] = []
    while True:
        answer = root.ask("GET", f"/inventory/orgs?offset={len(found)}").document()
        found += names(answer)
        if len(found) >= answer["total"]:
            break
    assert len(set(found)) == 232


def test_ids_are_bare_and_stay(root: Estate) -> None:
    first = root.ask("GET", "/inventory/orgs").document()["items"]
    assert [len(item["id"]) for item in first] == [36, 36]
    root.world.scale(1)
    assert root.ask("GET", "/inventory/orgs").document()["items"][:2] == first


def test_an_organization_user_sees_his_own_only(estate: Estate) -> None:
    estate.log_in(ACME)
    assert names(estate.ask("GET", "/inventory/orgs").document()) == ["Acme"]
    assert names(estate.ask("GET", "/inventory/vdcs").document()) == ["Acme North Allocated"]
    assert estate.ask("GET", "/inventory/provider-vdcs").status == 403


def test_vdcs_are_found_by_name(root: Estate) -> None:
    assert root.ask("GET", "/inventory/vdcs").document()["total"] == 2
    answer = root.ask("GET", "/inventory/vdcs?name=Tyrell%20North%20Allocated").document()
    assert names(answer) == ["Tyrell North Allocated"]
    assert len(root.ask("GET", "/inventory/provider-vdcs").document()) == 1


@pytest.fixture(name="busy")
def with_tasks() -> Estate:
    """Three health tasks of two users with operation ids, and a failed pairing."""
    estate = Estate("4.7")
    system = {"type": "vcdCredentials", "vcdUser": "administrator@System", "vcdPassword": PASSWORD}
    for number, login in enumerate((None, None, system)):
        estate.log_in(login)
        estate.ask("POST", "/diagnostics/health", headers={"operationID": f"op-{number}"})
        estate.world.advance(10)
    estate.ask("POST", "/sites", {**estate.pairing_body(), "site": "East"})
    estate.world.advance(10)
    return estate


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4), ("?limit=2", 2), ("?offset=3", 1), ("?operationID=op-1", 1), ("?operationID=other", 0),
        ("?user=root", 2), ("?user=administrator@System", 2), ("?state=SUCCEEDED", 3), ("?state=FAILED", 1),
        ("?resourceType=CLOUD", 3), ("?resourceType=pair,repair", 1), ("?site=North", 4), ("?site=South", 0),
        ("?startTimeAfter=0", 4), ("?startTimeBefore=1", 0),
    ],
)  # fmt: skip
def test_tasks_are_filtered(busy: Estate, query: str, count: int) -> None:
    answer = busy.ask("GET", f"/tasks{query}").document()
    assert len(answer["items"]) == count


def test_a_task_has_every_field_of_the_contract(busy: Estate) -> None:
    failed = busy.ask("GET", "/tasks?state=FAILED").document()["items"][0]
    assert set(failed) == {
        "id", "user", "workflowInfo", "progress", "state", "lastUpdated", "startTime", "endTime", "resultType",
        "result", "error", "warnings", "site",
    }  # fmt: skip
    assert failed["error"]["code"] == "GeneralServerFailure" and failed["result"] is None
    assert failed["endTime"] >= failed["startTime"]


def test_progress_grows_with_time() -> None:
    estate = Estate("4.7")
    estate.log_in()
    estate.world.task_seconds = 10
    task = estate.ask("POST", "/diagnostics/health").document()
    seen = [task["progress"]]
    for _unused in range(3):
        estate.world.advance(3)
        seen.append(estate.ask("GET", f"/tasks/{task['id']}").document()["progress"])
    assert seen == sorted(seen) and seen[0] < 10 and 80 <= seen[-1] < 100
    estate.world.advance(3)
    done = estate.ask("GET", f"/tasks/{task['id']}").document()
    assert (done["state"], done["progress"]) == ("SUCCEEDED", 100)


def test_a_task_belongs_to_the_service_that_started_it() -> None:
    estate = Estate("4.7")
    estate.log_in()
    estate.log_in(kind="manager")
    task = estate.ask("POST", "/diagnostics/health", kind="manager").document()["id"]
    assert estate.ask("GET", f"/tasks/{task}", kind="manager").status == 200
    assert estate.ask("GET", f"/tasks/{task}").status == 404


def test_organization_users_see_their_own_tasks(busy: Estate) -> None:
    task = busy.ask("GET", "/tasks").document()["items"][0]["id"]
    busy.log_in(ACME)
    assert busy.ask("GET", "/tasks").document()["total"] == 0
    assert busy.ask("GET", f"/tasks/{task}").status == 404
