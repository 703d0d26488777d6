"""The demo's story, and what must be true at each point of it: `python -m tests.demo`, or `make demo`.

Exit code 0 when everything went as it must, 1 with one clear sentence when it did not, 130 after Ctrl-C.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from tests.simulator.client import ControlClient, ControlError

from .stage import HOME, ROOT, Disappointed, Run, Stage

POLICY = "DRaaS - Basic Policy"
# The lab's certificates are made anew each time; in a real estate each thumbprint is compared and written down.
TRUST = ("-e", "estate_accept_certificates=true")
A03, C00 = "A03-Auckland", "C00-Christchurch"
TENANT = "Tyrell"
VAPP = "tyrell-web-a03"
DRIFT = HOME / "drift"
REPORT = HOME / "report"
PORTALS = HOME / "portals"
# Each breach is one act; a pairing has two ends, so the third shows at both sites.
EXPECTED = {
    (A03, "vcav_policy", "changed"),
    (A03, "vcav_site_pairing", "changed"),
    (C00, "vcav_policy_assignments", "changed"),
    (C00, "vcav_site_pairing", "created"),
}


def main() -> int:
    """Tells the story."""
    signal.signal(signal.SIGTERM, _interrupt)
    began = time.monotonic()
    try:
        stage = Stage()
    except Disappointed as problem:
        print(f"The demo cannot begin: {problem}")
        return 1
    try:
        _play(stage)
    except Disappointed as problem:
        stage.say(f"\nThe demo failed: {problem}", "red")
        return 1
    except ControlError as problem:
        stage.say(f"\nThe demo failed: {problem} Its log is {HOME}/simulator.log.", "red")
        return 1
    except KeyboardInterrupt:
        stage.say("\nInterrupted. The simulator is stopped.")
        return 130
    stage.say(f"\nDone in {time.monotonic() - began:.0f} seconds; the simulator is stopped.", "green")
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _play(stage: Stage) -> None:
    stage.say("vcpp.vcloud: two sites from empty vCenters to a protected tenant, no hardware", "bold")
    stage.say("  Commands begin with $ and work by hand as well, at the top of the repository, after:")
    stage.command(f"export ANSIBLE_CONFIG={HOME}/ansible.cfg")
    stage.chapter(
        "1. Start the simulator: Auckland and Christchurch have a vCenter and a vCloud Director each, nothing else"
    )
    with stage.simulator() as simulator:
        sites = simulator.status()["sites"]
        _expect(not any(site["machines"] for site in sites.values()), "No appliance should be deployed yet.")
        stage.good(f"{len(sites)} vCenters answer over TLS on free ports, and there is no VM in them")
        _build(stage, simulator)
        _break(stage)
        _show_drift(stage)
        _correct(stage, simulator)
        _protect(stage)
    _what_next(stage)


def _build(stage: Stage, simulator: ControlClient) -> None:
    stage.chapter(
        "2. Build both sites: deploy three appliances each, configure and pair them, set the policy, brand the portals"
    )
    preview = f"vcd_portal_preview={ROOT / PORTALS}/{{{{inventory_hostname}}}}.html"
    _must_change(stage.playbook("site", "changed", *TRUST, "-e", preview))
    sites = simulator.status()["sites"]
    for name, site in sites.items():
        running = [one["name"] for one in site["machines"] if one["power"] == "on" and one["appliance"]]
        _expect(len(running) == 3, f"{name} should have three appliances that answer, but has {len(running)}.")
        found = [one for one in site["policies"] if one["displayName"] == POLICY]
        _expect(bool(found) and found[0]["orgs"] == 1, f"{name} should have the policy {POLICY} with one tenant.")
    _expect(sites[A03]["paired_with"] == [C00] and sites[C00]["paired_with"] == [A03], "Both sites should be paired.")
    stage.good("six appliances came from an OVA and were configured; the sites work together in both directions")
    stage.good(f"'{POLICY}' exists in both sites, and {TENANT} has it")
    pages = sorted((ROOT / PORTALS).glob("*.html"))
    _expect(len(pages) == len(sites), f"There should be a page about the portal of each site in {PORTALS}.")
    for page in pages:
        stage.say(f"      page    {PORTALS}/{page.name}")
    stage.good(f"everybody's portal and {TENANT}'s own were drawn as they were and as they would be, then branded")

    stage.chapter("3. Do all of it again: nothing is left to do")
    writes = simulator.count(write=True)
    _must_not_change(stage.playbook("site", "changed", *TRUST))
    _expect(simulator.count(write=True) == writes, "The second run should not have written anything.")
    stage.good("changed=0, and the simulator's journal holds no new write")


def _break(stage: Stage) -> None:
    stage.chapter("4. Break three things behind Ansible's back")
    stage.say(f"  Somebody lets {A03} replicate every 15 minutes instead of every 240 ...")
    stage.verb("policy-set", A03, POLICY, "minRpo=15")
    stage.say(f"  ... takes {TENANT}'s policy away in {C00}, so that nothing of it may be replicated there ...")
    stage.verb("assign", C00, TENANT, "default")
    stage.say(f"  ... and makes {C00} forget that it is paired.")
    stage.verb("unpair", C00, A03)


def _show_drift(stage: Stage) -> None:
    stage.chapter("5. Look for drift. Nothing is written; a page, JSON and JUnit are made of it")
    report = _drift(stage, DRIFT)
    differing = [one for one in report["objects"] if one["state"] in ("created", "changed", "removed")]
    for one in differing:
        stage.say(f"      {one['site']:<17} {_described(one)}")
    found = {(one["site"], one["kind"], one["state"]) for one in differing}
    _expect(
        found == EXPECTED and len(differing) == len(EXPECTED),
        f"The drift page should show {len(EXPECTED)} objects that differ, but it shows {len(differing)}: "
        f"{', '.join(sorted(' '.join(one) for one in found)) or 'none'}.",
    )
    stage.good("three breaches, four objects: a pairing has two ends")


def _correct(stage: Stage, simulator: ControlClient) -> None:
    stage.chapter("6. Correct it with the playbooks that site is made of")
    for name in ("pair_sites", "policies"):
        _must_change(stage.playbook(name, "changed", *TRUST))
    sites = simulator.status()["sites"]
    _expect(sites[C00]["paired_with"] == [A03], f"{C00} should be paired again.")

    stage.chapter("7. Look again")
    report = _drift(stage, HOME / "drift-corrected")
    _expect(
        report["totals"]["differ"] == 0 and report["totals"]["objects"] > 0,
        f"Nothing should differ any more, but {report['totals']['differ']} objects do.",
    )
    stage.good("zero drift")


def _protect(stage: Stage) -> None:
    stage.chapter(f"8. Protect {TENANT}'s web shop: replicate it from Auckland to Christchurch, and report")
    _must_change(stage.playbook("tests/demo/protect.yml"))
    # The simulated clock: the first copy is made, and a day of replication passes.
    stage.verb("time", "--advance", "86400")
    _must_succeed(stage.playbook("report", "changed", "-e", f"vcav_report_dir={ROOT / REPORT}"))
    report = json.loads((ROOT / REPORT / "report.json").read_text(encoding="utf-8"))
    vms = [one for one in report["vms"] if one["vapp"] == VAPP]
    for one in vms:
        stage.say(
            f"      {one['vm']:<20} {one['source_site']} to {one['destination_site']}, "
            f"every {one['rpo_minutes']} minutes, {one['instances']} instances, {one['health'].lower()}"
        )
    _expect(
        len(vms) == 2 and all(one["health"] == "GREEN" and one["instances"] == 4 for one in vms),
        f"The report should show the two VMs of {VAPP}, green and with four instances each: {REPORT}/report.json.",
    )
    stage.say(f"      page    {REPORT}/report.html")
    stage.good(f"both VMs of {VAPP} can be recovered in Christchurch, from four instances each")


def _drift(stage: Stage, directory: Path) -> dict[str, Any]:
    """Runs the drift playbook, tells the totals and the page's path, answers the report's content."""
    settings = {"ANSIBLE_CALLBACKS_ENABLED": "vcpp.vcloud.drift", "VCPP_DRIFT_DIR": str(directory)}
    run = stage.playbook("drift", "differs", *TRUST, **settings, VCPP_DRIFT_TITLE="The reference estate")
    _must_succeed(run)
    file = ROOT / directory / "drift.json"
    _expect(file.exists(), f"The drift report should be in {directory}. The playbook's whole output is in {run.log}.")
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    totals = report["totals"]
    stage.say(
        f"      totals  {totals['objects']} objects in {totals['sites']} sites, {totals['differ']} differ: "
        f"{totals['created']} missing, {totals['changed']} changed, {totals['removed']} too many"
    )
    stage.say(f"      page    {directory}/drift.html")
    return report


def _described(one: dict[str, Any]) -> str:
    """An object that differs, in a line."""
    words = {"vcav_policy": "policy", "vcav_policy_assignments": "tenant", "vcav_site_pairing": "pairing with"}
    text = f"{words.get(one['kind'], one['kind'])} {one['name']}: "
    if one["state"] == "created":
        return text + "is missing"
    return text + ", ".join(
        f"{field['name']} is {_word(field['before'])}, not {_word(field['after'])}" for field in one["fields"]
    )


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _expect(true: bool, sentence: str) -> None:
    if not true:
        raise Disappointed(sentence)


def _must_succeed(run: Run) -> None:
    _expect(run.code == 0, f"The playbook ended with exit code {run.code}. Its whole output is in {run.log}.")
    _expect(bool(run.changed), f"The playbook found no host. Its whole output is in {run.log}.")


def _must_change(run: Run) -> None:
    _must_succeed(run)
    _expect(any(run.changed.values()), f"The playbook should have changed something. Its output is in {run.log}.")


def _must_not_change(run: Run) -> None:
    _must_succeed(run)
    _expect(
        not any(run.changed.values()),
        f"The second run should change nothing: {run.changed}. Its output is in {run.log}.",
    )


def _what_next(stage: Stage) -> None:
    stage.chapter("What to look at next")
    stage.say(f"  The drift page         {(ROOT / DRIFT / 'drift.html').as_uri()}")
    page = sorted((ROOT / PORTALS).glob("*.html"))[0]
    stage.say(f"  The portals            {page.as_uri()}, before and after")
    stage.say(f"  What Ansible said      {HOME}/*.log, every run from its first line to its last")
    stage.say(f"  The report             {(ROOT / REPORT / 'report.html').as_uri()}")
    stage.say("  The playbooks          playbooks/site.yml and what it imports, drift.yml, report.yml, and their roles")
    stage.say("  The data               inventories/reference/: hosts are appliances, groups are sites")
    stage.say("  A simulator to keep    make simulator, and in another terminal:")
    stage.command(f"{stage.python} -m tests.simulator --help")
    stage.say("  A module's options     for example:")
    stage.command(f"ANSIBLE_CONFIG={HOME}/ansible.cfg {stage.doc} vcpp.vcloud.vcav_policy")
    stage.say("  The guides             README.md, then docs/docsite/rst/")


if __name__ == "__main__":
    sys.exit(main())
