# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles ceph_cluster and ceph_client over SSH, on hosts with real systemd: one cluster's life, in the file's order.

`make ceph-lab` runs it. Each test takes the cluster as the one before has left it; a failure ends the rest.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.plays import Play, command, environment, not_run
from tests.labs.ceph.hosts import Lab, missing, running

REFERENCE = Path(__file__).resolve().parents[3] / "inventories" / "reference" / "hosts.yml"
CLUSTER = ["ceph-admin", "ceph01", "ceph02", "ceph03"]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcE4nTmGZbQ0m0v5o0T2yJt4c6m1Q9k3X7h8V5s2d1f administrators"
# `make ceph-lab CORE=oldest` takes the oldest promised ansible-core.
CORE = os.environ.get("CORE", "newest")
# What differs between these hosts and the estate's: no device mapper, packages from a folder, and a disk that is the
# machine's, shared by all and perhaps nearly full.
LAB = {
    "ceph_cluster_osd_method": "raw",
    "ceph_cluster_repository": "deb [trusted=yes] file:/srv/repository ./",
    "ceph_cluster_account_keys": [KEY],
    "ceph_cluster_wait_timeout": 120,
    "ceph_cluster_wait_interval": 1,
    "ceph_cluster_config": [
        {"section": "mon", "name": "auth_allow_insecure_global_id_reclaim", "value": "false"},
        {"section": "mon", "name": "mon_data_avail_warn", "value": "5"},
    ],
}
LATER = {"ceph": {"hosts": {"ceph04": {"ceph_cluster_osd_devices": ["/dev/sdb"]}}}}

# A partition of Linux in a table of the old kind; these hosts have no program for it.
_WRITE = "dd of=/dev/sdb bs=1 conv=notrunc status=none"
PARTITIONED = (
    "dd if=/dev/zero of=/dev/sdb bs=512 count=1 conv=notrunc status=none; "
    rf"printf '\203\0\0\0\0\010\0\0\0\020\0\0' | {_WRITE} seek=450; printf '\125\252' | {_WRITE} seek=510"
)


class Estate:
    """The reference estate's Ceph hosts, in the lab."""

    def __init__(self, lab: Lab, directory: Path) -> None:
        self.lab, self.directory = lab, directory

    def run(self, role: str, *arguments: str, hosts: list[str] | None = None, entry: str = "main",
            fails: bool = False, **variables: Any) -> Play:  # fmt: skip
        """Runs an entry point of a role on hosts."""
        play: dict[str, Any] = {
            "hosts": hosts or CLUSTER,
            "gather_facts": False,
            "tasks": [
                {"name": "Role", "ansible.builtin.include_role": {"name": f"vcpp.vcloud.{role}", "tasks_from": entry}}
            ],
        }
        path = self.directory / "play.yml"
        path.write_text(yaml.safe_dump([play]), encoding="utf-8")
        inventories = ["-i", str(REFERENCE), "-i", str(self.lab.inventory), "-f", "10"]
        if "ceph04" in play["hosts"]:  # a host that came later, as its administrators write it down
            more = self.directory / "more.yml"
            more.write_text(yaml.safe_dump(LATER), encoding="utf-8")
            inventories += ["-i", str(more)]
        words = command(CORE, path, {**LAB, **variables}, *inventories, *arguments)
        done = self.lab.run(*words, env=environment(CORE, self.directory), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900)  # fmt: skip
        assert (done.returncode != 0) == fails, done.stdout
        return Play(done.returncode, done.stdout)

    def ask(self, *words: str) -> Any:
        """An answer of the cluster."""
        return json.loads(self.lab.ssh("ceph01", f"ceph --connect-timeout 20 {' '.join(words)} -f json").stdout)

    def key(self, user: str) -> str:
        """A key, by the cluster itself."""
        return self.lab.ssh("ceph01", f"ceph auth get-key {user}").stdout.strip()

    def silent_about(self, output: str, *users: str) -> None:
        """No key of the cluster is in an output."""
        for user in users:
            assert self.key(user) not in output


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    if reason := missing():
        not_run(reason)
    with running(CLUSTER) as lab:
        yield Estate(lab, tmp_path_factory.mktemp("plays"))


def unchanged(play: Play) -> None:
    assert not any(play.changed().values()), play.output


def test_a_prediction_changes_nothing(estate: Estate) -> None:
    everything = "find / -xdev -newer /tmp/mark -not -path '/tmp*' -not -path '/run*' -not -path '/var/log*' -type f"
    for name in CLUSTER:
        estate.lab.ssh(name, "touch /tmp/mark; sleep 0.01")
    predicted = estate.run("ceph_cluster", "--check", "--diff")
    assert all(predicted.changed()[name] for name in CLUSTER)
    for name in CLUSTER:
        touched = estate.lab.ssh(name, everything).stdout.split()
        assert [path for path in touched if not re.match(r"/(proc|sys|dev|var/lib/systemd|root/.ansible)", path)] == []


def test_a_cluster_is_made_from_nothing(estate: Estate) -> None:
    made = estate.run("ceph_cluster", "-v")
    status = estate.ask("status")
    assert status["health"]["status"] == "HEALTH_OK", status
    assert set(status["quorum_names"]) == {"ceph01", "ceph02", "ceph03"}
    assert (status["osdmap"]["num_osds"], status["osdmap"]["num_up_osds"], status["osdmap"]["num_in_osds"]) == (3, 3, 3)
    manager = estate.ask("mgr", "dump")
    assert {manager["active_name"], *(one["name"] for one in manager["standbys"])} == {"ceph01", "ceph02", "ceph03"}
    for monitor in estate.ask("mon", "dump")["mons"]:
        assert [one["type"] for one in monitor["public_addrs"]["addrvec"]] == ["v2", "v1"]
    estate.silent_about(made.output, "client.admin", "client.kube", "client.bootstrap-osd", "mon.")


def test_every_host_has_what_administrators_need(estate: Estate) -> None:
    fsid = estate.ask("status")["fsid"]
    for name in CLUSTER:
        assert estate.lab.ssh(name, "ceph fsid").stdout.strip() == fsid
        assert estate.lab.ssh(name, "stat -c '%a %U' /etc/ceph/ceph.client.admin.keyring").stdout.strip() == "600 root"
        assert estate.lab.ssh(name, "runuser -u cephadmin -- sudo -n id -un").stdout.strip() == "root"
        assert estate.lab.ssh(name, "stat -c %a /etc/sudoers.d/cephadmin").stdout.strip() == "440"
        assert estate.lab.ssh(name, "cat ~cephadmin/.ssh/authorized_keys").stdout.strip() == KEY
        for other in set(CLUSTER) - {name}:
            address = estate.lab.ssh(name, f"getent hosts {other}").stdout.split()[0]
            assert address.startswith("192.168.207.20")
        assert estate.lab.ssh(name, "ls /etc/ceph").stdout.split() == [
            "ceph.client.admin.keyring",
            "ceph.conf",
            "rbdmap",
        ]


def test_the_pool_and_its_client_are_as_kubernetes_needs_them(estate: Estate) -> None:
    (pool,) = [one for one in estate.ask("osd", "pool", "ls", "detail") if one["pool_name"] == "kube"]
    assert (pool["size"], pool["pg_autoscale_mode"], list(pool["application_metadata"])) == (3, "on", ["rbd"])
    (user,) = estate.ask("auth", "get", "client.kube")
    assert user["caps"] == {"mon": "profile rbd", "osd": "profile rbd pool=kube", "mgr": "profile rbd pool=kube"}


def test_a_second_run_changes_nothing_and_keeps_the_fsid(estate: Estate) -> None:
    before = estate.ask("status")["fsid"], estate.key("client.kube"), estate.key("client.admin")
    unchanged(estate.run("ceph_cluster"))
    unchanged(estate.run("ceph_cluster", "--check"))
    assert (estate.ask("status")["fsid"], estate.key("client.kube"), estate.key("client.admin")) == before


def test_a_volume_is_used_and_nothing_of_it_is_left(estate: Estate) -> None:
    done = estate.run("ceph_cluster", "-v", ceph_cluster_test_volume=True)
    assert '\\"attached\\": \\"fuse\\"' in done.output
    # The programs for it were missing, the rest was there.
    assert {name for name, count in done.changed().items() if count} == {"ceph01"}
    assert estate.lab.ssh("ceph01", "rbd ls kube; rbd trash ls kube").stdout == ""
    assert estate.lab.ssh("ceph01", "grep -cE 'rbd-fuse|vcpp-ceph' /proc/mounts", check=False).stdout.strip() == "0"
    assert estate.lab.ssh("ceph01", "ls -d /tmp/vcpp-ceph-*", check=False).stdout == ""


def test_osds_come_back_after_a_reboot(estate: Estate) -> None:
    estate.lab.reboot("ceph02")
    estate.run("ceph_cluster", entry="health")
    assert estate.ask("status")["osdmap"]["num_up_osds"] == 3
    unchanged(estate.run("ceph_cluster"))


def test_the_gate_names_what_is_down_and_the_role_starts_it(estate: Estate) -> None:
    number = estate.lab.ssh("ceph01", "ls /var/lib/ceph/osd").stdout.strip().removeprefix("ceph-")
    estate.lab.ssh("ceph01", f"systemctl stop ceph-osd@{number}")
    estate.lab.ssh("ceph03", "systemctl stop ceph-mon@ceph03")
    closed = estate.run("ceph_cluster", entry="health", fails=True, ceph_cluster_wait_timeout=15)
    text = re.sub(r"\s+", " ", closed.output)
    assert "MON_DOWN: 1/3 mons down, quorum ceph01,ceph02" in text, text
    assert "systemctl start ceph-mon@HOST" in text, text
    assert f"down are {number} on ceph01: look at systemctl status ceph-osd@NUMBER there" in text, text
    accepted = estate.run("ceph_cluster", entry="health", fails=True, ceph_cluster_wait_timeout=3,
                          ceph_cluster_accepted_warnings=["MON_DOWN"])  # fmt: skip
    told = accepted.output.partition("Say what is wrong")[2]
    assert "OSD_DOWN" in told and "MON_DOWN" not in told, told
    mended = estate.run("ceph_cluster")
    assert {name for name, count in mended.changed().items() if count} == {"ceph01", "ceph03"}
    unchanged(estate.run("ceph_cluster"))


def test_a_lost_quorum_is_told_at_once(estate: Estate) -> None:
    for name in ("ceph02", "ceph03"):
        estate.lab.ssh(name, f"systemctl stop ceph-mon@{name}")
    # Until its lease ends, the monitor that is left takes the others for alive, and answers in their name.
    alone = 'until ceph daemon mon.ceph01 mon_status | grep -qE "probing|electing"; do sleep 0.5; done'
    estate.lab.ssh("ceph01", f"timeout 30 bash -c '{alone}'")
    begun = time.monotonic()
    lost = estate.run("ceph_cluster", entry="health", fails=True)
    assert time.monotonic() - begun < 60
    assert "quorum may be lost" in re.sub(r"\s+", " ", lost.output)
    mended = estate.run("ceph_cluster")
    assert {name for name, count in mended.changed().items() if count} == {"ceph02", "ceph03"}


def test_a_host_that_cannot_be_reached_ends_the_run_before_it_changes_any(estate: Estate) -> None:
    lost = estate.run("ceph_cluster", hosts=[*CLUSTER, "ceph04"], fails=True)
    assert "fatal: [ceph04]: UNREACHABLE!" in lost.output
    unchanged(lost)


def test_a_disk_that_holds_anything_is_refused(estate: Estate) -> None:
    lab, both = estate.lab, [*CLUSTER, "ceph04"]
    lab.start("ceph04")
    lab.ssh("ceph04", "dd if=/srv/repository/Packages of=/dev/sdb bs=1k count=64 status=none")
    held = {
        "": "/dev/sdb holds data of an unknown kind: its first MiB is not empty",
        PARTITIONED: "/dev/sdb has a partition table (dos)",
        "wipefs -qa /dev/sdb; mkswap -q -L spare /dev/sdb": "/dev/sdb holds swap named spare",
        "wipefs -qa /dev/sdb; mkfs.ext4 -q -L backup /dev/sdb": "/dev/sdb holds ext4 named backup",
        "mkdir -p /mnt/backup; mount /dev/sdb /mnt/backup": "/dev/sdb is mounted at /mnt/backup",
    }
    for how, what in held.items():
        if how:
            lab.ssh("ceph04", how)
        before = lab.ssh("ceph04", "head -c 64M /dev/sdb | sha256sum").stdout if "mount /dev" not in how else ""
        refused = estate.run("ceph_cluster", hosts=both, fails=True)
        assert f"ceph04: {what}" in re.sub(r"\s+", " ", refused.output), refused.output
        unchanged(refused)
        assert before in ("", lab.ssh("ceph04", "head -c 64M /dev/sdb | sha256sum").stdout)
    lab.ssh("ceph04", "umount /mnt/backup")
    missing_one = estate.run("ceph_cluster", hosts=both, fails=True, ceph_cluster_osd_devices=["/dev/sdz"])
    assert "/dev/sdz is not there" in re.sub(r"\s+", " ", missing_one.output)


def test_a_host_is_added(estate: Estate) -> None:
    lab, both = estate.lab, [*CLUSTER, "ceph04"]
    lab.ssh("ceph04", "wipefs -qa /dev/sdb; dd if=/dev/zero of=/dev/sdb bs=1M count=64 status=none")
    estate.run("ceph_cluster", hosts=both)
    tree = estate.ask("osd", "tree")["nodes"]
    assert {node["name"] for node in tree if node["type"] == "host"} == {"ceph01", "ceph02", "ceph03", "ceph04"}
    assert estate.ask("status")["osdmap"]["num_up_osds"] == 4
    unchanged(estate.run("ceph_cluster", hosts=both))


def test_a_host_becomes_a_monitor(estate: Estate) -> None:
    both, four = [*CLUSTER, "ceph04"], ["ceph01", "ceph02", "ceph03", "ceph04"]
    fsid = estate.ask("status")["fsid"]
    estate.lab.ssh("ceph04", "install -d /var/lib/ceph/mon/ceph-ceph04/begun")
    begun = estate.run("ceph_cluster", hosts=both, fails=True, ceph_cluster_monitors=four)
    text = re.sub(r"\s+", " ", begun.output)
    assert "a monitor was begun and not finished" in text, text
    assert "ceph01 was left as it is, since ceph04 failed before, as told above" in text, text
    assert set(estate.ask("status")["quorum_names"]) == {"ceph01", "ceph02", "ceph03"}
    estate.lab.ssh("ceph04", "rm -r /var/lib/ceph/mon/ceph-ceph04")
    estate.run("ceph_cluster", hosts=both, ceph_cluster_monitors=four)
    status = estate.ask("status")
    assert (set(status["quorum_names"]), status["fsid"]) == (set(four), fsid)
    unchanged(estate.run("ceph_cluster", hosts=both, ceph_cluster_monitors=four))


def test_a_node_becomes_a_client_with_one_key(estate: Estate) -> None:
    lab, node = estate.lab, ["k8s-node1"]
    lab.start("k8s-node1")
    lab.ssh("k8s-node1", "echo 'deb [trusted=yes] file:/srv/repository ./' > /etc/apt/sources.list")
    source: dict[str, Any] = {"ceph_client_source": "ceph01"}
    refused = estate.run("ceph_client", hosts=["ceph-admin"], fails=True, **source)
    assert "belongs to a cluster and is more than a client" in re.sub(r"\s+", " ", refused.output)
    without = estate.run("ceph_client", hosts=node, fails=True, **source)
    assert "which has no module rbd" in re.sub(r"\s+", " ", without.output)
    unchanged(without)
    made = estate.run("ceph_client", "-v", hosts=node, ceph_client_kernel=False, **source)
    estate.silent_about(made.output, "client.kube", "client.admin")
    files = lab.ssh("k8s-node1", "cd /etc/ceph && stat -c '%n %a' ceph*").stdout.splitlines()
    assert files == ["ceph.client.kube.keyring 600", "ceph.conf 644"]
    lab.ssh(
        "k8s-node1",
        "rbd --id kube create --size 8M kube/of-the-node && rbd --id kube rm --no-progress kube/of-the-node",
    )
    assert lab.ssh("k8s-node1", "rbd --id kube ls device_health_metrics", check=False).returncode != 0
    unchanged(estate.run("ceph_client", hosts=node, ceph_client_kernel=False, **source))


def test_a_new_key_is_brought_to_the_node(estate: Estate) -> None:
    lab = estate.lab
    old = estate.key("client.kube")
    task = {"name": "Rotate", "vcpp.vcloud.ceph_client_key": {"name": "client.kube", "rotate": True}}
    path = estate.directory / "rotate.yml"
    path.write_text(yaml.safe_dump([{"hosts": "ceph01", "gather_facts": False, "tasks": [task]}]), encoding="utf-8")
    words = command(CORE, path, {}, "-i", str(lab.inventory))
    lab.run(*words, env=environment(CORE, estate.directory), stdin=subprocess.DEVNULL, check=True)
    assert estate.key("client.kube") != old
    assert lab.ssh("k8s-node1", "timeout 30 rbd --id kube ls kube", check=False).returncode != 0
    again: dict[str, Any] = {"hosts": ["k8s-node1"], "ceph_client_kernel": False, "ceph_client_source": "ceph01"}
    assert estate.run("ceph_client", **again).changed()["k8s-node1"] == 1
    lab.ssh("k8s-node1", "rbd --id kube ls kube")
    unchanged(estate.run("ceph_client", **again))


def test_a_cluster_is_removed_by_its_fsid_alone(estate: Estate) -> None:
    lab, both = estate.lab, [*CLUSTER, "ceph04"]
    fsid = estate.ask("status")["fsid"]
    other = "11111111-2222-4333-8444-555555555555"
    wrong = estate.run("ceph_cluster", hosts=both, entry="absent", fails=True, ceph_cluster_fsid=other)
    unchanged(wrong)
    assert f"ceph_cluster_fsid is {other}" in re.sub(r"\s+", " ", wrong.output)
    assert estate.ask("status")["osdmap"]["num_up_osds"] == 4
    estate.run("ceph_cluster", "--check", hosts=both, entry="absent", ceph_cluster_fsid=fsid)
    assert estate.ask("status")["osdmap"]["num_up_osds"] == 4
    estate.run("ceph_cluster", hosts=both, entry="absent", ceph_cluster_fsid=fsid)
    for name in ("ceph01", "ceph04"):
        assert (
            lab.ssh(name, "ls /etc/ceph; wipefs /dev/sdb; pgrep -x 'ceph-(mon|mgr|osd)'", check=False).stdout
            == "rbdmap\n"
        )
        assert lab.ssh(name, "ls /var/lib/ceph/mon /var/lib/ceph/mgr /var/lib/ceph/osd /etc/systemd/system",
                       check=False).stdout.count("ceph-osd-raw") == 0  # fmt: skip
    unchanged(estate.run("ceph_cluster", hosts=both, entry="absent", ceph_cluster_fsid=fsid))
    gone: dict[str, Any] = {"hosts": ["k8s-node1"], "entry": "absent", "ceph_client_fsid": fsid}
    assert estate.run("ceph_client", **gone).changed()["k8s-node1"] == 1
    unchanged(estate.run("ceph_client", **gone))


def test_cephadm_names_what_is_in_its_way(estate: Estate) -> None:
    lab = estate.lab
    bare = estate.run("ceph_cluster", entry="cephadm", fails=True, ceph_cluster_install_packages=False)
    text = re.sub(r"\s+", " ", bare.output)
    for obstacle in ("no cephadm (package cephadm)", "no container engine podman", "no /run/udev"):
        assert obstacle in text, text
    for name in CLUSTER:
        lab.ssh(name, "mkdir -p /run/udev")
    registry = estate.run("ceph_cluster", entry="cephadm", fails=True,
                          ceph_cluster_image="registry.vdev.local:5000/ceph/ceph:v16")  # fmt: skip
    text = re.sub(r"\s+", " ", registry.output)
    assert "cannot get ceph_cluster_image, registry.vdev.local:5000/ceph/ceph:v16" in text, text
    assert "Every host has to reach the registry itself" in text, text
    assert lab.ssh("ceph01", "ls /etc/ceph").stdout == "rbdmap\n"
