# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role does on a host by programs that no module stands for: keyrings, monitors, managers, OSDs, removal.

The role sends look.py, then this file, then a call of make_main() to the host's Python on standard input: keys go
neither into files of their own nor into a list of processes. Each verb looks again before it writes, so that one that
was interrupted is taken up where it ended, and answers {"did": [what it did]} or {"error": "what went wrong"}.
"""

# What look.py defines, which stands in front of this file where it is run:
# ruff: noqa: F821
# pylint: disable=undefined-variable

import base64
import glob
import tempfile
import time

ADMIN = ETC + "/ceph.client.admin.keyring"
INITIAL = ETC + "/ceph.mon.keyring"
BOOTSTRAP = VAR + "/bootstrap-osd/ceph.keyring"
UNITS = "/etc/systemd/system"
# ceph-volume knows a device by the name that the kernel has for it now, and by no link to it.
ACTIVATION = """# By the role vcpp.vcloud.ceph_cluster: the folder of a raw OSD is in memory, and made at each boot.
[Unit]
Description=Make the data folder of osd.{id}
After=local-fs.target
Before=ceph-osd@{id}.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'exec /usr/sbin/ceph-volume raw activate --device "$$(readlink -f {device})" --no-systemd'

[Install]
RequiredBy=ceph-osd@{id}.service
"""


class Failed(Exception):
    """The text is for the user."""


def do(*command, **more):
    """Standard output of a program that must succeed."""
    code, output, errors = run(*command, **more)
    if code:
        lines = [line for line in (errors or output).strip().splitlines() if line.strip()]
        raise Failed("{} ended with {}: {}".format(" ".join(command[:4]), code, " / ".join(lines[-3:])))
    return output


def write(path, text, mode=0o600, owner=None):
    """Writes a file as a whole, with its mode from the first byte on."""
    descriptor, name = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".vcpp-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    os.chmod(name, mode)
    if owner:
        shutil.chown(name, owner, owner)
    os.rename(name, path)


def make_home(home):
    """Makes the folder of a monitor or manager for the account ceph.

    The folder around it, too: a host that had its first packages of Ceph for something else has it for root, since only
    ceph-base gives folders to the account, when it is installed.
    """
    os.makedirs(home, 0o755, exist_ok=True)
    for folder in (os.path.dirname(home), home):
        shutil.chown(folder, "ceph", "ceph")


def ceph(*words):
    """Answer of the cluster to the administrator."""
    return do("ceph", "--connect-timeout", "20", *words)


def reach(monitors, port=3300):
    """Raises Failed for the first monitor that this host gets no connection to.

    Every monitor is in quorum when this is asked, so it says what lies between. Ceph's programs would say after minutes
    that time is over, and not where.
    """
    for address in monitors:
        try:
            socket.create_connection((address, port), timeout=5).close()
        except OSError as error:
            raise Failed(
                f"{socket.gethostname()} gets no connection to the monitor at {address}, {port}/tcp: {error}. Open "
                "3300/tcp and 6789/tcp to the monitors, and 6800 to 7300/tcp between all hosts of the cluster"
            ) from error


def start(unit):
    """Enables and starts a unit; what the unit said is part of the error."""
    code, unused, errors = run("systemctl", "enable", "--now", unit, timeout=120)
    if code:
        log = run("journalctl", "-u", unit, "-n", "5", "-o", "cat", "--no-pager")[1]
        raise Failed("{} does not start: {} {}".format(unit, errors.strip(), " / ".join(log.strip().splitlines())))


def keyrings(given):
    """Keyrings and map of the monitors: made for a new cluster, read from one that is there. The answer is secret."""
    did = []
    with tempfile.TemporaryDirectory() as folder:
        name = folder + "/monmap"
        if given["new"]:
            tool = ("ceph-authtool", "--create-keyring")
            if not os.path.exists(ADMIN):
                everything = [word for kind in ("mon", "osd", "mds", "mgr") for word in ("--cap", kind, "allow *")]
                do(*tool, folder + "/admin", "--gen-key", "-n", "client.admin", *everything)
                write(ADMIN, open(folder + "/admin").read())
                did.append("made the key of client.admin")
            if not os.path.exists(BOOTSTRAP):
                least = ("--cap", "mon", "profile bootstrap-osd", "--cap", "mgr", "allow r")
                do(*tool, folder + "/osd", "--gen-key", "-n", "client.bootstrap-osd", *least)
                write(BOOTSTRAP, open(folder + "/osd").read(), owner="ceph")
            if not os.path.exists(INITIAL):
                do(*tool, folder + "/mon", "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
                for more in (ADMIN, BOOTSTRAP):
                    do("ceph-authtool", folder + "/mon", "--import-keyring", more)
                write(INITIAL, open(folder + "/mon").read())
                did.append("made the key of the monitors")
            do("monmaptool", "--create", "--clobber", "--fsid", given["fsid"], name)
            for monitor, address in given["monitors"]:
                do("monmaptool", "--addv", monitor, vector(address), name)
            initial, bootstrap = open(INITIAL).read(), open(BOOTSTRAP).read()
        else:
            initial, bootstrap = ceph("auth", "get", "mon."), ceph("auth", "get", "client.bootstrap-osd")
            ceph("mon", "getmap", "-o", name)
            known = do("monmaptool", "--print", name)
            for monitor, address in given["monitors"]:
                if not re.search(rf" mon\.{re.escape(monitor)}$", known, re.MULTILINE):
                    do("monmaptool", "--addv", monitor, vector(address), name)
        with open(name, "rb") as file:
            monmap = base64.b64encode(file.read()).decode()
    return {"did": did, "admin": open(ADMIN).read(), "monitor": initial, "bootstrap": bootstrap, "monmap": monmap}


def vector(address):
    """Both versions of the messenger at an address, as the map of the monitors spells them."""
    host = f"[{address}]" if ":" in address else address
    return f"[v2:{host}:3300,v1:{host}:6789]"


def monitor(given):
    """Gives a host its keyrings and its monitor, and starts that. One that is there needs no secrets."""
    did, own = [], given["name"]
    secrets = given["secrets"]
    if secrets and not os.path.exists(ADMIN):
        write(ADMIN, secrets["admin"])
        did.append("gave the host the key of client.admin")
    if given["daemons"] and not os.path.exists(BOOTSTRAP):
        write(BOOTSTRAP, secrets["bootstrap"], owner="ceph")
        did.append("gave the host the key that makes OSDs")
    if given["monitor"]:
        home = f"{VAR}/mon/ceph-{own}"
        if not os.path.exists(home + "/keyring"):
            if os.path.isdir(home) and os.listdir(home):
                raise Failed(
                    f"{home} is there without a keyring: a monitor was begun and not finished. If it belongs to no "
                    "cluster, remove the folder and run again"
                )
            with tempfile.TemporaryDirectory() as folder:
                write(folder + "/keyring", secrets["monitor"], owner="ceph")
                write(folder + "/monmap", base64.b64decode(secrets["monmap"]), owner="ceph")
                shutil.chown(folder, "ceph", "ceph")
                make_home(home)
                do("runuser", "-u", "ceph", "--", "ceph-mon", "--mkfs", "-i", own, "--monmap", folder + "/monmap",
                   "--keyring", folder + "/keyring")  # fmt: skip
            did.append(f"made the monitor {own}")
        # Debian's package enables a unit of its own for the same monitor; of the two, one would always fail.
        run("systemctl", "disable", "--now", "ceph-mon.service", timeout=120)
        start(f"ceph-mon@{own}")
        did.append(f"started ceph-mon@{own}")
    return {"did": did}


def quorum(given):
    """Waits until the named monitors are all in quorum, after which the first keyring of a cluster has no use."""
    # Numbers that ansible-core 2.17 has templated are texts.
    wanted, deadline = set(given["names"]), time.monotonic() + int(given["timeout"])
    seen = []
    while True:
        found = ask("quorum_status")
        seen = found["quorum_names"] if found else []
        if wanted <= set(seen):
            break
        if time.monotonic() > deadline:
            inside, all_of_them = ", ".join(seen) or "none", ", ".join(sorted(wanted))
            raise Failed(
                f"After {given['timeout']} seconds {inside} of the monitors {all_of_them} are in quorum. Look at "
                "ceph-mon@NAME of the others, and whether 3300/tcp and 6789/tcp are open between the hosts"
            )
        time.sleep(0.3)
    if os.path.exists(INITIAL):
        os.unlink(INITIAL)
    return {"did": []}


def config(given):
    """Sets options in the cluster's own configuration; while the quorum was lost nobody could see what is set."""
    did = []
    present = {(one["section"], one["name"]): one["value"] for one in ask("config", "dump") or []}
    for option in given["options"]:
        if present.get((option["section"], option["name"])) == option["value"]:
            continue
        ceph("config", "set", option["section"], option["name"], option["value"])
        did.append("set {name} of {section} to {value}".format(**option))
    return {"did": did}


def manager(given):
    """Makes and starts the manager of a host."""
    reach(given["monitors"])
    did, own = [], given["name"]
    home = f"{VAR}/mgr/ceph-{own}"
    if not os.path.exists(home + "/keyring"):
        make_home(home)
        key = ceph("auth", "get-or-create", f"mgr.{own}", "mon", "allow profile mgr", "osd", "allow *",
                   "mds", "allow *")  # fmt: skip
        write(home + "/keyring", key, owner="ceph")
        did.append(f"made the manager {own}")
    start(f"ceph-mgr@{own}")
    did.append(f"started ceph-mgr@{own}")
    return {"did": did}


def lasting(device):
    """A name of a device that it keeps after a reboot, where udev has given it one."""
    same = [link for link in glob.glob("/dev/disk/by-id/*") if os.path.realpath(link) == os.path.realpath(device)]
    return min(same, key=lambda link: ("/wwn-" not in link, len(link), link)) if same else device


def osds(given):
    """Makes OSDs of devices that are empty, and starts those of this cluster that do not run."""
    reach(given["monitors"])
    did = []
    for device in given["devices"]:
        found = disk(device)
        if found["osd"] is None:
            if found["holds"]:
                raise Failed("{} {}. It was not touched".format(device, found["holds"]))
            if given["method"] == "lvm":
                do("ceph-volume", "lvm", "create", "--bluestore", "--data", os.path.realpath(device), timeout=600)
            else:
                do("ceph-volume", "raw", "prepare", "--bluestore", "--data", os.path.realpath(device), timeout=600)
            found = disk(device)
            if found["osd"] is None:
                raise Failed("ceph-volume has prepared {}, and still it is no OSD: {}".format(device, found["holds"]))
            did.append("made OSD {} on {}".format(found["osd"]["id"], device))
        osd = found["osd"]
        if osd["cluster"] != given["fsid"]:
            raise Failed("{} {}, not of {}. It was not touched".format(device, found["holds"], given["fsid"]))
        if osd["method"] == "raw":
            unit = "ceph-osd-raw-{}.service".format(osd["id"])
            write(f"{UNITS}/{unit}", ACTIVATION.format(id=osd["id"], device=lasting(device)), mode=0o644)
            do("systemctl", "daemon-reload")
            start(unit)
        start("ceph-osd@{}".format(osd["id"]))
        did.append("started ceph-osd@{}".format(osd["id"]))
    return {"did": did}


def remove(given):
    """Removes what belongs to a cluster from a host: daemons, their folders and disks, configuration, keyrings."""
    did, fsid = [], given["fsid"]
    conf = settings_of(read(ETC + "/ceph.conf"))
    mine = conf.get("fsid") == fsid
    for device in given["devices"]:
        found = disk(device)
        osd = found["osd"]
        if osd is None or osd["cluster"] != fsid:
            continue
        for unit in ("ceph-osd@{}".format(osd["id"]), "ceph-osd-raw-{}".format(osd["id"])):
            run("systemctl", "disable", "--now", unit, timeout=120)
        home = "{}/osd/ceph-{}".format(VAR, osd["id"])
        if os.path.ismount(home):
            do("umount", home)
        shutil.rmtree(home, ignore_errors=True)
        path = "{}/ceph-osd-raw-{}.service".format(UNITS, osd["id"])
        if os.path.exists(path):
            os.unlink(path)
        do("ceph-volume", "lvm", "zap", "--destroy", os.path.realpath(device), timeout=300)
        if disk(device)["holds"]:  # kinds of devices that zap passes over without a word
            do("wipefs", "--all", device)
            do("dd", "if=/dev/zero", "of=" + device, "bs=1M", "count=10", "conv=fsync,notrunc", "status=none")
        did.append("wiped {}, which was OSD {}".format(device, osd["id"]))
    if mine:
        for kind in ("mon", "mgr"):
            home = "{}/{}/ceph-{}".format(VAR, kind, given["name"])
            if os.path.isdir(home):
                run("systemctl", "disable", "--now", "ceph-{}@{}".format(kind, given["name"]), timeout=120)
                shutil.rmtree(home)
                did.append("removed the {} of {}".format({"mon": "monitor", "mgr": "manager"}[kind], given["name"]))
        for path in glob.glob(ETC + "/ceph.client.*.keyring") + [INITIAL, BOOTSTRAP, ETC + "/ceph.conf"]:
            if os.path.exists(path):
                os.unlink(path)
                did.append(f"removed {path}")
    do("systemctl", "daemon-reload")
    return {"did": did}


VERBS = {
    "keyrings": keyrings,
    "monitor": monitor,
    "quorum": quorum,
    "config": config,
    "manager": manager,
    "osds": osds,
    "remove": remove,
}


def make_main(text):
    """Does what the document asks for, and prints the answer."""
    given = json.loads(text)
    try:
        print(json.dumps(VERBS[given["verb"]](given)))
    except (Failed, OSError, ValueError, KeyError) as error:
        print(json.dumps({"error": str(error) if isinstance(error, Failed) else repr(error)}))
