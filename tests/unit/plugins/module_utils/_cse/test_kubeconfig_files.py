"""A kubeconfig file: whose it stays, with which mode, and what is refused without touching it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._cse import kubeconfig_files as files
from ansible_collections.vcpp.vcloud.plugins.module_utils._cse import kubeconfig_text as text
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from tests.unit.plugins.module_utils._cse.test_kubeconfig_text import HAND, MINE, told


def test_it_is_written_for_its_owner_alone_and_read_back(tmp_path: Path) -> None:
    dest = tmp_path / "new" / "config"
    before = files.read(str(dest))
    assert files.present(before, MINE, told()) is None and before.mode is None
    umask = os.umask(0)
    try:
        files.put(before, MINE, told(), True)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600 and stat.S_IMODE(dest.parent.stat().st_mode) == 0o700
    after = files.read(str(dest))
    assert files.present(after, MINE, told()) == files.expected(before, MINE, "k8s1", told(), True)
    assert os.listdir(dest.parent) == ["config"]
    files.take(after, MINE)
    assert not dest.exists(), "nothing is left that anybody would miss"


def test_a_link_stays_a_link_and_a_wide_mode_is_told_and_narrowed(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles", tmp_path / "config"
    real.write_text(HAND)
    real.chmod(0o644)
    link.symlink_to(real)
    files.put(files.read(str(link)), MINE, told(), False)
    real.chmod(0o644)
    found = files.present(files.read(str(link)), MINE, told())
    assert link.is_symlink() and found is not None and found["mode"] == "0644" and found["current"] is False
    files.put(files.read(str(link)), MINE, told(), False)
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    files.take(files.read(str(link)), MINE)
    assert link.is_symlink() and "# the old one" in real.read_text()


def test_the_name_in_the_file_is_kept_unless_another_is_asked_for(tmp_path: Path) -> None:
    dest = str(tmp_path / "config")
    assert files.name_of(files.read(dest), MINE, None) == "k8s1"
    files.put(files.read(dest), MINE, told("tyrell"), True)
    assert files.name_of(files.read(dest), MINE, None) == "tyrell"
    assert files.name_of(files.read(dest), MINE, "other") == "other"


def test_others_contexts_are_not_replaced(tmp_path: Path) -> None:
    dest = tmp_path / "config"
    dest.write_text(HAND)
    found = files.read(str(dest))
    with pytest.raises(InputError, match=r"has other contexts \(old\), and merge is not set. Give merge: true"):
        files.refuse(found, MINE, "k8s1", told(), False)
    files.refuse(found, MINE, "k8s1", told(), True)
    with pytest.raises(
        InputError, match="has cluster and context old, which this module did not write. Give"
    ):
        files.refuse(found, MINE, "old", told("old"), True)
    with pytest.raises(InputError, match="Give another dest, or merge: true and another context"):
        files.refuse(found, MINE, "old", told("old"), False)


def test_what_is_no_kubeconfig_is_left_alone(tmp_path: Path) -> None:
    dest = tmp_path / "shadow"
    for content in (b"root:SECRET:::\n", b"\xff\xfe", b"kind: Secret\ndata: {a: SECRET}\n"):
        dest.write_bytes(content)
        with pytest.raises(InputError, match="which is no kubeconfig") as refused:
            files.read(str(dest))
        assert "SECRET" not in str(refused.value)


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    for dest in (str(tmp_path), "~/.kube/", " "):
        with pytest.raises(InputError, match="name the file"):
            files.check({"dest": dest, "use_context": False, "merge": False})
    with pytest.raises(InputError, match="use_context goes with merge: true"):
        files.check({"dest": "config", "use_context": True, "merge": False})


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="could not be written"):
        files.put(files.Kubeconfig(str(tmp_path / "file" / "config"), "", {}, None), MINE, told(), True)
    assert os.listdir(tmp_path) == ["file"]


def test_what_is_taken_out_is_only_the_clusters(tmp_path: Path) -> None:
    dest = tmp_path / "config"
    dest.write_text(HAND)
    files.put(files.read(str(dest)), MINE, told(), True)
    files.take(files.read(str(dest)), MINE)
    assert text.load(dest.read_text())["contexts"] == text.load(HAND)["contexts"]
