# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host is before the role changes anything, as one JSON document: read in one go, and nothing is written.

The role sends this file to the host's Python on standard input, with a call of look_main() behind it. Every later task
is skipped or run by what it answers, so that a run in which all is well costs little more than this one task. Keys of
keyrings are not among the answers.
"""

import json
import os
import pwd
import re
import shutil
import socket
import stat
import subprocess
import uuid

ETC, VAR = "/etc/ceph", "/var/lib/ceph"
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
BLUESTORE = b"bluestore block device\n"
MARKS = ("# BEGIN vcpp.vcloud.ceph_cluster", "# END vcpp.vcloud.ceph_cluster")


def run(*command, timeout=60):
    """(exit code, standard output, errors) of a program; one that is not there has the code 127."""
    environment = dict(os.environ, LC_ALL="C.UTF-8", PATH=PATH)
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=timeout, env=environment, text=True, check=False)  # fmt: skip
    except FileNotFoundError:
        return 127, "", f"{command[0]} is not installed"
    except subprocess.TimeoutExpired:
        return 124, "", f"{command[0]} gave no answer within {timeout} seconds"
    return done.returncode, done.stdout, done.stderr


def read(path):
    """Text of a file; None where there is none."""
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return None


def packages(names):
    """Installed version by the name of a package; None where it is not installed."""
    found = dict.fromkeys(names)
    output = run("dpkg-query", "-W", "-f", "${Package} ${Version} ${db:Status-Status}\n", *names)[1]
    for line in output.splitlines():
        name, version, status = line.split(" ")
        if status == "installed":
            found[name] = version
    return found


def units(names):
    """By the name of a unit: whether it is there, whether it runs, and whether it is started at boot."""
    found = {}
    if names:
        output = run("systemctl", "show", "-p", "Id,ActiveState,UnitFileState,ConditionResult,LoadState", *names)[1]
        for name, block in zip(names, output.strip().split("\n\n"), strict=False):
            state = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
            found[name] = {
                "active": state.get("ActiveState") in ("active", "activating", "reloading"),
                "enabled": state.get("UnitFileState") in ("enabled", "enabled-runtime", "static", "alias"),
                "there": state.get("LoadState") == "loaded",
            }
    return found


def addresses(name):
    """IPv4 and IPv6 addresses of a name, as this host resolves it."""
    try:
        return sorted({found[4][0] for found in socket.getaddrinfo(name, None)})
    except OSError:
        return []


def account(wanted):
    """What of the account is as wanted: itself, its keys, its file of sudoers."""
    name = wanted["name"]
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return {"there": False, "keys": False, "sudoers": False}
    keys = read(os.path.join(entry.pw_dir, ".ssh", "authorized_keys")) or ""
    path = wanted["sudoers_path"]
    mode = stat.S_IMODE(os.stat(path).st_mode) if os.path.exists(path) else 0
    return {
        "there": True,
        "keys": set(wanted["keys"]) <= set(keys.splitlines()),
        "sudoers": read(path) == wanted["sudoers"] and mode == 0o440,
    }


def block():
    """The lines that the role keeps in /etc/hosts; None where there are none."""
    text = read("/etc/hosts") or ""
    found = re.search(f"^{re.escape(MARKS[0])}\n(.*?)^{re.escape(MARKS[1])}$", text, re.MULTILINE | re.DOTALL)
    return found and found.group(1)


def label(device):
    """OSD of a device by the label of BlueStore, without its key; None where the label cannot be read."""
    code, output, unused = run("ceph-bluestore-tool", "show-label", "--dev", device)
    try:
        found = json.loads(output)[device]
        return {"id": int(found["whoami"]), "uuid": found["osd_uuid"], "cluster": found["ceph_fsid"], "method": "raw"}
    except (ValueError, KeyError):
        return None


def volumes(device):
    """Logical volumes on a physical volume: (names, OSD of one of them or None)."""
    code, output, unused = run("pvs", "--reportformat", "json", "-o", "vg_name,lv_name,lv_tags", device)
    names, osd = [], None
    try:
        rows = json.loads(output)["report"][0]["pv"]
    except (ValueError, KeyError, IndexError):
        rows = []
    for row in rows:
        if row.get("lv_name"):
            names.append("{}/{}".format(row["vg_name"], row["lv_name"]))
        tags = dict(tag.split("=", 1) for tag in row.get("lv_tags", "").split(",") if "=" in tag)
        if "ceph.osd_id" in tags:
            osd = {"id": int(tags["ceph.osd_id"]), "uuid": tags.get("ceph.osd_fsid"),
                   "cluster": tags.get("ceph.cluster_fsid"), "method": "lvm"}  # fmt: skip
    return names, osd


def signatures(device):
    """What wipefs sees: (kind, label or UUID) of file systems, partition tables, members of groups."""
    code, output, errors = run("wipefs", "--json", "--no-act", device)
    if code:
        raise OSError(f"wipefs {device}: {errors.strip()}")
    rows = json.loads(output or "{}").get("signatures", [])
    return [(row["type"], row.get("label") or row.get("uuid") or "") for row in rows]


def uses(device):
    """What the running system does with a device: mounts, swap, partitions, what lies on top of it."""
    number = os.stat(device).st_rdev
    pair = f"{os.major(number)}:{os.minor(number)}"
    found = []
    for line in (read("/proc/self/mountinfo") or "").splitlines():
        fields = line.split()
        if fields[2] == pair:
            found.append(f"is mounted at {fields[4]}")
    for line in (read("/proc/swaps") or "").splitlines()[1:]:
        swap = line.split()[0]
        if os.path.exists(swap) and os.stat(swap).st_rdev == number:
            found.append("is swap space in use")
    system = f"/sys/dev/block/{pair}"
    if os.path.isdir(system):
        inside = os.listdir(system)
        parts = sorted(name for name in inside if os.path.exists(os.path.join(system, name, "partition")))
        if parts:
            found.append("has the partitions {}".format(", ".join(parts)))
        holders = os.path.join(system, "holders")
        if os.path.isdir(holders) and os.listdir(holders):
            found.append("is in use by {}".format(", ".join(sorted(os.listdir(holders)))))
    return found


def first_bytes(device, count):
    """The beginning of a device."""
    with open(device, "rb") as file:
        return file.read(count)


def judge(device, found_uses, beginning, found_signatures, osd, found_volumes):
    """What a device holds, in words for a message; empty where nothing at all speaks against taking it.

    Pure: everything that was seen is given. An OSD is told by its number and cluster, whoever's it is.
    """
    if osd:
        return "is OSD {} of the cluster {}".format(osd["id"], osd["cluster"])
    said = list(found_uses)
    if beginning.startswith(BLUESTORE):
        said.append("is an OSD of a cluster that cannot be told from its label")
    for kind, name in found_signatures:
        if kind == "ceph_bluestore":
            continue
        if kind in ("dos", "gpt", "PMBR", "mac", "bsd", "sun"):
            text = f"has a partition table ({kind})"
        elif kind == "LVM2_member":
            text = "is a physical volume of LVM" + (
                " with {}".format(", ".join(found_volumes)) if found_volumes else ""
            )
        elif kind.endswith("_member") or kind in ("crypto_LUKS", "zfs_member"):
            text = f"is part of a group or an encrypted container ({kind})"
        else:
            text = "holds {}{}".format(kind, f" named {name}" if name else "")
        if text not in said:
            said.append(text)
    if not said and beginning.strip(b"\0"):
        said.append("holds data of an unknown kind: its first MiB is not empty")
    return " and ".join(said)


def disk(device):
    """A device: `there`, `osd` if it is one, and `holds`, what speaks against taking it for a new one."""
    try:
        if not stat.S_ISBLK(os.stat(device).st_mode):
            return {"there": False, "osd": None, "holds": "is no block device"}
    except FileNotFoundError:
        return {"there": False, "osd": None, "holds": "is not there"}
    beginning, names, osd = first_bytes(device, 1 << 20), [], None
    found = signatures(device)
    if beginning.startswith(BLUESTORE):
        osd = label(device)
    elif any(kind == "LVM2_member" for kind, unused in found):
        names, osd = volumes(device)
    return {"there": True, "osd": osd, "holds": judge(device, uses(device), beginning, found, osd, names)}


def settings_of(text):
    """Keys of [global] in a ceph.conf, spelled with underscores."""
    found, here = {}, False
    for line in (text or "").splitlines():
        line = line.split("#")[0].split(";")[0].strip()
        if line.startswith("["):
            here = line == "[global]"
        elif here and "=" in line:
            name, value = line.split("=", 1)
            found[name.strip().replace(" ", "_")] = value.strip()
    return found


def ask(*words):
    """Answer of the cluster as a document; None where it gives none in time."""
    code, output, unused = run("ceph", "--connect-timeout", "10", *words + ("-f", "json"), timeout=30)
    try:
        return json.loads(output) if code == 0 else None
    except ValueError:
        return None


def clock():
    """Whether a time service runs, and whether it says that the clock is right."""
    state = dict(line.split("=", 1) for line in run("timedatectl", "show")[1].splitlines() if "=" in line)
    return {"synchronized": state.get("NTPSynchronized") == "yes"}


def look(wanted):
    """Everything about this host; `wanted` says which names, packages, devices and units are asked for."""
    own = wanted["name"]
    conf = read(ETC + "/ceph.conf")
    disks = {device: disk(device) for device in wanted["devices"]}
    osds = [found["osd"]["id"] for found in disks.values() if found["osd"]]
    names = ["ceph-mon", "ceph-mon@" + own, "ceph-mgr@" + own, "chrony"] + [f"ceph-osd@{number}" for number in osds]
    state = units(names)
    monitor = os.path.exists(f"{VAR}/mon/ceph-{own}/keyring")
    answers = monitor and state["ceph-mon@" + own]["active"] and os.path.exists(ETC + "/ceph.client.admin.keyring")
    status = ask("status") if answers else None
    return {
        "hostname": socket.gethostname().split(".")[0],
        "container": run("systemd-detect-virt", "--container", "--quiet")[0] == 0,
        "kernel": os.uname().release,
        "addresses": {name: addresses(name) for name in wanted["names"]},
        "block": block(),
        "account": account(wanted["account"]) if wanted["account"] else {},
        "packages": packages(wanted["packages"]) if wanted["packages"] else {},
        "repository": read(wanted["repository_path"]) if wanted["repository_path"] else None,
        "clock": clock(),
        "programs": [name for name in wanted["programs"] if shutil.which(name, path=PATH)],
        "udev": os.path.isdir("/run/udev"),
        "conf": conf,
        "fsid": settings_of(conf).get("fsid", ""),
        "candidate": str(uuid.uuid4()),
        "admin_keyring": os.path.exists(ETC + "/ceph.client.admin.keyring"),
        "bootstrap_keyring": os.path.exists(VAR + "/bootstrap-osd/ceph.keyring"),
        "initial_keyring": os.path.exists(ETC + "/ceph.mon.keyring"),
        "monitor": monitor,
        "manager": os.path.exists(f"{VAR}/mgr/ceph-{own}/keyring"),
        "disks": disks,
        "units": state,
        "quorum": status["quorum_names"] if status else None,
        "config": ask("config", "dump") if status else None,
    }


def look_main(text):
    """Prints the answer; `text` is what is asked for as JSON."""
    try:
        print(json.dumps(look(json.loads(text))))
    except (OSError, KeyError, ValueError) as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
