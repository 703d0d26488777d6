"""What is taken out of the bundle of collections: kubernetes.core, whole, and nothing else."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.tools.kubernetes_core import INSIDE, unpack

ROOT = Path(__file__).resolve().parents[3]


def bundle(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return path


def test_only_the_collection_is_unpacked_and_what_was_there_goes(tmp_path: Path) -> None:
    made = bundle(
        tmp_path / "ansible-1.whl",
        f"{INSIDE}MANIFEST.json", f"{INSIDE}plugins/modules/k8s.py", "ansible_collections/kubernetes/other/README.md",
        "ansible_collections/kubernetes/core_other/README.md", "../outside", "ansible/__init__.py",
    )  # fmt: skip
    old = tmp_path / "collections" / INSIDE / "plugins" / "modules" / "k8s_auth.py"
    old.parent.mkdir(parents=True)
    old.touch()
    assert unpack(made, tmp_path / "collections") == 2
    found = sorted(str(path.relative_to(tmp_path / "collections")) for path in tmp_path.glob("collections/**/*.*"))
    assert found == [f"{INSIDE}MANIFEST.json", f"{INSIDE}plugins/modules/k8s.py"]


def test_a_bundle_without_it_is_named_and_nothing_is_touched(tmp_path: Path) -> None:
    made = bundle(tmp_path / "ansible-1.whl", "ansible_collections/community/general/MANIFEST.json")
    kept = tmp_path / INSIDE / "MANIFEST.json"
    kept.parent.mkdir(parents=True)
    kept.touch()
    with pytest.raises(ValueError, match=r"ansible-1\.whl has no collection kubernetes\.core"):
        unpack(made, tmp_path)
    assert kept.exists()


def test_the_bound_is_the_release_that_the_oldest_core_is_tested_with() -> None:
    """`make env-oldest` unpacks the bundle of its time; Galaxy must let in that release and newer ones."""
    wanted = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["dependencies"]
    assert list(wanted) == ["kubernetes.core"]
    bound = re.fullmatch(r">=(\d+\.\d+\.\d+)", wanted["kubernetes.core"])
    assert bound
    manifest = ROOT / ".venv-oldest" / "collections" / INSIDE / "MANIFEST.json"
    if not manifest.exists():
        pytest.skip("not run: no environment with the oldest core (make env-oldest)")
    assert f'"version": "{bound[1]}"' in manifest.read_text(encoding="utf-8")
