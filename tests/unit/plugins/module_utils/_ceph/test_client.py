"""Reaching a cluster: the commands that are run, host or container, and what is said when nothing comes back."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _command
from ansible_collections.vcpp.vcloud.plugins.module_utils._ceph import client, sizes
from ansible_collections.vcpp.vcloud.plugins.module_utils._command import CommandError
from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError

PARAMS = {"ceph_conf": None, "ceph_keyring": None, "ceph_user": "kube", "ceph_via": "auto", "ceph_timeout": 3}


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The programs that the host has, by name."""
    found = {"ceph": "/usr/bin/ceph", "rbd": "/usr/bin/rbd"}
    monkeypatch.setattr(shutil, "which", lambda name, **more: found.get(name))
    return found


def told(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[list[str]]:
    """Answer every program so (an exception is raised), and keep the commands."""
    commands: list[list[str]] = []

    def run(command: list[str], **more: Any) -> str:
        commands.append(command)
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    monkeypatch.setattr(client, "run", run)
    return commands


def test_a_command_names_user_files_and_how_long_to_wait(
    programs: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands = told(monkeypatch, "\n[]")
    (tmp_path / "conf").touch()
    (tmp_path / "keyring").touch()
    files = {"ceph_conf": str(tmp_path / "conf"), "ceph_keyring": str(tmp_path / "keyring")}
    with client.connect({**PARAMS, **files}) as cluster:
        assert cluster.ask("osd", "pool", "ls") == []
        assert cluster.ask("ls", "kube", program="rbd") == []
    head = ["--conf", files["ceph_conf"], "--keyring", files["ceph_keyring"], "--name", "client.kube"]
    assert commands[0][:7] == ["/usr/bin/ceph", *head]
    assert commands[0][7:] == [
        "--connect-timeout", "3", "--rados_mon_op_timeout=3", "osd", "pool", "ls", "--format", "json",
    ]  # fmt: skip
    assert commands[1][:7] == ["/usr/bin/rbd", *head] and "--rados_osd_op_timeout=3" in commands[1]


def test_cephadm_lays_the_files_into_a_container(
    programs: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands = told(monkeypatch, "{}")
    del programs["ceph"]
    programs["cephadm"] = "/usr/sbin/cephadm"
    (tmp_path / "conf").touch()
    with client.connect({**PARAMS, "ceph_conf": str(tmp_path / "conf")}) as cluster:
        cluster.ask("status")
        cluster.do("ls", "kube", program="rbd")
    assert commands[0][:7] == [
        "/usr/sbin/cephadm", "shell", "--conf", str(tmp_path / "conf"), "--", "ceph", "--name",
    ]  # fmt: skip
    assert commands[1][4:6] == ["--", "rbd"]


@pytest.mark.parametrize(("via", "missing"), [("auto", "ceph nor cephadm"), ("host", "ceph"), ("cephadm", "cephadm")])
def test_a_host_without_the_programs_is_told_where_to_get_them(
    programs: dict[str, str], via: str, missing: str
) -> None:
    programs.clear()
    with pytest.raises(InputError, match=f"there is no program {missing} on this host.*ceph-common"):
        client.Cluster({**PARAMS, "ceph_via": via})


@pytest.mark.parametrize("option", ["ceph_conf", "ceph_keyring"])
def test_a_file_that_is_not_there_is_told_before_anything_is_run(programs: dict[str, str], option: str) -> None:
    with pytest.raises(InputError, match=f"{option} is '/nowhere/x', which is not there"):
        with client.connect({**PARAMS, option: "/nowhere/x"}):
            pass


@pytest.mark.parametrize(
    ("code", "said", "advice"),
    [
        # As 16.2.15 says it.
        (1, "timed out", "quorum may be lost"),
        (110, "rbd: couldn't connect to the cluster!; rbd: listing failed: (110) Connection timed out", "quorum"),
        (110, "rbd: couldn't connect to the cluster!", "quorum may be lost"),
        (110, "rbd: create error: (110) Connection timed out", "placement groups be inactive"),
        (13, "[errno 13] RADOS permission denied (error connecting to the cluster)", "does not take the key"),
        (1, "[errno 2] RADOS object not found (error connecting to the cluster)", "There is no key of client.kube"),
        (1, "Error initializing cluster client: ObjectNotFound('(error calling conf_read_file)')",
         "give the path of ceph.conf"),
        (13, "rbd: couldn't connect to the cluster!", "does not take the key"),
        (2, "unable to get monitor info from DNS SRV; rbd: couldn't connect to the cluster!",
         "names no monitor"),
        (13, "Error EACCES: access denied", "may not do this"),
        (22, "Error EINVAL: something else", ""),
    ],
)  # fmt: skip
def test_each_failure_has_its_advice(
    programs: dict[str, str], monkeypatch: pytest.MonkeyPatch, code: int, said: str, advice: str
) -> None:
    told(monkeypatch, CommandError("failed", ["ceph", "status"], code, said))
    with client.connect(PARAMS) as cluster, pytest.raises(CommandError) as failed:
        cluster.find("status")
    assert advice in failed.value.advice and bool(failed.value.advice) is bool(advice)
    assert said.rstrip(".!") in str(failed.value) and "!." not in str(failed.value)


@pytest.mark.parametrize(("text", "there"), [("[client.admin]\n\tkey = AQ00Secret==\n", "client.admin"), ("", "none")])
def test_a_keyring_without_the_user_is_told_from_one_with_another_key(
    programs: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, there: str
) -> None:
    said = "[errno 13] RADOS permission denied (error connecting to the cluster)"
    told(monkeypatch, CommandError("failed", ["ceph", "status"], 13, said))
    path = tmp_path / "keyring"
    path.write_text(text, encoding="utf-8")
    with client.connect({**PARAMS, "ceph_keyring": str(path)}) as cluster, pytest.raises(CommandError) as failed:
        cluster.ask("status")
    assert f"There is no key of client.kube in {path}, which has {there}" in failed.value.advice
    assert "AQ00Secret" not in str(failed.value)


def test_what_is_not_there_is_a_value_and_what_cannot_be_read_an_error(
    programs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told(monkeypatch, CommandError("failed", ["ceph"], 2, "Error ENOENT: failed to find client.x in keyring"))
    with client.connect(PARAMS) as cluster:
        assert cluster.find("auth", "get", "client.x") is None
        with pytest.raises(CommandError):
            cluster.ask("auth", "get", "client.x")
        told(monkeypatch, "Welcome!")
        with pytest.raises(CommandError, match="is no JSON"):
            cluster.ask("status")


def test_a_program_is_killed_when_its_time_is_over() -> None:
    with pytest.raises(CommandError) as late:
        _command.run([sys.executable, "-c", "import time; time.sleep(60)"], shown=["slow"], seconds=0.3)
    assert late.value.as_dict() == {
        "kind": "timeout",
        "command": "slow",
        "rc": None,
        "stderr": "killed after 0.3 seconds",
    }


def test_output_and_errors_are_kept_apart_and_lines_of_a_log_left_out() -> None:
    noise = "2026-11-28T21:30:19.108+0000 7f304a21b6c0 -1 auth: unable to find a keyring"
    code = f"import sys; print('[1]'); print({noise!r}, file=sys.stderr); print('Error EPERM: no', file=sys.stderr)"
    assert _command.run([sys.executable, "-c", code]) == "[1]\n"
    with pytest.raises(CommandError) as failed:
        _command.run([sys.executable, "-c", f"{code}; sys.exit(1)"], shown=["ceph"])
    assert (failed.value.code, failed.value.said) == (1, "Error EPERM: no")
    assert _command.spoken(noise) == noise
    with pytest.raises(CommandError, match="cannot be run"):
        _command.run(["/nowhere/program"])


@pytest.mark.parametrize(
    ("text", "size", "again"),
    [
        ("10GiB", 10 * 1024**3, "10GiB"), ("10G", 10 * 1024**3, "10GiB"), ("10Gi", 10 * 1024**3, "10GiB"),
        (" 1.5 gib", 1536 * 1024**2, "1536MiB"), ("1024M", 1024**3, "1GiB"), ("1025B", 1025, "1025B"),
        ("0", 0, "0B"), ("2TiB", 2 * 1024**4, "2TiB"),
    ],
)  # fmt: skip
def test_sizes_are_read_and_told_in_binary_units(text: str, size: int, again: str) -> None:
    assert sizes.read("size", text) == size and sizes.text(size) == again


@pytest.mark.parametrize("text", ["10", "ten", "", "-1GiB", "0.3B", "10 apples"])
def test_a_size_that_is_none_is_refused_by_the_name_of_the_option(text: str) -> None:
    with pytest.raises(InputError, match="quota_size is"):
        sizes.read("quota_size", text)
