"""The module in this process against the simulated CSE: files of clusters of every release, and what they never get."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.vcpp.vcloud.plugins.modules.cse_kubeconfig import Kubeconfig
from tests.unit.plugins.modules import cses
from tests.unit.plugins.modules.cses import HERE, ORG

cse = cses.fixture("1.2", "2.0", "2.6", "3.0", "3.1", "4.0", "4.2")
native = cses.fixture("3.1")
polled = cses.fixture("4.2")


def kubeconfig(cse: Any, dest: Path, check: bool = False, **options: Any) -> Any:
    return cse.run(Kubeconfig, check, **{**cse.tenant, "cluster": "k8s1", "dest": str(dest), **options})


def test_a_file_is_written_once_and_removed(cse: Any, tmp_path: Path) -> None:
    cse.cluster()
    dest = tmp_path / "config"
    predicted = kubeconfig(cse, dest, True)
    assert not dest.exists() and predicted["changed"] is True, predicted
    made = kubeconfig(cse, dest)
    assert made == predicted and stat.S_IMODE(dest.stat().st_mode) == 0o600
    content = yaml.safe_load(dest.read_text())
    secret = content["users"][0]["user"]["client-key-data"]
    assert content["current-context"] == "k8s1" and len(secret) > 40 and secret not in repr(made)
    assert made["cse_kubeconfig"]["server"] == content["clusters"][0]["cluster"]["server"]
    cse.control.clear_journal()
    before = dest.read_bytes()
    again = kubeconfig(cse, dest)
    assert again["changed"] is False and dest.read_bytes() == before and again["cse_kubeconfig"]["up_to_date"] is True
    assert cse.writes == [], "reading a kubeconfig is no write"
    assert kubeconfig(cse, dest, True, state="absent")["changed"] is True and dest.exists()
    assert kubeconfig(cse, dest, state="absent")["cse_kubeconfig"] == {} and not dest.exists()
    assert kubeconfig(cse, dest, state="absent")["changed"] is False


def test_it_is_merged_beside_others_and_taken_out_again(cse: Any, tmp_path: Path) -> None:
    cse.cluster()
    dest = tmp_path / "config"
    old = "- name: old  # here\n  cluster: {server: 'https://old'}\n"
    theirs = f"# mine\nkind: Config\nclusters:\n{old}contexts: []\nusers: []\n"
    dest.write_text(theirs)
    dest.chmod(0o640)
    made = kubeconfig(cse, dest, merge=True, context="tyrell")
    assert made["cse_kubeconfig"]["context"] == "tyrell" and made["cse_kubeconfig"]["current"] is False
    assert "- name: old  # here\n" in dest.read_text() and stat.S_IMODE(dest.stat().st_mode) == 0o600
    assert kubeconfig(cse, dest, merge=True)["changed"] is False, "the name in the file stays"
    used = kubeconfig(cse, dest, merge=True, use_context=True)
    assert used["diff"][0]["before"] == {"current": False} and used["diff"][0]["after"] == {"current": True}
    dest.chmod(0o644)
    wide = kubeconfig(cse, dest, merge=True)
    assert wide["diff"][0]["before"] == {"mode": "0644"} and stat.S_IMODE(dest.stat().st_mode) == 0o600
    refused = kubeconfig(cse, dest)
    assert refused["changed"] is False, "there is no other context"
    kubeconfig(cse, dest, state="absent")
    assert dest.read_text() == f"{theirs}current-context: ''\n"


def test_a_cluster_that_does_not_exist(cse: Any, tmp_path: Path, warnings: list[str]) -> None:
    cse.cluster()
    failed = kubeconfig(cse, tmp_path / "config", cluster="k8s2")
    assert failed["msg"].startswith("there is no cluster 'k8s2'") and "did you mean 'k8s1'?" in failed["msg"]
    predicted = kubeconfig(cse, tmp_path / "config", True, cluster="k8s2")
    assert predicted["changed"] is True and "k8s2" in warnings[0] and list(tmp_path.iterdir()) == []


def test_another_clusters_context_is_never_replaced(cse: Any, tmp_path: Path) -> None:
    cse.cluster()
    cse.cluster("k8s2")
    dest = tmp_path / "config"
    kubeconfig(cse, dest)
    for options in ({"merge": True, "context": "k8s1"}, {}):
        before = dest.read_bytes()
        failed = kubeconfig(cse, dest, cluster="k8s2", **options)
        assert failed["failed"] and "Nothing" not in failed["msg"] and dest.read_bytes() == before
        assert ("belong to cluster k8s1 in" in failed["msg"]) is bool(options), failed["msg"]
    assert kubeconfig(cse, dest, cluster="k8s2", merge=True)["changed"] is True
    assert [one["name"] for one in yaml.safe_load(dest.read_text())["users"]] == ["k8s1", "k8s2"]


def test_a_cluster_that_is_made_anew_is_renewed(native: Any, tmp_path: Path) -> None:
    identity = native.cluster()
    dest = tmp_path / "config"
    kubeconfig(native, dest)
    with native.speaking() as api:
        api.request("DELETE", f"3.0/cluster/{identity}")
    native.control.advance(1)
    native.cluster()
    renewed = kubeconfig(native, dest)
    assert renewed["diff"][0]["before"]["up_to_date"] is False
    assert kubeconfig(native, dest)["changed"] is False


def test_a_cluster_that_is_being_made_is_told_and_waited_for(native: Any, tmp_path: Path) -> None:
    native.control.change("cse-ovdc", HERE, org=ORG, vdc=cses.VDC, runtimes=["native"])
    native.control.task_seconds(0.05)
    dest = tmp_path / "config"
    with native.speaking() as api:
        api.request("POST", "3.0/clusters", document=cses.camel_document("k8s1", 1, 0))
    failed = kubeconfig(native, dest)
    assert "has no control plane yet (state PRE_CREATED" in failed["msg"] and "Set wait_timeout" in failed["msg"]
    assert not dest.exists()
    assert kubeconfig(native, dest, wait_timeout=20, wait_interval=1)["changed"] is True and dest.exists()


def test_what_cannot_be_waited_for_is_told_at_once(native: Any, tmp_path: Path) -> None:
    native.cluster()
    native.control.change("cse-fail", HERE, step="kubeconfig", message="Couldn't get cluster configuration")
    failed = kubeconfig(native, tmp_path / "config", wait_timeout=20)
    assert "Couldn't get cluster configuration" in failed["msg"] and "Its control plane must run" in failed["msg"]
    entity = next(iter(native.server.vcd.entities.living.values()))
    entity.state = "RESOLUTION_ERROR"
    failed = kubeconfig(native, tmp_path / "config", wait_timeout=20)
    assert "is in state RESOLUTION_ERROR" in failed["msg"]
    entity.state = "IN_DELETION"
    assert "is being deleted" in kubeconfig(native, tmp_path / "config", wait_timeout=20)["msg"]
    assert list(tmp_path.iterdir()) == []


def test_a_cluster_of_4_that_is_not_provisioned(polled: Any, tmp_path: Path) -> None:
    polled.control.task_seconds(30)
    polled.polled_cluster(ready=False)
    failed = kubeconfig(polled, tmp_path / "config")
    assert "cluster k8s1 is not provisioned yet (state not told yet). Set wait_timeout" in failed["msg"]
    predicted = kubeconfig(polled, tmp_path / "config", True, wait_timeout=30)
    assert predicted["changed"] is True and "server" not in predicted["cse_kubeconfig"]
    assert "still after 1 seconds" in kubeconfig(polled, tmp_path / "config", wait_timeout=1, wait_interval=1)["msg"]


def test_entries_go_although_the_server_is_down(native: Any, tmp_path: Path) -> None:
    native.cluster()
    kubeconfig(native, tmp_path / "config")
    native.control.change("cse-process", HERE, does="stop")
    failed = kubeconfig(native, tmp_path / "config")
    assert failed["error"]["status"] == 504 and "its server does not answer" in failed["msg"]
    native.control.clear_journal()
    assert kubeconfig(native, tmp_path / "config", state="absent")["changed"] is True
    assert native.control.count() == 0, "nobody logs in for that"


def test_a_file_that_is_none_is_refused_before_anything_is_asked(native: Any, tmp_path: Path) -> None:
    assert "is a directory" in kubeconfig(native, tmp_path)["msg"]
    assert "use_context goes with merge" in kubeconfig(native, tmp_path / "config", use_context=True)["msg"]
    assert "name the cluster" in kubeconfig(native, tmp_path / "config", cluster="")["msg"]
    assert native.control.count() == 0


@pytest.mark.parametrize("who", ["administrator@system"])
def test_a_provider_names_the_organization(cse: Any, tmp_path: Path, who: str) -> None:
    cse.cluster()
    dest = tmp_path / "config"
    made = kubeconfig(cse, dest, vcd_user=who, org=ORG)
    assert made["changed"] is True, made
    assert kubeconfig(cse, dest)["changed"] is False, "it is the same cluster, whoever asks"
