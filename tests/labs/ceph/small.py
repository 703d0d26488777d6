# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small Ceph cluster of real daemons on this machine: a monitor, a manager and three OSDs (contract 6, level A).

Everything lies in one folder, the OSDs' disks too (sparse files of 4 GiB). The daemons listen on a loopback address of
their own, at Ceph's usual ports, so that whoever has ceph.conf and a keyring reaches them; nothing of the machine
itself is touched, /etc/ceph neither read nor written. They end with whoever started them, also when that is killed:
the kernel sees to it (setpriv --pdeathsig). Their parent is a thread, so a lab is started from the one that stays.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# By its place: integration targets know these modules under another name.
from ..folder import LabError, alive, owned

ROOT = Path(__file__).resolve().parents[3]
LABS = ROOT / "build" / "labs"
# Program, and the Debian package that brings it (tests/tools/system_packages.sh).
PROGRAMS = {"ceph-mon": "ceph-mon", "ceph-mgr": "ceph-mgr", "ceph-osd": "ceph-osd", "ceph": "ceph-common"}
START_SECONDS = 120
STATE = "state.json"
# Every OSD is a host of its own in the CRUSH map, as in the reference estate, so that the usual rule (one copy a host)
# finds three. `ms bind msgr2` and v1 both, because kernels and the 2019 provisioner speak v1 at 6789.
CONF = """\
[global]
fsid = {fsid}
mon host = [v2:{address}:3300,v1:{address}:6789]
public addr = {address}
keyring = {folder}/ceph.client.admin.keyring
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
# Of the machine itself nothing is used: what a daemon would put into /var and /run lies here, or is not made.
run dir = {folder}
crash dir = {folder}/crash
log file = {folder}/$name.log
mon cluster log file = {folder}/cluster.log
admin socket =
pid file =
ms type = async+posix
# The disk of a test machine may be nearly full, and is not Ceph's.
mon data avail warn = 1
mon data avail crit = 0
auth allow insecure global id reclaim = false
osd pool default size = 3
osd pool default min size = 2
osd crush update on start = true

[mon]
mon data = {folder}/mon
# One monitor decides alone, and new maps need not be gathered for long.
paxos propose interval = 0.1
# A quota that is reached is noticed at a tick.
mon tick interval = 1
mon osd initial require min compat client = luminous

[mgr]
mgr data = {folder}/mgr
keyring = {folder}/mgr/keyring
mgr module path = {modules}
mgr stats period = 1
mgr tick period = 1

[osd]
osd data = {folder}/osd.$id
keyring = {folder}/osd.$id/keyring
osd objectstore = bluestore
bluestore block size = 4294967296
bluestore block create = true
# Not preallocated, and cached little.
bluestore block preallocate file = false
bluestore cache autotune = false
bluestore cache size = 33554432
osd memory target = 939524096
osd op num shards = 2
osd op num threads per shard = 1
osd class update on start = true
osd max pg log entries = 100
# A benchmark of the disk at the first start, which a test does not wait for.
osd mclock skip benchmark = true
"""
HOSTS = "".join(f"\n[osd.{number}]\ncrush location = root=default host=ceph{number + 1:02}\n" for number in range(3))
# Nothing else is loaded: each module costs a second of a start. The first four are wanted, the others cannot be left
# out ("always on"), or health says so.
MODULES = ("balancer", "pg_autoscaler", "rbd_support", "status", "crash", "devicehealth", "orchestrator", "progress",
           "telemetry", "volumes", "mgr_module.py", "mgr_util.py")  # fmt: skip


def missing() -> str:
    """What a machine lacks for this lab, as a sentence; empty where nothing is missing."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
    lacking = sorted({package for program, package in PROGRAMS.items() if not shutil.which(program, path=path)})
    if lacking:
        return f"A Ceph cluster needs the packages {', '.join(lacking)} (make system-packages, on Debian as root)."
    return "" if shutil.which("setpriv", path=path) else "A Ceph cluster needs setpriv of util-linux."


@dataclass
class Ceph:
    """A running cluster: its files, how it is reached, and its daemons by name (`mon.a`, `mgr.x`, `osd.0`)."""

    folder: Path
    fsid: str
    address: str
    daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def conf(self) -> Path:
        """The configuration file, for clients too."""
        return self.folder / "ceph.conf"

    @property
    def keyring(self) -> Path:
        """The keyring of client.admin."""
        return self.folder / "ceph.client.admin.keyring"

    @property
    def monitors(self) -> list[str]:
        """Address and port of every monitor, of messenger v1, as Kubernetes wants them."""
        return [f"{self.address}:6789"]

    def run(self, *arguments: str, stdin: str = "", seconds: float = 60, program: str = "ceph") -> str:
        """Run `ceph` (or `rbd`, `rados`) as client.admin and return what it printed. Raises LabError where it fails."""
        command = [program, "--conf", str(self.conf), "--keyring", str(self.keyring), *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=seconds, check=False)
        if done.returncode:
            raise LabError(f"{program} {' '.join(arguments)}: {done.stderr.strip() or done.returncode}")
        return done.stdout.strip()

    def start(self, name: str) -> None:
        """Start a daemon that was stopped; it is not waited for."""
        kind, _dot, identity = name.partition(".")
        command = ["setpriv", "--pdeathsig", "KILL", f"ceph-{kind}", "-f", "-i", identity, "-c", str(self.conf)]
        with open(self.folder / f"{name}.out", "ab") as out:
            self.daemons[name] = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )

    def stop(self, name: str, at_once: bool = False) -> None:
        """Stop a daemon in good order, or kill it."""
        daemon = self.daemons.pop(name)
        daemon.send_signal(signal.SIGKILL if at_once else signal.SIGTERM)
        try:
            daemon.wait(10)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def said(self) -> str:
        """The last lines of what the daemons said, for an error message."""
        lines = []
        for path in sorted([*self.folder.glob("*.out"), *self.folder.glob("*.*.log")]):
            lines += [f"{path.name}: {line}" for line in path.read_text("utf-8", "replace").splitlines()[-5:]]
        return "\n".join(lines)

    def status(self) -> dict[str, Any]:
        """What `ceph -s` says. Raises LabError where no monitor answers within ten seconds."""
        found: dict[str, Any] = json.loads(self.run("--connect-timeout", "10", "status", "--format", "json"))
        return found

    def wait(self, what: str, done: Callable[[dict[str, Any]], bool], seconds: float = START_SECONDS) -> None:
        """Wait until `done` says yes to the status. Raises LabError, beginning with `what`, if a daemon ends first."""
        deadline = time.monotonic() + seconds
        while not done(status := self.status()):
            ended = [name for name, daemon in self.daemons.items() if daemon.poll() is not None]
            if ended or time.monotonic() > deadline:
                raise LabError(f"{what}; ended: {ended or 'none'}; {json.dumps(status)}\n{self.said()}")
            time.sleep(0.1)


# What the monitor's log says of a command that somebody sent; the manager sends some by itself. Where a value is
# nobody's to see, the log has it in another form, and without the sender.
_COMMAND = re.compile(
    r"log_channel\(audit\).*entity='client\.[^']*' cmd=\[?(\{.*?\})\]?: dispatch|mon_command\(\[\{prefix=([^,}]+),"
)


def commands(folder: Path) -> list[str]:
    """The commands that clients sent to the monitor of the lab in `folder` since the last call: `osd pool create`."""
    log, mark = folder / "mon.a.log", folder / "commands.seen"
    begin = int(mark.read_text(encoding="utf-8")) if mark.exists() else 0
    # A line that is being written is for the next call.
    text = log.read_bytes()[begin:].rpartition(b"\n")[0].decode("utf-8", "replace")
    mark.write_text(str(begin + len(text.encode())), encoding="utf-8")
    return [hidden or str(json.loads(shown).get("prefix")) for shown, hidden in _COMMAND.findall(text)]


def free_address() -> str:
    """A loopback address where nobody listens at the monitor's ports. The range is left alone by other parts."""
    for _attempt in range(100):
        address = f"127.{random.randint(100, 199)}.{random.randint(0, 255)}.{random.randint(1, 254)}"  # noqa: S311
        with contextlib.suppress(OSError), socket.socket() as one, socket.socket() as other:
            one.bind((address, 3300))
            other.bind((address, 6789))
            return address
    raise LabError("There is no loopback address with free ports 3300 and 6789.")


def _call(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise LabError(f"{command[0]}: {done.stderr.strip()}")


def _keyrings(ceph: Ceph) -> None:
    """The keys that a monitor begins with: its own, the administrator's, and those of the daemons to come."""
    folder = ceph.folder
    keys = {
        "client.admin": ["mon", "allow *", "osd", "allow *", "mgr", "allow *", "mds", "allow *"],
        "client.bootstrap-osd": ["mon", "profile bootstrap-osd", "mgr", "allow r"],
        "mgr.x": ["mon", "allow profile mgr", "osd", "allow *", "mds", "allow *"],
        "mon.": ["mon", "allow *"],
    }
    files = {"client.admin": ceph.keyring, "mgr.x": folder / "mgr" / "keyring"}
    for name, caps in keys.items():
        path = files.get(name, folder / "mon.keyring")
        arguments = [part for kind, cap in zip(caps[::2], caps[1::2], strict=True) for part in ("--cap", kind, cap)]
        create = [] if path.exists() else ["--create-keyring"]
        _call("ceph-authtool", *create, str(path), "--gen-key", "-n", name, *arguments, cwd=folder)
    for path in files.values():
        _call("ceph-authtool", str(folder / "mon.keyring"), "--import-keyring", str(path), cwd=folder)


def _monitor(ceph: Ceph) -> None:
    folder = ceph.folder
    addresses = f"[v2:{ceph.address}:3300,v1:{ceph.address}:6789]"
    _call("monmaptool", "--create", "--addv", "a", addresses, "--fsid", ceph.fsid, str(folder / "monmap"), cwd=folder)
    _keyrings(ceph)
    common = ["-i", "a", "-c", str(ceph.conf), "--monmap", str(folder / "monmap")]
    _call("ceph-mon", "--mkfs", *common, "--keyring", str(folder / "mon.keyring"), cwd=folder)
    for name in ("monmap", "mon.keyring"):
        (folder / name).unlink()
    ceph.start("mon.a")


def _osds(ceph: Ceph, count: int) -> None:
    """Three OSDs: their ids and keys from the monitor, their stores side by side, then the daemons."""
    making = []
    for number in range(count):
        place, identity = ceph.folder / f"osd.{number}", str(uuid.uuid4())
        place.mkdir()
        _call("ceph-authtool", "--create-keyring", str(place / "keyring"), "--gen-key", "-n", f"osd.{number}",
              cwd=ceph.folder)  # fmt: skip
        key = (place / "keyring").read_text("utf-8").split("key = ")[1].strip()
        found = ceph.run("osd", "new", identity, str(number), "-i", "-", stdin=json.dumps({"cephx_secret": key}))
        if found != str(number):
            raise LabError(f"The monitor calls OSD {number} {found}.")
        command = ["ceph-osd", "--mkfs", "-i", str(number), "-c", str(ceph.conf), "--osd-uuid", identity]
        with open(ceph.folder / f"osd.{number}.out", "ab") as out:
            making.append(
                subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command], cwd=ceph.folder, stdout=out, stderr=out)
            )
    for number, one in enumerate(making):
        if one.wait(START_SECONDS):
            raise LabError(f"The store of OSD {number} was not made.\n{ceph.said()}")
        ceph.start(f"osd.{number}")


def _modules(folder: Path) -> Path:
    """A folder with the manager's modules that are wanted, as links."""
    place = folder / "modules"
    place.mkdir()
    for name in MODULES:
        (place / name).symlink_to(Path("/usr/share/ceph/mgr") / name)
    return place


def _complete(status: dict[str, Any], osds: int) -> bool:
    """All OSDs are up, and the manager has counted what they hold."""
    known = status["mgrmap"]["available"] and bool(status["pgmap"]["bytes_total"]) == bool(osds)
    return bool(known and status["osdmap"]["num_up_osds"] == osds)


@contextlib.contextmanager
def running(folder: Path, osds: int = 3) -> Iterator[Ceph]:
    """A healthy cluster with three OSDs and no pool, in `folder` (made, and removed in the end), as long as the block.

    With `osds=0` it has none, and health says TOO_FEW_OSDS. Raises LabError.
    """
    if lacking := missing():
        raise LabError(lacking)
    folder = folder.resolve()
    with owned(folder):
        ceph = Ceph(folder, str(uuid.uuid4()), free_address())
        try:
            (folder / "mgr").mkdir()
            (folder / "crash" / "posted").mkdir(parents=True)
            conf = CONF.format(fsid=ceph.fsid, address=ceph.address, folder=folder, modules=_modules(folder))
            ceph.conf.write_text(conf + HOSTS, encoding="utf-8")
            _monitor(ceph)
            # Else the manager makes a pool for the health of disks that are files. By force: no manager has told of
            # its options yet.
            ceph.run("config", "set", "mgr", "mgr/devicehealth/enable_monitoring", "false", "--force")
            ceph.start("mgr.x")
            _osds(ceph, osds)
            ceph.wait("The cluster did not come up", lambda status: _complete(status, osds))
            yield ceph
        finally:
            for name in reversed(list(ceph.daemons)):
                # Its disks go with it: there is nothing to be put in order.
                ceph.stop(name, at_once=True)


def serve(folder: Path, until_eof: bool, beside: int | None = None) -> None:
    """Keep a cluster until a signal says so, with `until_eof` until the standard input ends, or as long as a process.

    It is what `up` and the integration targets start; `state.json` tells of it as long as it is there.
    """
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_unused: over.set())
    if until_eof:

        def watch() -> None:
            while os.read(0, 4096):
                pass
            over.set()

        threading.Thread(target=watch, daemon=True).start()
    if beside:
        process = os.pidfd_open(beside)

        def outlive() -> None:
            select.select([process], [], [])
            over.set()

        threading.Thread(target=outlive, daemon=True).start()
    with running(folder) as ceph:
        state = {"pid": os.getpid(), "fsid": ceph.fsid, "conf": str(ceph.conf), "keyring": str(ceph.keyring),
                 "monitors": ceph.monitors}  # fmt: skip
        making = ceph.folder / f"{STATE}.new"
        making.write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")
        making.rename(ceph.folder / STATE)
        over.wait()


def up(folder: Path) -> dict[str, Any]:
    """Start a cluster that stays until `down`, and return what its `state.json` says. Raises LabError."""
    if lacking := missing():
        raise LabError(lacking)
    if (folder / STATE).exists() and alive(folder):
        return _state(folder)
    log = folder.with_suffix(".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    (folder / STATE).unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.labs.ceph", "small", "serve", "--folder", str(folder)]
    with open(log, "wb") as out:
        keeper = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    while not (folder / STATE).exists():
        if keeper.poll() is not None:
            raise LabError(log.read_text(encoding="utf-8"))
        time.sleep(0.05)
    return _state(folder)


def down(folder: Path) -> None:
    """End what `up` has started, and wait until it is gone; nothing where nothing runs."""
    if (folder / STATE).exists() and alive(folder):
        os.kill(_state(folder)["pid"], signal.SIGTERM)
        while folder.exists():
            time.sleep(0.05)
    folder.with_suffix(".log").unlink(missing_ok=True)


def _state(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / STATE).read_text(encoding="utf-8"))
    return found


TITLE = (__doc__ or "").split("\n", maxsplit=1)[0]


def main(arguments: Sequence[str]) -> int:
    """`up` prints how the cluster is reached, `down` ends it, `serve` keeps one in the foreground."""
    parser = argparse.ArgumentParser(prog="python -m tests.labs.ceph small", description=TITLE)
    parser.add_argument("verb", choices=["up", "down", "serve"])
    parser.add_argument("--folder", type=Path, default=LABS / "ceph-small")
    parser.add_argument("--until-eof", action="store_true", help="serve: end with the standard input as well")
    parser.add_argument("--with", type=int, dest="beside", help="serve: end with the process of this id as well")
    given = parser.parse_args(arguments)
    try:
        if given.verb == "up":
            print(json.dumps(up(given.folder), indent=2))
        elif given.verb == "down":
            down(given.folder)
        else:
            serve(given.folder, given.until_eof, given.beside)
    except LabError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0
