"""Bad days of the estate: unknown names, partial failures, pairings that break, tasks that fail or hang, a full disk.

Each ends in the right state or in an error that says what was done and what was not, and the next run repairs. What was
asked of the services is read off the simulator's journal.
"""

from __future__ import annotations

import fnmatch
import json
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.bad_days import CLEAR, HERE, TENANT, THERE, USUAL, WAYS, Day, Way, control, fault, play_day, task
from tests.e2e.plays import command, environment
from tests.simulator.running import Running, running_simulator

PAIRING, PAIRINGS, ASSIGN = "vcav_site_pairing", "vcav_site_pairing_info", "vcav_policy_assignments"
REMOTE_PASSWORD = "{{ lookup('ansible.builtin.env', 'LAB_PASSWORD') }}"
WRONG_PASSWORD = "{{ lookup('ansible.builtin.env', 'LAB_WRONG_PASSWORD') }}"
OTHER_THUMBPRINT = "SHA-256:" + ":".join(["AB"] * 32)
TENANTS = [f"tenant-{number:05d}" for number in range(1, 41)]
CLOUD_HERE, CLOUD_THERE = f"{HERE}/*/cloud", f"{THERE}/*/cloud"


@pytest.fixture(scope="module")
def oldest() -> Iterator[Running]:
    """Release 3.0: pairing answers at once, and with the other side's password pairs both directions."""
    with running_simulator(product_version="3.0", organizations=len(TENANTS)) as running:
        yield running


@pytest.fixture(scope="module")
def newest() -> Iterator[Running]:
    """Release 4.7: pairing is a task."""
    with running_simulator(product_version="4.7") as running:
        yield running


@pytest.fixture(params=[pytest.param("oldest", marks=pytest.mark.slow), "newest"])
def simulator(request: pytest.FixtureRequest) -> Running:
    """Both."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def trusting(simulator: Running, **more: Any) -> dict[str, Any]:
    """Options of a pairing with the other site, whatever certificate it shows."""
    options = {"site": THERE, "public_endpoint": simulator.public(THERE), "accept_certificate": True}
    return {**options, "remote_root_password": REMOTE_PASSWORD, "wait_timeout": 10, "wait_interval": 1, **more}


def pinning(simulator: Running, thumbprint: str, **more: Any) -> dict[str, Any]:
    """The same, trusting one thumbprint only."""
    return trusting(simulator, accept_certificate=False, peer_thumbprint=thumbprint, **more)


def assigning(policy: str, *orgs: str, **more: Any) -> dict[str, Any]:
    """Options that give tenants a policy."""
    return {"assignments": [{"policy": policy, "orgs": list(orgs or TENANTS)}], **more}


def troubles(day: Day, name: str) -> Any:
    return day[name].result["troubles"]


def test_names_that_do_not_exist_change_nothing(oldest: Running, tmp_path: Path) -> None:
    steps = [
        task("gold", "vcav_policy", name="gold"),
        task("policy", ASSIGN, assignments=[{"policy": "gold", "org": TENANTS[0]}, {"policy": "Gold", "org": TENANT}]),
        task("org", ASSIGN, **assigning("gold", TENANTS[0], "Tyrel")),
        task("twice", ASSIGN, assignments=[{"policy": "gold", "org": TENANT}, {"policy": "default", "org": TENANT}]),
        task("predicted", ASSIGN, {"check_mode": True}, **assigning("gold", "Tyrel")),
        task("listed", "vcav_policy_assignments_info", policy="glod"),
        task("heir", "vcav_policy", name="gold", state="absent", replace_with="glod"),
        task("default", "vcav_policy", name="default", state="absent"),
        task("assigned", ASSIGN, **assigning("gold", TENANT)),
        task("in_use", "vcav_policy", name="gold", state="absent"),
        task("again", ASSIGN, **assigning("gold", TENANT)),
    ]
    day = play_day(oldest, USUAL, tmp_path, steps)
    day["policy"].says("policy 'Gold' does not exist", HERE, "did you mean 'gold'?", "Nothing was changed.")
    day["org"].says("organization 'Tyrel' does not exist", HERE, "did you mean 'Tyrell'?", "Nothing was changed.")
    day["twice"].says("assignments[1]", "'Tyrell' is named twice", "one policy")
    assert day["predicted"].changed and "Tyrel" in day["predicted"].result["warnings"][0]
    day["listed"].says("policy is 'glod'", "did you mean 'gold'?")
    day["heir"].says("replace_with is 'glod'", "no other policy of that name")
    day["default"].says("'Default Policy'", "cannot be removed, only changed")
    day["in_use"].says("'gold' is assigned to 1 organization:", "set replace_with", "Nothing was changed.")
    for name in ("policy", "org", "twice", "predicted", "listed", "heir", "default", "in_use"):
        assert day[name].writes == 0
    assert day["assigned"].changed and not day["again"].changed


@pytest.mark.parametrize("way", WAYS)
def test_some_assignments_fail_and_the_others_are_made(oldest: Running, way: Way, tmp_path: Path) -> None:
    refused = TENANTS[1:4]
    steps: list[dict[str, Any]] = [task("gold", "vcav_policy", name="gold")]
    steps += [fault("refuse_role", method="PATCH", path=f"policies/*/orgs/{org}", times=1) for org in refused]
    steps += [
        task("partial", ASSIGN, {"diff": True}, **assigning("gold")),
        task("repair", ASSIGN, **assigning("gold")),
        task("again", ASSIGN, **assigning("gold")),
    ]
    day = play_day(oldest, way, tmp_path, steps)
    partial = day["partial"]
    partial.says("3 of 40 changes failed, 37 were made", "403 Forbidden", "outcomes", "running the task again repairs")
    outcomes = {row["org"]: row for row in partial.result["outcomes"]}
    assert sorted(org for org, row in outcomes.items() if "error" in row) == refused
    assert all("Permission denied" in outcomes[org]["error"] and not outcomes[org]["changed"] for org in refused)
    assert all(row["changed"] and row["policy"] == "gold" for org, row in outcomes.items() if org not in refused)
    assert partial.result["changed"] is True and len(partial.result["diff"]) == 37
    assert day["repair"].changed and day["repair"].writes == 3
    assert not day["again"].changed and day["again"].writes == 0


def test_fail_fast_begins_nothing_more_after_the_first_failure(oldest: Running, tmp_path: Path) -> None:
    steps = [
        task("gold", "vcav_policy", name="gold"),
        fault("refuse_role", method="PATCH"),
        task("stopped", ASSIGN, **assigning("gold", fail_fast=True)),
        CLEAR,
        task("repair", ASSIGN, **assigning("gold", fail_fast=True)),
        task("again", ASSIGN, **assigning("gold", fail_fast=True)),
    ]
    day = play_day(oldest, USUAL, tmp_path, steps)
    day["stopped"].says("of 40 changes failed", "were not begun because of fail_fast", "0 were made", "403")
    sent = day["stopped"].count("PATCH")
    assert 1 <= sent <= 24  # those that were in flight already
    idle = [row for row in day["stopped"].result["outcomes"] if row["error"].startswith("not begun")]
    assert len(idle) == 40 - sent
    assert day["repair"].changed and not day["again"].changed


def test_a_policy_whose_tenants_cannot_all_be_moved_stays(oldest: Running, tmp_path: Path) -> None:
    removal = {"name": "gold", "state": "absent", "replace_with": "default"}
    steps = [
        task("gold", "vcav_policy", name="gold"),
        task("assigned", ASSIGN, **assigning("gold", *TENANTS[:5])),
        fault("refuse_role", method="PATCH", path=f"policies/*/orgs/{TENANTS[2]}", times=1),
        task("stuck", "vcav_policy", **removal),
        task("repair", "vcav_policy", **removal),
        task("again", "vcav_policy", **removal),
    ]
    day = play_day(oldest, USUAL, tmp_path, steps)
    day["stuck"].says("'gold' was not removed", "4 of its 5 organizations", "1 were not", TENANTS[2], "403", "again")
    assert day["stuck"].count("DELETE") == 0
    repair = day["repair"]
    assert repair.changed and (repair.count("PATCH"), repair.count("DELETE", "policies/*")) == (1, 1)
    assert not day["again"].changed


def test_a_pairing_that_cannot_be_is_explained(simulator: Running, tmp_path: Path) -> None:
    options, shown = trusting(simulator), simulator.thumbprint(THERE)
    service_here = next(name for name in simulator.control.status()["services"] if fnmatch.fnmatch(name, CLOUD_HERE))
    steps = [
        task("silent", PAIRING, **{**options, "accept_certificate": False}),
        task("other_thumbprint", PAIRING, **pinning(simulator, OTHER_THUMBPRINT)),
        task("no_thumbprint", PAIRING, **pinning(simulator, "AB:CD")),
        task("itself", PAIRING, **{**options, "site": HERE}),
        task("other_name", PAIRING, **{**options, "site": "Wellington"}),
        task("nowhere", PAIRING, **{**options, "public_endpoint": "https://vcav-d00.example.net"}),
        task("no_url", PAIRING, **{**options, "public_endpoint": "vcav-c00.example.net"}),
        fault("tunnel_down", service=CLOUD_THERE),
        task("tunnel_there", PAIRING, **options),
        CLEAR,
        fault("tunnel_down", service=CLOUD_HERE),
        task("tunnel_here", PAIRING, **options),
        CLEAR,
        fault("same_certificate", service=CLOUD_THERE, of=service_here),
        task("same", PAIRING, **options),
        CLEAR,
        task("listed", PAIRINGS),
        task("paired", PAIRING, **options),
        task("again", PAIRING, **options),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    day["silent"].says("peer_thumbprint is not set", f"It shows {shown} now", "accept_certificate: true")
    day["other_thumbprint"].says(
        f"peer_thumbprint is {OTHER_THUMBPRINT}", f"shows {shown} now", "accept_certificate", "Nothing was changed."
    )
    day["no_thumbprint"].says("peer_thumbprint is 'AB:CD'", "32 bytes")
    day["itself"].says(f"site is '{HERE}'", "this site itself")
    day["other_name"].says(simulator.public(THERE), "not named 'Wellington'")
    day["nowhere"].says("Cannot connect to 'https://vcav-d00.example.net:443'")
    day["no_url"].says("public_endpoint is 'vcav-c00.example.net'", "https://<host>[:port]")
    day["tunnel_there"].says(f"tunnel of site '{THERE}' is down")
    day["tunnel_here"].says(f"tunnel of site '{HERE}' is down")
    day["same"].says("same certificate as this site", "give one of them its own")
    for name in ("silent", "other_thumbprint", "no_thumbprint", "itself", "nowhere", "no_url", "same"):
        assert day[name].writes == 0
    assert day["listed"].result["vcav_site_pairing"] == []
    assert day["paired"].changed and not day["again"].changed


def test_the_other_sites_password_is_wrong(oldest: Running, tmp_path: Path) -> None:
    steps = [
        task("wrong", PAIRING, **trusting(oldest, remote_root_password=WRONG_PASSWORD)),
        task("one_side", PAIRING, **trusting(oldest, remote_root_password=None)),
        task("one_side_again", PAIRING, **trusting(oldest, remote_root_password=None)),
        task("both", PAIRING, **trusting(oldest)),
        task("again", PAIRING, **trusting(oldest)),
        task("sound", PAIRINGS),
    ]
    day = play_day(oldest, USUAL, tmp_path, steps)
    day["wrong"].says("POST /sites", f"Site '{THERE}' refused the root password")
    # Before 4.0 a site without the other's password pairs itself only, says so, and does not do it again.
    assert day["one_side"].changed and not day["one_side_again"].changed
    for name in ("one_side", "one_side_again"):
        assert "Pair it from its own side too, or give remote_root_password" in day[name].result["warnings"][0]
    assert day["both"].changed and not day["again"].changed and troubles(day, "sound") == []


@pytest.mark.parametrize("way", [USUAL, WAYS[3]])
def test_a_pairing_task_that_fails_is_told_and_the_next_run_pairs(newest: Running, way: Way, tmp_path: Path) -> None:
    steps = [
        fault("fail_task", method="POST", path="sites", times=1, message="No space left on device."),
        task("failed", PAIRING, **trusting(newest)),
        task("repair", PAIRING, **trusting(newest)),
        task("again", PAIRING, **trusting(newest)),
    ]
    day = play_day(newest, way, tmp_path, steps)
    day["failed"].says(f"pairing with {THERE}", "ended FAILED", "No space left on device.")
    assert day["failed"].result["error"]["task"]["state"] == "FAILED" and day["failed"].count("POST", "sites") == 1
    assert day["repair"].changed and not day["again"].changed


def test_a_task_that_never_ends_is_joined_and_not_started_twice(newest: Running, tmp_path: Path) -> None:
    hasty = trusting(newest, wait_timeout=1)
    steps = [
        control("task_seconds", seconds=2.5),
        task("slow", PAIRING, **hasty),
        task("joined", PAIRING, **trusting(newest)),
        task("settled", PAIRING, **hasty),
        control("task_seconds", seconds=0.1),
        task("removed", PAIRING, site=THERE, state="absent"),
        fault("hang_task", method="POST", path="sites", times=1),
        task("hangs", PAIRING, **hasty),
        task("still", PAIRING, **hasty),
        fault("restart", seconds=0.3, times=1),
        task("repair", PAIRING, **hasty),
        task("again", PAIRING, **hasty),
    ]
    day = play_day(newest, USUAL, tmp_path, steps)
    day["slow"].says("is still RUNNING", "after 1 seconds", "goes on at the server", "wait_timeout", "vcav_task_info")
    assert day["joined"].changed and day["joined"].count("POST", "sites") == 0 and not day["settled"].changed
    day["hangs"].says("is still RUNNING at 0 percent", "services are restarted")
    assert day["still"].failed and day["still"].count("POST", "sites") == 0
    assert day["still"].message == day["hangs"].message  # the same task
    # Whatever ran before the services were restarted runs no more.
    assert day["repair"].changed and day["repair"].count("POST", "sites") == 1 and not day["again"].changed


def test_a_pairing_whose_reply_was_lost_is_made_once(simulator: Running, tmp_path: Path) -> None:
    steps = [
        fault("drop_reply", method="POST", path="sites", times=1),
        task("paired", PAIRING, **trusting(simulator)),
        task("again", PAIRING, **trusting(simulator)),
        fault("drop_reply", method="DELETE", path="sites/*", times=1),
        task("removed", PAIRING, site=THERE, state="absent"),
        task("removed_again", PAIRING, site=THERE, state="absent"),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    assert day["paired"].changed and day["paired"].writes == day["paired"].count("POST", "sites") == 1
    assert not day["again"].changed
    assert day["removed"].changed and day["removed"].writes == day["removed"].count("DELETE", "sites/*") == 1
    assert not day["removed_again"].changed


def test_a_peer_certificate_that_was_replaced_is_accepted_only_when_told(simulator: Running, tmp_path: Path) -> None:
    pinned = pinning(simulator, simulator.thumbprint(THERE))
    steps = [
        task("paired", PAIRING, **pinned),
        fault("wrong_certificate", service=CLOUD_THERE),
        task("pinned", PAIRING, **pinned),
        task("predicted", PAIRING, {"check_mode": True}, **pinned),
        task("broken", PAIRINGS),
        task("accepted", PAIRING, **trusting(simulator)),
        task("again", PAIRING, **trusting(simulator)),
        task("sound", PAIRINGS),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    for name in ("pinned", "predicted"):
        day[name].says(f"peer_thumbprint is {simulator.thumbprint(THERE)}", "Was the certificate replaced?", "accept")
        assert day[name].writes == 0
    assert len(day["broken"].result["vcav_site_pairing"]) == 1
    assert "not trusted" in troubles(day, "broken")[0]["message"]
    assert day["accepted"].changed and not day["again"].changed and troubles(day, "sound") == []


def test_a_tunnel_that_is_down_does_not_cost_the_pairing(simulator: Running, tmp_path: Path) -> None:
    steps = [
        task("paired", PAIRING, **trusting(simulator)),
        fault("tunnel_down", service=CLOUD_THERE),
        task("down", PAIRING, **trusting(simulator)),
        task("listed", PAIRINGS),
        CLEAR,
        task("up", PAIRING, **trusting(simulator)),
        task("sound", PAIRINGS),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    day["down"].says(f"tunnel of site '{THERE}' is down")
    assert day["down"].count("DELETE") == 0 and len(day["listed"].result["vcav_site_pairing"]) == 1
    assert not day["up"].changed and troubles(day, "sound") == []


@pytest.mark.parametrize("forgetful", [HERE, THERE])
def test_a_half_made_pairing_is_healed_from_here(simulator: Running, forgetful: str, tmp_path: Path) -> None:
    peer = THERE if forgetful == HERE else HERE
    steps = [
        task("paired", PAIRING, **trusting(simulator)),
        control("change", what="unpair", site=forgetful, peer=peer),
        task("predicted", PAIRING, {"check_mode": True}, **trusting(simulator)),
        task("healed", PAIRING, **trusting(simulator)),
        task("again", PAIRING, **trusting(simulator)),
        task("sound", PAIRINGS),
    ]
    day = play_day(simulator, USUAL, tmp_path, steps)
    assert day["predicted"].changed and day["predicted"].writes == 0
    assert day["healed"].changed and not day["again"].changed and troubles(day, "sound") == []


def test_a_pairing_that_was_removed_to_be_made_anew_and_failed_says_so(oldest: Running, tmp_path: Path) -> None:
    steps = [
        task("paired", PAIRING, **trusting(oldest)),
        control("change", what="unpair", site=THERE, peer=HERE),
        fault("refuse_role", method="POST", path="sites", times=1),
        task("failed", PAIRING, **trusting(oldest)),
        task("repair", PAIRING, **trusting(oldest)),
        task("again", PAIRING, **trusting(oldest)),
    ]
    day = play_day(oldest, USUAL, tmp_path, steps)
    day["failed"].says("403", "had been removed on this side to be made anew", "is not there now", "run the task again")
    assert day["repair"].changed and not day["again"].changed


def test_a_disk_that_is_full_costs_the_report_and_nothing_else(oldest: Running, tmp_path: Path) -> None:
    oldest.control.reset()
    connection = {
        "vcav_url": oldest.cloud(HERE),
        "vcav_password": oldest.root_password(HERE),
        "ca_path": oldest.ca_path,
    }
    tasks = [{"vcpp.vcloud.vcav_policy": {"name": "gold"}}]
    defaults = {"group/vcpp.vcloud.vcav": connection}
    playbook = tmp_path / "day.yml"
    document = {"hosts": "localhost", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}
    playbook.write_text(json.dumps([document]))
    reports = tmp_path / "reports"
    reports.mkdir()

    def checked(before: str) -> subprocess.CompletedProcess[str]:
        run = shlex.join(command("newest", playbook, {}, "--check", "--diff"))
        variables = {"ANSIBLE_CALLBACKS_ENABLED": "vcpp.vcloud.drift", "VCPP_DRIFT_DIR": str(reports)}
        return subprocess.run(
            [*namespace, "sh", "-c", f"{before}\n{run}\ncode=$?\nls -A {shlex.quote(str(reports))}\nexit $code"],
            env=environment("newest", tmp_path, **variables),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )

    folder = shlex.quote(str(reports))
    mount = f"mount -t tmpfs -o size=64k tmpfs {folder} && head -c 60k /dev/zero > {folder}/filler"
    # A namespace of mounts of our own: a real small disk, also for an ordinary user, gone when the run ends.
    namespace = ["unshare", "--map-root-user", "--mount"]
    reason = "No space left on device"
    if subprocess.run([*namespace, "sh", "-c", mount], capture_output=True, check=False).returncode:
        # Where that is not allowed, no file may grow beyond 8 KiB; the page is larger.
        namespace, mount, reason = [], "ulimit -f 16", "File too large"
    full = checked(mount)
    assert full.returncode == 0, full.stdout
    assert f"drift.html could not be written: {reason}" in " ".join(full.stdout.split()), full.stdout
    assert "Drift: 1 of 1 object" in full.stdout and "Traceback" not in full.stdout
    assert ".tmp" not in full.stdout and "\ndrift.html\n" not in full.stdout  # nothing half written is left

    again = checked("true")
    assert again.returncode == 0 and f"page: {reports}/drift.html" in again.stdout, again.stdout
    assert "could not be written" not in again.stdout
