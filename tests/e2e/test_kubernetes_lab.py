"""The Kubernetes lab: a genuine API with its rules, controllers that work, pods that run, and nothing left behind."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.kubernetes import needs_kubernetes
from tests.labs.folder import LabError
from tests.labs.kubernetes import ROOT, Cluster, running
from tests.labs.kubernetes.api import Api, Refused
from tests.labs.kubernetes.node import Node

pytestmark = needs_kubernetes

PODS = "/api/v1/namespaces/default/pods"
CLASS = {
    "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "rbd"},
    "provisioner": "rbd.csi.ceph.com", "parameters": {"pool": "kube"},
}  # fmt: skip


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("kubernetes") / "lab") as lab:
        yield lab


def until(done: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait for something that the cluster does by itself."""
    deadline = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)
    return found


def deployment(name: str, **pod: Any) -> dict[str, Any]:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "default"},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
    }  # fmt: skip


def status(problem: pytest.ExceptionInfo[Refused]) -> int:
    return problem.value.status


def test_it_says_its_release_and_kubectl_reaches_it(cluster: Cluster) -> None:
    pinned = next(line.split()[1] for line in (ROOT / "tests/labs/kubernetes/programs/go.mod").read_text().splitlines()
                  if line.strip().startswith("k8s.io/kubernetes "))  # fmt: skip
    found = json.loads(cluster.kubectl("version", "--output", "json"))
    assert (found["serverVersion"]["gitVersion"], found["clientVersion"]["gitVersion"]) == (pinned, pinned)


def test_who_has_no_token_and_who_has_no_role_is_refused(cluster: Cluster) -> None:
    secrets = "/api/v1/namespaces/kube-system/secrets"
    with pytest.raises(Refused) as problem:
        Api(cluster.url, cluster.ca, "somebody").get(secrets)
    assert status(problem) == 401
    wanted = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    answer = cluster.api.send("POST", "/api/v1/namespaces/default/serviceaccounts/default/token", wanted)
    account = Api(cluster.url, cluster.ca, answer["status"]["token"])
    with pytest.raises(Refused) as problem:
        account.get(secrets)
    assert status(problem) == 403
    cluster.kubectl("create", "clusterrole", "reader", "--verb", "list", "--resource", "secrets")
    cluster.kubectl(
        "create", "clusterrolebinding", "reader", "--clusterrole", "reader", "--serviceaccount", "default:default"
    )
    assert until(lambda: _allowed(account, secrets))["kind"] == "SecretList"


def _allowed(account: Api, path: str) -> Any:
    try:
        return account.get(path)
    except Refused:
        return None


def test_what_kubernetes_never_changes_is_refused(cluster: Cluster) -> None:
    classes = "/apis/storage.k8s.io/v1/storageclasses"
    cluster.api.send("POST", classes, CLASS)
    with pytest.raises(Refused) as problem:
        cluster.api.merge(f"{classes}/rbd", {"parameters": {"pool": "other"}})
    assert status(problem) == 422
    assert "parameters" in str(problem.value)


def test_namespaces_go_with_what_is_in_them(cluster: Cluster) -> None:
    cluster.kubectl("create", "namespace", "brief")
    cluster.kubectl("--namespace", "brief", "create", "configmap", "some", "--from-literal", "a=1")
    cluster.kubectl("delete", "namespace", "brief", "--wait=false")
    until(lambda: cluster.api.get("/api/v1/namespaces/brief") is None)


def test_a_pod_runs_with_its_arguments_files_token_and_rights(cluster: Cluster, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    program = programs / "teller"
    program.write_text(
        "#!/bin/sh\n"
        'echo "arguments: $*"; echo "settings: $(cat /etc/teller/settings.json)"; echo "node: $NODE"\n'
        'test -e /etc/hostname || echo "no files of the machine"\n'
        "cut -d . -f 2 /var/run/secrets/kubernetes.io/serviceaccount/token | wc -c\n"
        'trap "echo ended in good order; exit 0" TERM\n'
        "while :; do sleep 0.1; done\n"
    )
    program.chmod(0o755)
    container = {
        "name": "teller", "image": "registry.example/tools/teller:v1", "args": ["--node=$(NODE)", "--plain=$(UNKNOWN)"],
        "env": [{"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
        "volumeMounts": [{"name": "settings", "mountPath": "/etc/teller"}],
    }  # fmt: skip
    volumes = [{"name": "settings", "configMap": {"name": "teller"}}]
    node = Node(tmp_path / "node", cluster.api, programs, (cluster.address, 6443))
    node.start()
    try:
        cluster.api.send("POST", "/apis/apps/v1/namespaces/default/deployments", deployment(
            "teller", containers=[container], volumes=volumes, terminationGracePeriodSeconds=5))  # fmt: skip
        # The ConfigMap is missing, and that is what the pod says; once it is there the pod runs.
        until(lambda: 'configmap "teller" not found' in json.dumps(cluster.api.get(PODS)).replace('\\"', '"'))
        cluster.kubectl("create", "configmap", "teller", "--from-literal", 'settings.json={"a": 1}')
        cluster.kubectl("rollout", "status", "deployment/teller", "--timeout", "20s")
        said = until(lambda: "node:" in node.log("teller") and node.log("teller"))
        assert "arguments: --node=lab --plain=$(UNKNOWN)\n" in said
        assert 'settings: {"a": 1}\n' in said
        assert "no files of the machine\n" in said
        cluster.kubectl("delete", "deployment", "teller")
        until(lambda: not cluster.api.get(PODS)["items"])
        assert "ended in good order" in node.log("teller")
    finally:
        node.end()


def test_an_image_without_a_program_and_a_program_that_ends_are_told(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "brief").symlink_to("/bin/false")
    containers = [{"name": name, "image": f"example/{name}"} for name in ("nowhere", "brief")]
    node = Node(tmp_path / "node", cluster.api, tmp_path / "programs", (cluster.address, 6443))
    node.start()
    try:
        cluster.api.send(
            "POST", "/apis/apps/v1/namespaces/default/deployments", deployment("bad", containers=containers)
        )

        def waiting() -> dict[str, str]:
            rows = [row for pod in cluster.api.get(PODS)["items"] for row in pod["status"].get("containerStatuses", [])]
            return {row["name"]: row["state"].get("waiting", {}).get("reason", "") for row in rows}

        until(lambda: waiting() == {"nowhere": "ErrImagePull", "brief": "CrashLoopBackOff"})
        cluster.kubectl("delete", "deployment", "bad")
        until(lambda: not cluster.api.get(PODS)["items"])
    finally:
        node.end()


def test_its_kubeconfig_is_the_owners_alone_and_its_folder_is_not_shared(cluster: Cluster) -> None:
    assert stat.S_IMODE(cluster.kubeconfig.stat().st_mode) == 0o600
    assert yaml.safe_load(cluster.kubeconfig.read_text())["clusters"][0]["cluster"]["server"] == cluster.url
    with pytest.raises(LabError, match="running in .* already"), running(cluster.folder):
        pass


def processes(folder: Path) -> list[str]:
    """The programs that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append((process / "comm").read_text().strip())
        except OSError:
            continue
    return found


@pytest.mark.timeout(180)
def test_a_person_starts_and_ends_one_and_nothing_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    command = [sys.executable, "-m", "tests.labs.kubernetes"]

    def call(do: str) -> str:
        done = subprocess.run(
            [*command, do, "--folder", str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return done.stdout

    known = json.loads(call("up"))
    assert json.loads(call("up")) == known
    assert sorted(processes(folder)) == ["etcd", "kube-apiserver", "kube-controller"]
    call("down")
    assert (processes(folder), folder.exists()) == ([], False)


@pytest.mark.timeout(180)
def test_nothing_runs_on_when_its_keeper_is_killed_and_the_next_one_takes_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.labs.kubernetes", "serve", "--folder", str(folder)], cwd=ROOT
    )
    until((folder / "state.json").exists, 90)
    keeper.kill()
    keeper.wait()
    until(lambda: not processes(folder))
    assert (folder / "kubeconfig").exists()
    with running(folder, controller_manager=False) as lab:
        assert lab.api.get("/api/v1/namespaces/kube-system")
        assert not lab.api.get("/api/v1/namespaces/default/serviceaccounts/default")
