"""Hosts for the Ceph roles: machines of systemd-nspawn with real systemd, sshd and a spare disk each.

    with running() as lab:                       # ceph-admin, ceph01, ceph02, ceph03
        lab.ssh("ceph01", "ceph -s")             # as root
        lab.run("ansible-playbook", "-i", str(lab.inventory), ...)
        lab.start("ceph04")                      # one more, for a scale-out; also k8s-node1, a client

    python -m tests.labs.ceph hosts up           # the same, until `hosts down`; then
    python -m tests.labs.ceph hosts run ansible -i build/labs/ceph-hosts/inventory.yml all -m ping

The hosts have addresses of the reference estate on a bridge that only they and `run` see, an overlay each on a common
read-only file system (`image.py`), and a loop device as /dev/sdb. `keeper.py` says why nothing of it outlives the lab.
What differs from a machine is in the README of this folder.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .image import IMAGES, ROOT, NoLab, image, missing
from .keeper import NETWORK, groups, remove_groups

__all__ = ["ADDRESSES", "DISK", "Lab", "NoLab", "image", "main", "missing", "running"]

ADDRESSES = {
    "ceph-admin": f"{NETWORK}.200",
    "ceph01": f"{NETWORK}.201",
    "ceph02": f"{NETWORK}.202",
    "ceph03": f"{NETWORK}.203",
    "ceph04": f"{NETWORK}.204",
    "k8s-node1": f"{NETWORK}.211",
}
FIRST = ("ceph-admin", "ceph01", "ceph02", "ceph03")
DISK = "/dev/sdb"
STANDING = ROOT / "build" / "labs" / "ceph-hosts"
GROUP = "vcpp-ceph-lab-"
_START_SECONDS = 90.0


class Lab:
    """Hosts that run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inventory = folder / "inventory.yml"
        self.state: dict[str, Any] = json.loads((folder / "state.json").read_text(encoding="utf-8"))

    def inside(self, *command: str) -> list[str]:
        """A command line that runs in the lab's namespaces, where its network is, and in the present folder."""
        return [
            "nsenter",
            "-t",
            str(self.state["keeper"]),
            "-m",
            "-n",
            "-p",
            "--",
            "env",
            f"--chdir={Path.cwd()}",
            *command,
        ]

    def run(self, *command: str, check: bool = False, **more: Any) -> subprocess.CompletedProcess[str]:
        """Runs a program of the machine on the lab's network; keywords go to subprocess.run."""
        return subprocess.run(self.inside(*command), check=check, **{"text": True, **more})

    def ssh_command(self, name: str, command: str) -> list[str]:
        """The ssh command line for a host, without the way into the lab."""
        options = ["-i", str(self.folder / "key"), "-o", f"UserKnownHostsFile={self.folder / 'known_hosts'}",
                   "-o", "ConnectTimeout=5", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR"]  # fmt: skip
        return ["ssh", *options, f"root@{ADDRESSES[name]}", command]

    def ssh(
        self, name: str, command: str, check: bool = True, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Runs a shell command as root on a host. A failure raises AssertionError unless `check` is off."""
        done = self.run(
            *self.ssh_command(name, command), capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL
        )
        if check and done.returncode:
            raise AssertionError(f"{name}: {command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def order(self, **what: str) -> dict[str, Any]:
        """One order for the keeper."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(100)
            connection.connect(str(self.folder / "keeper.sock"))
            with connection.makefile("rw", encoding="utf-8") as stream:
                stream.write(json.dumps(what) + "\n")
                stream.flush()
                answer: dict[str, Any] = json.loads(stream.readline())
        if "error" in answer:
            raise NoLab(answer["error"])
        return answer

    def start(self, name: str) -> None:
        """Boots a host that is new or was stopped, and waits until it takes logins."""
        self.order(do="start", name=name)
        self.wait(name)

    def stop(self, name: str) -> None:
        """Halts a host in good order."""
        self.order(do="stop", name=name)

    def kill(self, name: str) -> None:
        """Takes a host's power away."""
        self.order(do="kill", name=name)

    def disks(self) -> dict[str, str]:
        """The machine's loop device that each host has as its disk."""
        found: dict[str, str] = self.order(do="disks")["disks"]
        return found

    def booted(self, name: str) -> str:
        """When the host started, in seconds since 1970; the kernel and its boot id are the machine's."""
        return self.ssh(name, "stat -c %Y /proc/1").stdout.strip()

    def reboot(self, name: str) -> None:
        """Reboots a host and waits until it takes logins again."""
        before = self.booted(name)
        self.ssh(name, "systemctl reboot", check=False)
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            time.sleep(0.5)
            with contextlib.suppress(AssertionError, subprocess.TimeoutExpired):
                if self.booted(name) != before:
                    return
        raise NoLab(f"{name} did not come back from its reboot:\n{self.console(name)}")

    def console(self, name: str) -> str:
        """The end of a host's console."""
        path = self.folder / name / "console.log"
        return path.read_text(encoding="utf-8", errors="replace")[-2000:] if path.exists() else ""

    def wait(self, *names: str) -> None:
        """Waits until hosts take logins and have started what they start."""
        deadline = time.monotonic() + _START_SECONDS
        for name in names:
            self._learn(name, deadline)
            state = "until systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; do sleep 0.2; done"
            while self.ssh(name, state, check=False, timeout=60).returncode:
                if time.monotonic() > deadline:
                    raise NoLab(f"{name} does not take logins:\n{self.console(name)}")
                time.sleep(0.3)

    def _learn(self, name: str, deadline: float) -> None:
        """Takes the key that the keeper made for a host into known_hosts: nothing is trusted unseen."""
        key = self.folder / name / "upper" / "etc" / "ssh" / "ssh_host_ed25519_key.pub"
        while not key.exists():
            if time.monotonic() > deadline:
                raise NoLab(f"{name} was not made: {(self.folder / 'keeper.log').read_text(encoding='utf-8')[-2000:]}")
            time.sleep(0.1)
        known = self.folder / "known_hosts"
        line = f"{ADDRESSES[name]} {' '.join(key.read_text(encoding='ascii').split()[:2])}\n"
        if line not in (known.read_text(encoding="ascii") if known.exists() else ""):
            with known.open("a", encoding="ascii") as file:
                file.write(line)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _sweep() -> None:
    """Removes directories of control groups of labs whose keeper has gone."""
    for hierarchy in groups(""):
        for lab in hierarchy.glob(f"{GROUP}*"):
            if not _alive(int(lab.name.removeprefix(GROUP))):
                remove_groups(lab.name)


def _inventory(lab: Lab, names: Sequence[str]) -> None:
    """How Ansible reaches the hosts: laid over an inventory that says what they are."""
    ssh = f"-o UserKnownHostsFile={lab.folder / 'known_hosts'} -o ControlMaster=auto -o ControlPersist=60s"
    common = {
        "ansible_user": "root",
        "ansible_ssh_private_key_file": str(lab.folder / "key"),
        "ansible_ssh_common_args": ssh,
        "ansible_ssh_pipelining": True,
        "ansible_control_path_dir": str(lab.folder / "cp"),
        "ansible_python_interpreter": "/usr/bin/python3",
    }
    hosts = {name: {"ansible_host": ADDRESSES[name], **common} for name in names}
    lab.inventory.write_text(json.dumps({"all": {"hosts": hosts}}, indent=1) + "\n", encoding="utf-8")


def _begin(
    folder: Path, names: Sequence[str], packages: bool, disk_gib: int, until_eof: bool
) -> subprocess.Popen[bytes]:
    """Starts a keeper for hosts below a folder; its process is that of `unshare`."""
    _sweep()
    layers = image()
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", str(folder / "key")], check=True)
    settings = {
        "hosts": ADDRESSES,
        "start": list(names),
        "layers": layers.layers(packages),
        "repository": str(layers.repository),
        "disk": DISK,
        "disk_gib": disk_gib,
        "public_key": (folder / "key.pub").read_text(encoding="ascii"),
    }
    Path("/run/netns").mkdir(exist_ok=True)
    with (folder / "keeper.log").open("wb") as log:
        return _unshared(folder, settings, log, until_eof)


def _unshared(folder: Path, settings: dict[str, Any], log: Any, until_eof: bool) -> subprocess.Popen[bytes]:
    """Writes the settings under the name of the process that is to come, since control groups are named after it."""
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--",
               sys.executable, "-m", "tests.labs.ceph.keeper", str(folder)]  # fmt: skip

    def before() -> None:
        settings["group"] = f"{GROUP}{os.getpid()}"
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")

    process = subprocess.Popen(
        [*command, "--until-eof"] if until_eof else command,
        cwd=ROOT,
        stdin=subprocess.PIPE if until_eof else subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,  # a Ctrl-C at the test is for the test, which then ends the lab
        preexec_fn=before,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 10
    while not (found := children.read_text(encoding="ascii").split() if process.poll() is None else []):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoLab(f"the lab did not start:\n{(folder / 'keeper.log').read_text(encoding='utf-8')[-2000:]}")
        time.sleep(0.02)
    state = {"keeper": int(found[0]), "unshare": process.pid}
    (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")
    return process


def _end(folder: Path) -> None:
    """Ends a lab: orderly, and by force after a while. Then its control groups and files go."""
    state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    with contextlib.suppress(ProcessLookupError):
        os.kill(state["keeper"], signal.SIGTERM)
    deadline = time.monotonic() + 60
    while _alive(state["unshare"]) and time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(state["unshare"], os.WNOHANG)
        time.sleep(0.1)
    with contextlib.suppress(ProcessLookupError):
        os.kill(state["keeper"], signal.SIGKILL)
    _sweep()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(names: Sequence[str] = FIRST, packages: bool = False, disk_gib: int = 10) -> Iterator[Lab]:
    """Hosts for the length of a block; `packages`: whether the Ceph packages are there from the start.

    Raises NoLab where this machine cannot have them.
    """
    IMAGES.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="hosts-", dir=IMAGES.parent))
    process = None
    try:
        process = _begin(folder, names, packages, disk_gib, until_eof=True)
        lab = Lab(folder)
        _inventory(lab, list(ADDRESSES))
        lab.wait(*names)
        yield lab
    finally:
        if (folder / "state.json").exists():
            _end(folder)
        shutil.rmtree(folder, ignore_errors=True)
        if process is not None and process.stdin is not None:
            process.stdin.close()
            process.wait()


def up(packages: bool) -> Lab:
    """The standing lab of the command line, started unless it runs."""
    if (STANDING / "state.json").exists():
        lab = Lab(STANDING)
        if _alive(lab.state["keeper"]):
            return lab
        shutil.rmtree(STANDING)
    _begin(STANDING, FIRST, packages, 10, until_eof=False)
    lab = Lab(STANDING)
    _inventory(lab, list(ADDRESSES))
    lab.wait(*FIRST)
    return lab


def main(arguments: Sequence[str]) -> int:
    """up [--packages] | down | start|stop|kill|reboot NAME | ssh NAME COMMAND | run COMMAND...; an exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.labs.ceph hosts", description=__doc__.partition("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("up", help="start the hosts").add_argument(
        "--packages", action="store_true", help="with Ceph's packages"
    )
    verbs.add_parser("down", help="stop them and remove everything of them")
    for verb in ("start", "stop", "kill", "reboot"):
        verbs.add_parser(verb).add_argument("name", choices=list(ADDRESSES))
    ssh = verbs.add_parser("ssh", help="run a shell command as root on a host")
    ssh.add_argument("name", choices=list(ADDRESSES))
    ssh.add_argument("command")
    verbs.add_parser("run", help="run a program on the lab's network").add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    if options.verb == "up":
        print(f"Hosts: {', '.join(FIRST)}. Inventory: {up(options.packages).inventory.relative_to(ROOT)}")
        return 0
    if not (STANDING / "state.json").exists():
        print("The hosts are not up: python -m tests.labs.ceph hosts up", file=sys.stderr)
        return 1
    lab = Lab(STANDING)
    if options.verb == "down":
        _end(STANDING)
    elif options.verb == "ssh":
        return lab.run(*lab.ssh_command(options.name, options.command)).returncode
    elif options.verb == "run":
        return lab.run(*options.command).returncode
    else:
        getattr(lab, options.verb)(options.name)
    return 0
