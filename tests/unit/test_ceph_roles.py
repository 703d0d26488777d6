# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Ceph roles send to hosts, without hosts: the guard of the disks, what is read of programs, variables.

The roles on hosts with systemd: tests/labs/ceph/test_roles.py, by `make ceph-lab`.
"""

from __future__ import annotations

import json
import re
import runpy
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = Path(__file__).resolve().parents[2] / "roles"
FILES = ROLES / "ceph_cluster" / "files"
FSID = "6f7c1f5e-9d43-4c6b-9f11-3f6f3e6f1c55"
EMPTY = b"\0" * 4096


def program(*names: str) -> dict[str, Any]:
    """The names that files define when one stands behind the other, as the role sends them."""
    space: dict[str, Any] = {"__name__": "sent"}
    for name in names:
        exec(compile((FILES / name).read_text(encoding="utf-8"), name, "exec"), space)
    return space


@pytest.fixture
def look() -> dict[str, Any]:
    return program("look.py")


@pytest.fixture
def make() -> dict[str, Any]:
    return program("look.py", "make.py", "volume.py")


def osd(cluster: str = FSID) -> dict[str, Any]:
    return {"id": 3, "uuid": "u", "cluster": cluster, "method": "raw"}


@pytest.mark.parametrize(
    ("uses", "beginning", "signatures", "found", "volumes", "said"),
    [
        ([], EMPTY, [], None, [], ""),
        ([], EMPTY, [("xfs", "backup")], None, [], "holds xfs named backup"),
        ([], EMPTY, [("ext4", "")], None, [], "holds ext4"),
        ([], EMPTY, [("dos", "")], None, [], "has a partition table (dos)"),
        ([], EMPTY, [("gpt", ""), ("gpt", ""), ("PMBR", "")], None, [],
         "has a partition table (gpt) and has a partition table (PMBR)"),
        (["has the partitions sdb1"], EMPTY, [], None, [], "has the partitions sdb1"),
        (["is mounted at /"], EMPTY, [("ext4", "")], None, [], "is mounted at / and holds ext4"),
        (["is in use by dm-0"], EMPTY, [("LVM2_member", "x")], None, ["vg/data"],
         "is in use by dm-0 and is a physical volume of LVM with vg/data"),
        ([], EMPTY, [("LVM2_member", "x")], None, [], "is a physical volume of LVM"),
        ([], EMPTY, [("linux_raid_member", "")], None, [],
         "is part of a group or an encrypted container (linux_raid_member)"),
        ([], EMPTY, [("crypto_LUKS", "")], None, [], "is part of a group or an encrypted container (crypto_LUKS)"),
        ([], b"\0\0secret", [], None, [], "holds data of an unknown kind: its first MiB is not empty"),
        ([], b"bluestore block device\nuuid", [("ceph_bluestore", "")], None, [],
         "is an OSD of a cluster that cannot be told from its label"),
        ([], b"bluestore block device\nuuid", [("ceph_bluestore", "")], osd("other"), [],
         "is OSD 3 of the cluster other"),
    ],
)  # fmt: skip
def test_whatever_a_disk_holds_is_named(
    look: dict[str, Any], uses: list[str], beginning: bytes, signatures: list[tuple[str, str]],
    found: dict[str, Any] | None, volumes: list[str], said: str,
) -> None:  # fmt: skip
    assert look["judge"]("/dev/sdb", uses, beginning, signatures, found, volumes) == said


def test_what_is_no_block_device_is_not_taken(look: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert look["disk"](str(tmp_path / "file"))["holds"] == "is no block device"
    assert look["disk"](str(tmp_path / "none")) == {"there": False, "osd": None, "holds": "is not there"}


def answers(space: dict[str, Any], table: dict[str, tuple[int, str, str]]) -> Callable[..., tuple[int, str, str]]:
    """Stands for run(): the answer of a program by its first word. What was run is kept in `space["ran"]`."""
    space["ran"] = []

    def run(*words: str, **_more: Any) -> tuple[int, str, str]:
        space["ran"].append(words)
        return table.get(words[0], (0, "", ""))

    space["run"] = run
    return run


def test_an_osd_is_known_by_its_label_and_its_key_stays_there(look: dict[str, Any]) -> None:
    label = {"/dev/sdb": {"osd_uuid": "u", "ceph_fsid": FSID, "whoami": "3", "osd_key": "AQsecret=="}}
    answers(look, {"ceph-bluestore-tool": (0, json.dumps(label), "")})
    assert look["label"]("/dev/sdb") == osd()
    answers(look, {"ceph-bluestore-tool": (127, "", "ceph-bluestore-tool is not installed")})
    assert look["label"]("/dev/sdb") is None


def test_an_osd_on_a_logical_volume_is_known_by_its_tags(look: dict[str, Any]) -> None:
    row = {
        "vg_name": "ceph-1",
        "lv_name": "osd-block",
        "lv_tags": f"ceph.osd_id=3,ceph.osd_fsid=u,ceph.cluster_fsid={FSID}",
    }
    answers(look, {"pvs": (0, json.dumps({"report": [{"pv": [row]}]}), "")})
    assert look["volumes"]("/dev/sdb") == (["ceph-1/osd-block"], {**osd(), "method": "lvm"})


def test_a_configuration_is_read_however_its_keys_are_spelled(look: dict[str, Any]) -> None:
    text = f"# first\n[global]\nfsid = {FSID}\nmon host=192.168.207.201 ; one\n[mon]\nfsid = other\n"
    assert look["settings_of"](text) == {"fsid": FSID, "mon_host": "192.168.207.201"}
    assert look["settings_of"](None) == {}


def test_units_that_are_not_there_are_told_from_those_that_do_not_run(look: dict[str, Any]) -> None:
    output = (
        "Id=ceph-mon@a.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\n"
        "Id=chrony.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n"
    )
    answers(look, {"systemctl": (0, output, "")})
    assert look["units"](["ceph-mon@a", "chrony"]) == {
        "ceph-mon@a": {"active": True, "enabled": True, "there": True},
        "chrony": {"active": False, "enabled": False, "there": False},
    }


def test_a_file_with_a_key_is_never_readable_by_others(make: dict[str, Any], tmp_path: Path) -> None:
    make["write"](str(tmp_path / "keyring"), "key")
    assert stat.S_IMODE((tmp_path / "keyring").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keyring"]


def test_both_messengers_are_spelled_for_either_family(make: dict[str, Any]) -> None:
    assert make["vector"]("192.0.2.1") == "[v2:192.0.2.1:3300,v1:192.0.2.1:6789]"
    assert make["vector"]("2001:db8::1") == "[v2:[2001:db8::1]:3300,v1:[2001:db8::1]:6789]"


OSDS = {"monitors": [], "devices": ["/dev/sdb"], "method": "raw", "fsid": FSID}


def disks(space: dict[str, Any], *found: dict[str, Any]) -> None:
    """What disk() sees, one time after the other."""
    seen = list(found)
    space["disk"] = lambda _device: seen.pop(0) if len(seen) > 1 else seen[0]


def test_a_disk_that_was_filled_since_the_look_is_not_touched(
    make: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answers(make, {})
    disks(make, {"there": True, "osd": None, "holds": "holds xfs"})
    make["make_main"](json.dumps({"verb": "osds", **OSDS}))
    assert json.loads(capsys.readouterr().out) == {"error": "/dev/sdb holds xfs. It was not touched"}
    assert make["ran"] == []


def test_the_osd_of_another_cluster_is_neither_started_nor_removed(
    make: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answers(make, {})
    make["ETC"] = str(tmp_path)
    disks(make, {"there": True, "osd": osd("other"), "holds": "is OSD 3 of the cluster other"})
    make["make_main"](json.dumps({"verb": "osds", **OSDS}))
    assert f"is OSD 3 of the cluster other, not of {FSID}" in json.loads(capsys.readouterr().out)["error"]
    make["make_main"](json.dumps({"verb": "remove", "devices": ["/dev/sdb"], "name": "ceph01", "fsid": FSID}))
    assert json.loads(capsys.readouterr().out) == {"did": []}
    assert make["ran"] == [("systemctl", "daemon-reload")]


def test_a_monitor_that_is_not_reached_is_named_before_anything_is_made(make: dict[str, Any]) -> None:
    answers(make, {})
    with socket.create_server(("127.0.0.1", 0)) as open_one:
        make["reach"](["127.0.0.1"], open_one.getsockname()[1])
        port = open_one.getsockname()[1]
    with pytest.raises(make["Failed"], match=f"gets no connection to the monitor at 127.0.0.1, {port}/tcp: .*refused"):
        make["reach"](["127.0.0.1"], port)
    make["reach"].__defaults__ = (port,)
    for verb, given in {"osds": {"devices": ["/dev/sdb"]}, "manager": {"name": "ceph01"}}.items():
        with pytest.raises(make["Failed"], match="Open 3300/tcp and 6789/tcp to the monitors"):
            make[verb]({"monitors": ["127.0.0.1"], "method": "raw", "fsid": FSID, **given})
    assert make["ran"] == []


def test_a_new_osd_on_a_raw_device_is_activated_at_each_boot(make: dict[str, Any], tmp_path: Path) -> None:
    answers(make, {})
    make["UNITS"] = str(tmp_path)
    empty = {"there": True, "osd": None, "holds": ""}
    disks(make, empty, {"there": True, "osd": osd(), "holds": f"is OSD 3 of the cluster {FSID}"})
    did = make["osds"](OSDS)["did"]
    assert did == ["made OSD 3 on /dev/sdb", "started ceph-osd@3"]
    unit = (tmp_path / "ceph-osd-raw-3.service").read_text(encoding="utf-8")
    assert "RequiredBy=ceph-osd@3.service" in unit and "raw activate --device" in unit
    assert ("ceph-volume", "raw", "prepare", "--bluestore", "--data", "/dev/sdb") in make["ran"]
    assert make["ran"].index(("systemctl", "enable", "--now", "ceph-osd-raw-3.service")) < make["ran"].index(
        ("systemctl", "enable", "--now", "ceph-osd@3")
    )


def test_what_a_kernel_can_do_is_told_by_its_module_or_its_version() -> None:
    kernel = runpy.run_path(str(ROLES / "ceph_client" / "files" / "kernel.py"), run_name="read")["features"]
    assert kernel("6.1.0-13-amd64", "0x3d\n") == [
        "layering",
        "exclusive-lock",
        "object-map",
        "fast-diff",
        "deep-flatten",
    ]
    assert kernel("6.1.0-13-amd64", "0x5\n") == ["layering", "exclusive-lock"]
    assert kernel("4.15.0-55-generic", None) == ["layering", "exclusive-lock"]
    assert kernel("5.1.0", None) == ["layering", "exclusive-lock", "deep-flatten"]
    assert kernel("3.2.0", None) == []


@pytest.mark.parametrize("role", ["ceph_cluster", "ceph_client"])
def test_every_variable_of_a_role_is_specified_with_the_default_that_it_has(role: str) -> None:
    def document(*parts: str) -> Any:
        return yaml.safe_load((ROLES / role / Path(*parts)).read_text(encoding="utf-8"))

    specified: dict[str, Any] = {}
    for entry in document("meta", "argument_specs.yml")["argument_specs"].values():
        specified.update(entry["options"])
    defaults = document("defaults", "main.yml")
    for name, option in specified.items():
        if "default" in option:
            assert defaults[name] == option["default"], name
    assert set(defaults) <= set(specified)
    used: set[str] = set()
    for path in (ROLES / role).rglob("*"):
        if path.suffix in (".yml", ".j2") and path.parent.name in ("tasks", "vars", "templates"):
            used |= set(re.findall(rf"(?<![_\w.]){role}_[a-z_]+", path.read_text(encoding="utf-8")))
    modules = {"ceph_client_key", "ceph_client_key_info"}
    assert used - modules <= set(specified)
    readme = (ROLES / role / "README.md").read_text(encoding="utf-8")
    for name in specified:
        assert name in readme or f"`{name.removeprefix(role)}`" in readme, name


@pytest.mark.parametrize("role", ["ceph_cluster", "ceph_client", "k8s_ceph_storage"])
def test_no_text_that_is_read_as_json_looks_like_a_list_to_the_oldest_core(role: str) -> None:
    """ansible-core 2.17 makes data of what a template begins with a bracket, and from_json takes text only."""
    variables = (ROLES / role / "vars" / "main.yml").read_text(encoding="utf-8")
    for name in re.findall(r"lookup\('ansible\.builtin\.template', '([\w.]+)'\) \| from_json", variables):
        text = (ROLES / role / "templates" / name).read_text(encoding="utf-8")
        assert re.sub(r"\{#.*?#\}", "", text).startswith(" "), name
