"""A claim that is Bound, for real: role, API, csi-provisioner, driver, Ceph; and what is said when one is not right.

The same for ceph-csi and for what stands in for it where ceph-csi was not built (tests/labs/kubernetes).
"""

from __future__ import annotations

import base64
import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.kubernetes import needs_chain
from tests.e2e.plays import ROOT, Play, play
from tests.labs.ceph import small
from tests.labs.kubernetes import GENUINE, PROGRAMS, STAND_IN, Cluster, running

pytestmark = [needs_chain, pytest.mark.chain]

CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
SECRET = "/api/v1/namespaces/ceph-csi-rbd/secrets/csi-rbd-secret"
DEPLOYMENT = "/apis/apps/v1/namespaces/ceph-csi-rbd/deployments/csi-rbdplugin-provisioner"
ROLE = "vcpp.vcloud.k8s_ceph_storage"


@dataclass(frozen=True)
class Chain:
    """Both labs with a pool and its user, and a way to run the role."""

    cluster: Cluster
    ceph: small.Ceph
    key: str
    folder: Path

    def images(self) -> list[str]:
        found: list[str] = json.loads(self.ceph.run("ls", "kube", "--format", "json", program="rbd"))
        return found

    def size(self, image: str) -> int:
        return int(json.loads(self.ceph.run("info", f"kube/{image}", "--format", "json", program="rbd"))["size"])

    def role(self, *entries: str, without: str = "") -> Play:
        """Run entry points of the role (`main`, `proof`) with the newest core, and a variable less."""
        variables = {
            "k8s_ceph_storage_kubeconfig": str(self.cluster.kubeconfig), "k8s_ceph_storage_cluster_id": self.ceph.fsid,
            "k8s_ceph_storage_monitors": self.ceph.monitors, "k8s_ceph_storage_client_key": self.key,
            # One that the lab has built; what newer ones are told is the same.
            "k8s_ceph_storage_release": "v3.12.2", "k8s_ceph_storage_wait_interval": 1,
            "k8s_ceph_storage_claim_interval": 1, "k8s_ceph_storage_claim_timeout": 15,
            "k8s_ceph_storage_ceph_host": "localhost",
            "ceph_conf": str(self.ceph.conf), "ceph_keyring": str(self.ceph.keyring),
        }  # fmt: skip
        variables.pop(without, None)
        tasks = [
            {"name": entry, "ansible.builtin.include_role": {"name": ROLE, "tasks_from": entry}} for entry in entries
        ]
        playbook = self.folder / "storage.yml"
        plays = [{"name": "Storage", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]
        playbook.write_text(yaml.safe_dump(plays), encoding="utf-8")
        return play("newest", self.folder, playbook, variables)


@pytest.fixture(scope="module", params=[GENUINE, STAND_IN])
def chain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    if not (PROGRAMS / request.param).exists():
        pytest.skip(
            f"{request.param} was not built: it needs a checkout of ceph-csi (make k8s-binaries CEPH_CSI_SOURCE=...)"
        )
    folder = tmp_path_factory.mktemp("chain")
    with small.running(folder / "ceph") as ceph, running(folder / "kubernetes") as cluster:
        ceph.run("osd", "pool", "create", "kube")
        ceph.run("pool", "init", "kube", program="rbd")
        caps = ["mon", "profile rbd", "osd", "profile rbd pool=kube", "mgr", "profile rbd pool=kube"]
        user = json.loads(ceph.run("auth", "get-or-create", "client.kube", *caps, "--format", "json"))[0]
        cluster.csi(ceph, request.param)
        yield Chain(cluster, ceph, user["key"], folder)


def claim(name: str, size: str) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "rbd", "resources": {"requests": {"storage": size}}}
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}


def until(chain: Chain, what: str, done: Callable[[], Any]) -> Any:
    return chain.cluster.wait(what, done, 60)


@pytest.mark.timeout(600)
def test_the_role_twice_and_a_claim_that_is_bound_and_gone_again(chain: Chain) -> None:
    first = chain.role("main", "proof").assert_ok()
    assert first.changed()["localhost"] > 0
    assert chain.role("main").assert_ok().changed() == {"localhost": 0}
    assert chain.images() == []
    assert chain.key not in first.output
    # Nobody has to look into the pool.
    assert chain.role("proof", without="k8s_ceph_storage_ceph_host").assert_ok().changed() == {"localhost": 0}


README = ROOT / "roles/k8s_ceph_storage/README.md"
GUIDE = ROOT / "docs/docsite/rst/storage_for_a_cluster.rst"


def printed(path: Path) -> str:
    """The plays of a document, one after the other."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        blocks = re.findall("```yaml\n(.+?)```", text, flags=re.DOTALL)
    else:
        blocks = [textwrap.dedent(block) for block in re.findall(r"code-block:: yaml\n\n((?:    .*\n|\n)+)", text)]
    assert blocks
    return "\n".join(blocks)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", [README, GUIDE], ids=["readme", "guide"])
def test_the_plays_of_readme_and_guide_run_as_printed(chain: Chain, path: Path) -> None:
    (chain.folder / "printed.yml").write_text(printed(path), encoding="utf-8")
    host = {"ansible_connection": "local", "ansible_become": False, "ansible_python_interpreter": sys.executable}
    inventory = chain.folder / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {"ceph01": host}}}), encoding="utf-8")
    given = {"k8s_ceph_storage_kubeconfig": str(chain.cluster.kubeconfig), "k8s_ceph_storage_release": "v3.12.2"}
    ceph = {"CEPH_CONF": str(chain.ceph.conf), "CEPH_KEYRING": str(chain.ceph.keyring)}
    ran = play("newest", chain.folder, chain.folder / "printed.yml", given, "-i", str(inventory), **ceph).assert_ok()
    assert chain.key not in ran.output
    assert chain.images() == []


@pytest.mark.timeout(300)
def test_a_claim_is_an_image_of_its_size_which_grows_and_goes(chain: Chain) -> None:
    api = chain.cluster.api
    api.send("POST", CLAIMS, claim("data", "1Gi"))
    bound = until(chain, "The claim was not bound", lambda: _bound(chain, "data"))
    volume = api.get(f"/api/v1/persistentvolumes/{bound['spec']['volumeName']}")["spec"]["csi"]
    (image,) = chain.images()
    attributes = volume["volumeAttributes"]
    assert (attributes["clusterID"], attributes["pool"], attributes["imageName"]) == (chain.ceph.fsid, "kube", image)
    identity = image.removeprefix("csi-vol-")
    assert re.fullmatch(f"0001-0024-{chain.ceph.fsid}-[0-9a-f]{{16}}-{identity}", volume["volumeHandle"])
    assert chain.size(image) == 1 << 30
    info = json.loads(chain.ceph.run("info", f"kube/{image}", "--format", "json", program="rbd"))
    assert info["features"] == ["layering"]
    api.merge(f"{CLAIMS}/data", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}})
    until(chain, "The image did not grow", lambda: chain.size(image) == 2 << 30)
    chain.cluster.kubectl("delete", "pvc", "data")
    until(chain, "The image was not deleted", lambda: chain.images() == [])


def _bound(chain: Chain, name: str) -> Any:
    found = chain.cluster.api.get(f"{CLAIMS}/{name}")
    return found if found["status"].get("phase") == "Bound" else None


@pytest.mark.timeout(600)
def test_a_wrong_key_is_told_by_the_proof_and_mended_by_the_role(chain: Chain) -> None:
    # Bound while the key was right: what is left of an earlier proof says nothing about today.
    left = claim("testclaim", "1Gi")
    left["metadata"]["labels"] = {"vcpp.vcloud/proof": "true"}
    chain.cluster.api.send("POST", CLAIMS, left)
    until(chain, "The claim was not bound", lambda: _bound(chain, "testclaim"))
    wrong = base64.b64encode(b"AQBPbTFpAAAAABAAwrongwrongwrongwrongAA==").decode()
    chain.cluster.api.merge(SECRET, {"data": {"userKey": wrong}})
    failed = chain.role("proof")
    assert failed.code != 0
    assert "the claim is not bound after 15 s" in failed.output
    assert "failed to provision volume" in failed.output
    # Events of the claim before are not told.
    assert "Successfully provisioned" not in failed.output
    assert chain.key not in failed.output
    assert not chain.cluster.api.get(f"{CLAIMS}/testclaim")
    mended = chain.role("main", "proof").assert_ok()
    assert mended.changed() == {"localhost": 1}


@pytest.mark.timeout(600)
def test_without_a_controller_the_proof_says_that_nobody_watches(chain: Chain) -> None:
    chain.cluster.api.merge(DEPLOYMENT, {"spec": {"replicas": 0}})
    until(chain, "The pods did not end", lambda: not chain.cluster.api.get(DEPLOYMENT)["status"].get("replicas"))
    failed = chain.role("proof")
    assert failed.code != 0
    assert "waiting for a volume to be created" in failed.output.lower()
    assert "Nobody serves claims of this class" in failed.output
    chain.role("main", "proof").assert_ok()
