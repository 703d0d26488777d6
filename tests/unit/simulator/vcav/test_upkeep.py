"""Support bundles, backups, updates, and the day on which the disk is full (contract 4.2, 4.3, 4.15)."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from cryptography.fernet import Fernet

from tests.simulator.front import dispatch
from tests.simulator.wire import Request

from .asking import NORTH, Estate, problem

BAD, NOT_THERE = (400, "BadUserInput"), (404, "NotFound")


def collect(estate: Estate, kind: str = "cloud") -> str:
    """A finished support bundle's id."""
    task = estate.finish(estate.ask("POST", "/diagnostics/bundles", kind=kind), kind)
    assert (task["state"], task["workflowInfo"]["resourceType"]) == ("SUCCEEDED", "supportBundle")
    return str(task["workflowInfo"]["resourceId"])


def cookie(estate: Estate, number: str) -> str:
    return str(estate.ask("POST", f"/diagnostics/bundles/cookie/{number}").document()["cookie"])


@pytest.mark.parametrize("kind", ["cloud", "manager", "replicator", "tunnel"])
def test_a_bundle_is_collected_and_removed(estate: Estate, kind: str) -> None:
    estate.log_in(kind=kind)
    assert estate.ask("GET", "/diagnostics/bundles", kind=kind).document() == []
    number = collect(estate, kind)
    assert estate.ask("GET", "/diagnostics/bundles", kind=kind).document() == [{"id": number}]
    assert estate.ask("DELETE", f"/diagnostics/bundles/{number}", kind=kind).status == 204
    assert problem(estate.ask("DELETE", f"/diagnostics/bundles/{number}", kind=kind)) == NOT_THERE


def test_it_is_not_there_before_its_task_ends(root: Estate) -> None:
    reply = root.ask("POST", "/diagnostics/bundles")
    assert root.ask("GET", "/diagnostics/bundles").document() == []
    number = reply.document()["workflowInfo"]["resourceId"]
    assert problem(root.ask("POST", f"/diagnostics/bundles/cookie/{number}")) == NOT_THERE


def test_a_download_takes_a_cookie_that_is_good_for_once(root: Estate) -> None:
    number = collect(root)
    path = f"/diagnostics/bundles/cookie/{number}"
    given = cookie(root, number)
    # Clients write an empty separator before it (contract 3.1).
    reply = root.ask("GET", f"{path}?&cookie={given}")
    assert reply.status == 200
    assert reply.header("Content-Disposition") == f'inline; filename="support-bundle-{number}.zip"'
    with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
        assert json.loads(archive.read("about.json"))["serviceType"] == "CLOUD"
    assert problem(root.ask("GET", f"{path}?&cookie={given}")) == BAD
    assert problem(root.ask("GET", path)) == BAD
    other = collect(root)
    assert problem(root.ask("GET", f"{path}?&cookie={cookie(root, other)}")) == BAD


def test_4_downloads_without_one(root: Estate, version: str) -> None:
    number = collect(root)
    reply = root.ask("GET", f"/diagnostics/bundles/{number}")
    assert reply.status == (405 if version.startswith("3") else 200)
    if reply.status == 200:
        assert reply.body.startswith(b"PK")


@pytest.mark.parametrize("version", ["4.3", "4.7"])
def test_a_backup_can_be_read_with_its_password_alone(root: Estate) -> None:
    task = root.finish(root.ask("POST", "/backups", {"password": "Secret-1"}))
    number = task["workflowInfo"]["resourceId"]
    assert task["state"] == "SUCCEEDED" and "Secret-1" not in str(task)
    assert root.ask("GET", "/backups").document() == [{"id": number}]
    content = root.ask("GET", f"/backups/{number}").body
    key = hashlib.pbkdf2_hmac("sha256", b"Secret-1", number.encode(), 1000)
    assert json.loads(Fernet(base64.urlsafe_b64encode(key)).decrypt(content))["serviceType"] == "CLOUD"
    assert problem(root.ask("POST", "/backups", {"password": ""})) == BAD
    assert root.ask("DELETE", f"/backups/{number}").status == 204
    assert problem(root.ask("GET", f"/backups/{number}")) == NOT_THERE


def test_3_has_no_backups() -> None:
    estate = Estate("3.5")
    estate.log_in()
    assert problem(estate.ask("GET", "/backups")) == NOT_THERE


def repository(estate: Estate, body: dict[str, Any]) -> Any:
    task = estate.finish(estate.ask("POST", "/update/repository-url", body))
    assert task["state"] == "SUCCEEDED" and task["workflowInfo"]["resourceType"] == "appliance"
    return estate.ask("GET", "/update/repository-url").document()


def test_the_vendors_repository_is_shown_with_its_address(root: Estate, version: str) -> None:
    shown = root.ask("GET", "/update/repository-url").document()
    assert shown["repositoryUrl"].endswith(f"/{version}.0.latest") and shown["username"] is None
    mine = {"repositoryUrl": "https://repo.example.net/vcav", "username": "reader", "password": "Secret-1"}
    assert repository(root, mine) == {"repositoryUrl": mine["repositoryUrl"], "username": "reader"}
    assert repository(root, {"repositoryUrl": "cdrom://"}) == {"repositoryUrl": "cdrom://", "username": None}
    assert repository(root, {"repositoryUrl": "", "username": None}) == shown


@pytest.mark.parametrize(
    "body", [{"repositoryUrl": "ftp://x"}, {"repositoryUrl": "https://x", "password": "y"}, {"username": "x"}]
)
def test_a_repository_that_is_none_is_refused(root: Estate, body: dict[str, Any]) -> None:
    assert problem(root.ask("POST", "/update/repository-url", body)) == BAD


def test_an_update_restarts_the_appliance_with_a_newer_build(root: Estate) -> None:
    before = root.ask("GET", "/diagnostics/about").document()["buildVersion"]
    available = root.finish(root.ask("GET", "/update"))["result"]["version"]
    assert available != before
    assert "License Agreement" in root.finish(root.ask("GET", "/update/eula"))["result"]["eula"]
    reply = root.ask("POST", "/update")
    assert reply.status == 202
    root.world.advance(1)
    for kind in ("cloud", "manager"):
        assert root.world.is_closed(root.service(kind))
    root.world.advance(10)
    assert problem(root.ask("GET", f"/tasks/{reply.document()['id']}")) == (401, "NotAuthenticated")
    root.log_in()
    assert root.ask("GET", f"/tasks/{reply.document()['id']}").document()["state"] == "SUCCEEDED"
    for kind in ("cloud", "manager"):
        root.log_in(kind=kind)
        assert root.ask("GET", "/diagnostics/about", kind=kind).document()["buildVersion"] == available
    root.log_in(kind="tunnel")
    assert root.ask("GET", "/diagnostics/about", kind="tunnel").document()["buildVersion"] == before
    assert root.finish(root.ask("GET", "/update"))["result"] is None
    assert root.finish(root.ask("POST", "/update"))["error"]["msg"] == "There is no update."
    root.world.reset()
    root.log_in()
    assert root.ask("GET", "/diagnostics/about").document()["buildVersion"] == before


def test_a_drive_without_a_disc_has_no_update(root: Estate) -> None:
    repository(root, {"repositoryUrl": "cdrom://"})
    assert root.finish(root.ask("GET", "/update"))["state"] == "FAILED"


def test_only_taking_an_update_counts_as_a_write(root: Estate) -> None:
    root.ask("GET", "/update")
    root.ask("GET", "/update/eula")
    assert not list(root.world.journal.find(write=True))
    root.ask("POST", "/update")
    assert len(list(root.world.journal.find(write=True))) == 1


def test_a_full_disk_stops_what_writes_to_it(root: Estate, version: str) -> None:
    fault = root.world.faults.add("disk_full", f"{NORTH}/*/cloud")
    assert root.service().health()["diskUsage"]["free"] == 0
    asked = [("/diagnostics/bundles", None), ("/update", None)]
    if not version.startswith("3"):
        asked.append(("/backups", {"password": "Secret-1"}))  # type: ignore[arg-type]
    for path, body in asked:
        task = root.finish(root.ask("POST", path, body))
        assert (task["state"], task["error"]["msg"]) == ("FAILED", "No space left on device.")
    root.world.faults.clear(fault.id)
    assert root.service().health()["diskUsage"]["free"] > 0
    collect(root)


def test_a_task_of_upkeep_can_be_made_to_fail(root: Estate) -> None:
    root.world.faults.add("fail_task", path="diagnostics/bundles", times=1, parameters={"message": "no"})
    assert root.finish(root.ask("POST", "/diagnostics/bundles"))["error"]["msg"] == "no"
    assert root.ask("GET", "/diagnostics/bundles").document() == []


def test_a_reboot_forgets_log_levels_and_sessions(root: Estate) -> None:
    root.ask("PUT", "/diagnostics/loglevels", {"logger": "com.vmware", "level": "TRACE"})
    assert root.ask("POST", "/os/reboot").status == 200
    assert dispatch(root.world, root.service(), Request("GET", "/config")).reply is None
    root.world.advance(10)
    assert problem(root.ask("GET", "/config")) == (401, "NotAuthenticated")
    root.log_in()
    assert root.ask("GET", "/diagnostics/loglevels").document() == {"com.vmware": "INFO"}
