"""The story of storage: from an empty organization VDC to a claim that is bound: `python -m tests.demo.storage`.

The vCloud Director with its Container Service Extension is simulated. Ceph (a monitor, a manager, three OSDs), the API
server and the controllers of Kubernetes and the CSI sidecars are real, and so is ceph-csi where it was built, else the
lab's own driver stands in for it: they run on this machine, on loopback addresses, and end with the story. Nobody runs
the cluster's VMs, so nothing mounts the volume.

Exit code 0 when everything went as it must, 1 with one clear sentence when it did not, 130 after Ctrl-C.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from tests.labs import kubernetes
from tests.labs.ceph import small
from tests.labs.ceph.small import Ceph
from tests.labs.folder import LabError
from tests.labs.kubernetes import Cluster
from tests.simulator.client import ControlClient, ControlError

from .stage import ROOT, Disappointed, Run, Stage

HOME = Path("build/demo-storage")
LABS = Path("build/labs/demo-storage")
SITE, CLUSTER, POOL, CLASS, CLAIM = "A03-Auckland", "k8sceph", "kube", "rbd", "testclaim"
KUBECONFIG, PAGE, DRIFT = HOME / "k8sceph.kubeconfig", HOME / "k8sceph.html", HOME / "drift"


def main() -> int:
    """Tells the story."""
    signal.signal(signal.SIGTERM, _interrupt)
    began = time.monotonic()
    lacking = small.missing() or kubernetes.missing(*kubernetes.SIDECARS, kubernetes.csi_driver())
    if lacking:
        print(f"The demo cannot begin: {lacking}")
        return 1
    try:
        stage = Stage(HOME, "demo-storage")
    except Disappointed as problem:
        print(f"The demo cannot begin: {problem}")
        return 1
    try:
        _play(stage)
    except Disappointed as problem:
        stage.say(f"\nThe demo failed: {problem}", "red")
        return 1
    except (ControlError, LabError) as problem:
        stage.say(f"\nThe demo failed: {problem} The logs are in {HOME}.", "red")
        return 1
    except KeyboardInterrupt:
        stage.say("\nInterrupted. The simulator, Ceph and Kubernetes are stopped.")
        return 130
    seconds = time.monotonic() - began
    stage.say(f"\nDone in {seconds:.0f} seconds; the simulator, Ceph and Kubernetes are stopped.", "green")
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _play(stage: Stage) -> None:
    stage.say("vcpp.vcloud: a tenant's Kubernetes cluster and storage below it, from nothing to a bound claim", "bold")
    stage.say(
        "  Commands begin with $ and work by hand as well while the story runs, at the top of the repository, after:"
    )
    stage.command(f"export ANSIBLE_CONFIG={HOME}/ansible.cfg")
    stage.chapter(
        "1. Start what it needs: Ceph and Kubernetes are real and empty, the vCloud Director with CSE is simulated"
    )
    with (
        stage.simulator("--cse-version", "2.0") as simulator,
        small.running(ROOT / LABS / "ceph") as ceph,
        kubernetes.running(ROOT / LABS / "kubernetes") as cluster,
    ):
        cluster.csi(ceph)
        _expect(not ceph.run("osd", "pool", "ls"), "Ceph should have no pool yet.")
        stage.good(f"Ceph {_release(ceph)}: {ceph.status()['health']['status']}, three OSDs, no pool")
        stage.good(f"Kubernetes {_version(cluster)}: an API server, its controllers, no storage class")
        genuine = kubernetes.csi_driver() == kubernetes.GENUINE
        stage.good(
            "ceph-csi is real" if genuine else "the lab's own driver stands in for ceph-csi, which was not built"
        )
        stage.say("  CSE hands out the kubeconfig of that API server as the one of the cluster that it will make:")
        stage.verb("cse-kubeconfig", SITE, CLUSTER, _shown(cluster.kubeconfig))
        _inventory(stage, ceph, cluster)
        _build(stage, simulator, ceph, cluster)
        _break(stage, simulator, cluster)
        _correct(stage, ceph, cluster)
        _look(stage, ceph, cluster)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _release(ceph: Ceph) -> str:
    return str(next(iter(json.loads(ceph.run("versions", "--format", "json"))["overall"]))).split()[2]


def _version(cluster: Cluster) -> str:
    return str(cluster.api.get("/version")["gitVersion"])


def _inventory(stage: Stage, ceph: Ceph, cluster: Cluster) -> None:
    """What the overlay of the simulator cannot know: where Ceph answers, and where the story's files go."""
    path = ROOT / HOME / "overlay.yml"
    overlay = yaml.safe_load(path.read_text(encoding="utf-8"))
    overlay["all"]["hosts"][CLUSTER] = {
        "storage_ceph_host": "localhost",
        "ceph_conf": str(ceph.conf),
        "ceph_keyring": str(ceph.keyring),
        "storage_dir": str(ROOT / HOME),
    }
    path.write_text(yaml.safe_dump(overlay, sort_keys=False), encoding="utf-8")
    without = f"{stage.environment['no_proxy']},{cluster.address}"
    stage.environment = {**stage.environment, "no_proxy": without, "NO_PROXY": without}


def _build(stage: Stage, simulator: ControlClient, ceph: Ceph, cluster: Cluster) -> None:
    stage.chapter("2. Run the playbook: cluster, pool, key, driver, storage class, claim, picture")
    _must_change(stage.playbook("storage", "changed", "--limit", CLUSTER))
    _expect((ROOT / PAGE).exists(), f"The picture should be in {PAGE}.")
    image = _image(cluster)
    _expect(image in ceph.run("ls", POOL, program="rbd").split(), f"The image {image} should be in the pool {POOL}.")
    told = json.loads(ceph.run("info", f"{POOL}/{image}", "--format", "json", program="rbd"))
    _expect(told["size"] == 2**30, f"The image {image} should have 1 GiB, but has {told['size']} bytes.")
    _expect(len(_workers()) == 3, f"{CLUSTER} should have three workers, but has {len(_workers())}.")
    stage.good(f"CSE made {CLUSTER} with {len(_workers())} workers in the organization VDC")
    stage.good(f"the claim {CLAIM} is bound, and its image of 1 GiB is in the pool {POOL}")

    stage.chapter("3. Run it again: nothing is left to do")
    writes = simulator.count(write=True)
    _must_not_change(stage.playbook("storage", "changed", "--limit", CLUSTER))
    _expect(simulator.count(write=True) == writes, "The second run should not have written anything.")
    _expect(_image(cluster) == image, "The second run should not have made another volume.")
    stage.good("changed=0, and the simulator's journal holds no new write")


def _break(stage: Stage, simulator: ControlClient, cluster: Cluster) -> None:
    stage.chapter("4. Break two things behind Ansible's back")
    stage.say("  Somebody deletes the storage class, so that no new claim will be bound ...")
    _kubectl(stage, cluster, "delete", "storageclass", CLASS)
    stage.say("  ... and somebody else a worker of the cluster, in the vCloud Director.")
    stage.verb("vm-remove", SITE, _workers()[-1])

    stage.chapter("5. Look for drift. Nothing is written; a page, JSON and JUnit are made of it")
    writes = simulator.count(write=True)
    report = _drift(stage, DRIFT)
    differing = [one for one in report["objects"] if one["state"] in ("created", "changed", "removed")]
    for one in differing:
        stage.say(f"      {one['kind']} {one['name']}: {one['state']}")
    _expect(simulator.count(write=True) == writes, "Looking for drift should not have written anything.")
    _expect(not cluster.kubectl("get", "storageclass", "--output", "name"), "Looking should not have made the class.")
    found = {one["kind"] for one in differing}
    _expect("cse_cluster" in found, f"The page should show that the cluster differs, but it shows {sorted(found)}.")
    _expect(len(differing) >= 2, "The page should show the missing storage class too.")


def _correct(stage: Stage, ceph: Ceph, cluster: Cluster) -> None:
    stage.chapter("6. Correct it with the same playbook")
    image = _image(cluster)
    _must_change(stage.playbook("storage", "changed", "--limit", CLUSTER))
    _expect(cluster.kubectl("get", "storageclass", CLASS, "--output", "name") != "", "The class should be back.")
    _expect(_image(cluster) == image, "The claim should have kept its volume.")
    _expect(image in ceph.run("ls", POOL, program="rbd").split(), f"The image {image} should still be there.")
    stage.good("the class is back, the cluster has its workers, and the claim kept its volume")

    stage.chapter("7. Look again")
    report = _drift(stage, HOME / "drift-corrected")
    _expect(report["totals"]["differ"] == 0, f"Nothing should differ, but {report['totals']['differ']} objects do.")
    stage.good("zero drift")


def _look(stage: Stage, ceph: Ceph, cluster: Cluster) -> None:
    stage.chapter("8. Look at it as an administrator would")
    stage.say(_kubectl(stage, cluster, "describe", "pvc", CLAIM))
    command = [
        "rbd",
        "--conf",
        _shown(ceph.conf),
        "--keyring",
        _shown(ceph.keyring),
        "info",
        f"{POOL}/{_image(cluster)}",
    ]
    stage.command(" ".join(command))
    stage.say(ceph.run(*command[5:], program="rbd"))
    stage.say(f"\n  The picture            {(ROOT / PAGE).as_uri()}")
    stage.say(f"  The drift page         {(ROOT / DRIFT / 'drift.html').as_uri()}")
    stage.say(f"  What Ansible said      {HOME}/*.log, every run from its first line to its last")
    stage.say("  The playbook           playbooks/storage.yml, with roles/k8s_ceph_storage and roles/ceph_cluster")
    stage.say("  On four hosts          make ceph-lab: the role ceph_cluster by SSH, where here Ceph was there already")


def _kubectl(stage: Stage, cluster: Cluster, *arguments: str) -> str:
    """Shows a kubectl command with the kubeconfig that CSE handed out, and answers what it printed."""
    program = _shown(kubernetes.PROGRAMS / "kubectl")
    stage.command(" ".join([program, "--kubeconfig", str(KUBECONFIG), *arguments]))
    command = [str(ROOT / program), "--kubeconfig", str(ROOT / KUBECONFIG), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(stage.environment), capture_output=True, text=True, timeout=60, check=False
    )
    _expect(done.returncode == 0, f"kubectl {' '.join(arguments)} said: {done.stderr.strip()}.")
    return done.stdout.rstrip()


def _image(cluster: Cluster) -> str:
    """The image behind the claim, asked of the API server itself."""
    claim = json.loads(cluster.kubectl("get", "pvc", CLAIM, "--output", "json"))
    _expect(claim["status"].get("phase") == "Bound", f"The claim {CLAIM} should be bound.")
    volume = json.loads(cluster.kubectl("get", "pv", claim["spec"]["volumeName"], "--output", "json"))
    return str(volume["spec"]["csi"]["volumeAttributes"]["imageName"])


def _workers() -> list[str]:
    """The workers, as the picture tells them: its data are in the page."""
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    told = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    return sorted(name.removeprefix("node ") for name, text in told.items() if name.startswith("node node-") and text)


def _drift(stage: Stage, directory: Path) -> dict[str, Any]:
    """Runs the playbook in check mode with the drift page, tells the totals, answers the report's content."""
    settings = {"ANSIBLE_CALLBACKS_ENABLED": "vcpp.vcloud.drift", "VCPP_DRIFT_DIR": str(directory)}
    arguments = ("--limit", CLUSTER, "--check", "--diff")
    run = stage.playbook("storage", "differs", *arguments, **settings, VCPP_DRIFT_TITLE=f"Storage of {CLUSTER}")
    _must_succeed(run)
    report: dict[str, Any] = json.loads((ROOT / directory / "drift.json").read_text(encoding="utf-8"))
    totals = report["totals"]
    stage.say(f"      totals  {totals['objects']} objects, {totals['differ']} differ")
    stage.say(f"      page    {directory}/drift.html")
    return report


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
    _expect(not any(run.changed.values()), f"It should change nothing: {run.changed}. Its output is in {run.log}.")


if __name__ == "__main__":
    sys.exit(main())
