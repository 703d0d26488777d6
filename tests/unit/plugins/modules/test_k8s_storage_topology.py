"""The module in this process: what it writes, when it does not, and what it refuses. What is drawn: _topology/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.k8s_storage_topology import Topology
from tests.unit.plugins.module_utils._topology.test_topology import CLASS, CLUSTER, claim, volume
from tests.unit.plugins.module_utils.running import run_module

FACTS: dict[str, Any] = {
    "cluster": CLUSTER,
    "storage_classes": [CLASS],
    "claims": [claim()],
    "volumes": [volume()],
    "images": [{"pool": "kube", "name": "csi-vol-1", "size": "1Gi"}],
}


def drawn(path: Path, check: bool = False, **options: Any) -> Any:
    return run_module(Topology(), {"dest": str(path), **FACTS, **options}, check)


def test_the_page_is_predicted_written_and_then_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "storage.html"
    predicted = drawn(path, check=True)
    assert not path.exists()
    made = drawn(path)
    assert made == predicted and made["changed"] is True
    assert made["k8s_storage_topology"] == {
        "dest": str(path), "health": "good", "headline": "The one claim is bound to its image", "claims": 1, "bound": 1,
    }  # fmt: skip
    before = path.stat().st_mtime_ns
    again = drawn(path)
    assert again["changed"] is False and "diff" not in again
    assert path.stat().st_mtime_ns == before


def test_the_diff_is_what_the_page_tells_differently(tmp_path: Path) -> None:
    path = tmp_path / "storage.html"
    drawn(path)
    (diff,) = drawn(path, claims=[claim(phase="Lost")])["diff"]
    assert diff["before"] == {"claim default/testclaim": "Bound, 1 GiB, kube/csi-vol-1 1 GiB"}
    assert diff["after"] == {"claim default/testclaim": "Lost, 1 GiB, kube/csi-vol-1 1 GiB"}


def test_permissions_are_kept_or_set(tmp_path: Path) -> None:
    path = tmp_path / "storage.html"
    drawn(path, mode="0600")
    assert path.stat().st_mode & 0o777 == 0o600
    drawn(path, claims=[])
    assert path.stat().st_mode & 0o777 == 0o600
    inode = path.stat().st_ino
    changed = drawn(path, claims=[], mode="0640")
    assert changed["changed"] is True and changed["diff"][0]["after"] == {"mode": "0640"}
    assert path.stat().st_mode & 0o777 == 0o640 and path.stat().st_ino == inode
    assert drawn(path, claims=[], mode="0640")["changed"] is False


def test_a_file_of_somebody_else_is_replaced_as_asked(tmp_path: Path) -> None:
    path = tmp_path / "storage.html"
    path.write_bytes(b"\xff no page")
    assert drawn(path)["changed"] is True
    assert "The one claim is bound" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dest": ""}, "dest is ''"),
        ({"dest": "/etc"}, "dest is '/etc', which is a directory"),
        ({"dest": "/proc/nowhere/x.html"}, "dest is '/proc/nowhere/x.html', which could not be written"),
        ({"mode": "420"}, "mode is '420'"),
        ({"mode": "u=rw"}, "mode is 'u=rw'"),
        ({"claims": [{"kind": "Secret", "metadata": {"name": "x"}}]}, "kind 'Secret'"),
        ({"cluster": {"nodes": []}}, "cluster has an entry without name"),
    ],
)
def test_what_cannot_be_is_refused_by_name(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    result = drawn(tmp_path / "storage.html", **options)
    assert result["failed"] is True and words in result["msg"]
    assert not (tmp_path / "storage.html").exists()
