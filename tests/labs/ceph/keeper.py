"""The process that holds the lab's hosts: first process of namespaces of its own, so that nothing outlives it.

`hosts.py` starts it below `unshare --mount --net --pid --kill-child`. Whatever it makes (overlays, bridge, network
namespaces, machines) exists in those namespaces alone; loop devices are of the kind that the kernel gives back when
nobody has them open. So the lab ends with this process, also when that is killed. Directories of control groups are the
one thing outside: they are removed in the end, and those of a keeper that was killed by the next lab.

It is told what to do on a Unix socket, one JSON document a connection: {"do": "start", "name": "ceph01"} and likewise
stop, kill, disks, end. With --until-eof it ends as well when its standard input does, that is, with its parent.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

BRIDGE, NETWORK = "lab", "192.168.207"
HIERARCHIES = ("systemd", "unified")
REBOOTS = 133
STOP_SECONDS = 40
# Programs that are waited for where they were started.
WAITED_FOR = ("systemd-nspawn", "mount", "ip", "ssh-keygen")
_LOOP_CTL_GET_FREE, _LOOP_CONFIGURE, _AUTOCLEAR = 0x4C82, 0x4C0A, 4


def loop_device(backing: Path) -> tuple[int, str]:
    """(file descriptor, path) of a loop device on a file; it is given back when the last descriptor is closed."""
    with backing.open("r+b") as file, open("/dev/loop-control", "rb") as control:
        for _attempt in range(20):
            number = fcntl.ioctl(control, _LOOP_CTL_GET_FREE)
            device = f"/dev/loop{number}"
            descriptor = os.open(device, os.O_RDWR | os.O_CLOEXEC)
            # struct loop_config: descriptor, block size, then loop_info64 of which the flags alone are set.
            config = struct.pack("=II QQQQQ IIII 64s64s32s QQ 8Q", file.fileno(), 0, 0, 0, 0, 0, 0, 0, 0, 0, _AUTOCLEAR,
                                 str(backing)[-63:].encode(), b"", b"", 0, 0, *[0] * 8)  # fmt: skip
            try:
                fcntl.ioctl(descriptor, _LOOP_CONFIGURE, config)
                return descriptor, device
            except OSError:  # somebody else took it between the two calls
                os.close(descriptor)
                time.sleep(0.05)
    raise OSError("no loop device is free")


def call(*command: str) -> None:
    """Runs a command that must succeed."""
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


class Host:
    """One machine: overlay, network namespace, disk, and a thread that starts it again when it reboots."""

    def __init__(self, folder: Path, settings: dict[str, Any], name: str, address: str) -> None:
        self.name, self.address = name, address
        self.folder, self.settings = folder / name, settings
        self.root = self.folder / "root"
        self.process: subprocess.Popen[bytes] | None = None
        self.thread: threading.Thread | None = None
        self.device = ""
        self._descriptor = -1

    def prepare(self) -> None:
        """Everything but the machine itself."""
        for name in ("upper", "work", "root"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        options = f"lowerdir={self.settings['layers']},upperdir={self.folder / 'upper'},workdir={self.folder / 'work'}"
        call("mount", "-t", "overlay", "overlay", "-o", options, str(self.root))
        call("ip", "netns", "add", self.name)
        call("ip", "link", "add", f"v-{self.name}", "type", "veth", "peer", "name", "host0", "netns", self.name)
        call("ip", "link", "set", f"v-{self.name}", "master", BRIDGE, "up")
        inside = ("ip", "-n", self.name)
        call(*inside, "address", "add", f"{self.address}/24", "dev", "host0")
        call(*inside, "link", "set", "host0", "up")
        call(*inside, "link", "set", "lo", "up")
        if self.settings["disk_gib"]:
            backing = self.folder / "disk"
            with backing.open("ab") as file:
                file.truncate(self.settings["disk_gib"] << 30)
            self._descriptor, self.device = loop_device(backing)
        self._identify()

    def _identify(self) -> None:
        """What an installation gives a machine: a name, keys of its own, the key of who administers it."""
        etc = self.root / "etc"
        (etc / "hostname").write_text(f"{self.name}\n", encoding="utf-8")
        (etc / "hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {self.name}\n", encoding="utf-8")
        if not (etc / "ssh" / "ssh_host_ed25519_key").exists():
            call("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(etc / "ssh" / "ssh_host_ed25519_key"))
        if (
            self.device
        ):  # by the kernel's name, which ceph-volume insists on, and by the name that the estate has for it
            link = f"L+ {self.settings['disk']} - - - - {self.device}\n"
            (etc / "tmpfiles.d" / "disk.conf").write_text(link, encoding="utf-8")
        keys = self.root / "root" / ".ssh"
        keys.mkdir(mode=0o700, exist_ok=True)
        (keys / "authorized_keys").write_text(self.settings["public_key"], encoding="utf-8")

    def start(self) -> None:
        """Boots it, unless it runs."""
        if self.thread is None or not self.thread.is_alive():
            if not self.root.is_mount():
                self.prepare()
            self.thread = threading.Thread(target=self._run, daemon=True)
            self.thread.start()

    def _run(self) -> None:
        command = ["systemd-nspawn", "-D", str(self.root), "-b", "-q", "--register=no", "--keep-unit",
                   f"--hostname={self.name}", f"--network-namespace-path=/run/netns/{self.name}", "--resolv-conf=off",
                   "--timezone=off", "--link-journal=no", "--console=pipe",
                   f"--bind-ro={self.settings['repository']}:/srv/repository"]  # fmt: skip
        if Path("/dev/fuse").exists():
            command.append("--bind=/dev/fuse")
        if self.device:
            command.append(f"--bind={self.device}")
        code = REBOOTS
        while code == REBOOTS:
            with (self.folder / "console.log").open("ab") as console:
                self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console,
                                                env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "0"},
                                                preexec_fn=self._own_groups)  # fmt: skip
                code = self.process.wait()

    def _own_groups(self) -> None:
        """Before the machine starts: without groups of its own its units would be those of the other machines."""
        for group in groups(self.settings["group"], self.name):
            group.mkdir(parents=True, exist_ok=True)
            (group / "cgroup.procs").write_text("0", encoding="ascii")

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Halts it in good order, or takes its power away with SIGKILL; its disk stays."""
        thread, process = self.thread, self.process
        if thread is None or process is None or not thread.is_alive():
            return
        if how == signal.SIGKILL:
            self._kill()
        else:
            process.send_signal(how)
            thread.join(STOP_SECONDS)
        if thread.is_alive():
            self._kill()
        thread.join(STOP_SECONDS)

    def _kill(self) -> None:
        """Kills the machine's first process, with which all others of it end."""
        process = self.process
        if process is not None:
            with contextlib.suppress(OSError):
                for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
                    os.kill(int(child), signal.SIGKILL)
            process.kill()


def groups(lab: str, name: str = "") -> list[Path]:
    """Directories of control groups of a lab, or of one host in it, in each hierarchy that this machine has."""
    top = Path("/sys/fs/cgroup")
    return [top / hierarchy / lab / name for hierarchy in HIERARCHIES if (top / hierarchy).is_dir()]


def remove_groups(lab: str) -> None:
    """Removes the directories of a lab's control groups that no process is in."""
    for group in groups(lab):
        for folder, _names, _files in os.walk(group, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(folder)


class Keeper:
    """All hosts of a lab, and the network between them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        self.hosts = {name: Host(folder, settings, name, address) for name, address in settings["hosts"].items()}
        self.first, self.group = settings["start"], settings["group"]
        self.ended = threading.Event()

    def begin(self) -> None:
        """The bridge with the first address of the network, and the hosts that are to run at once."""
        call("mount", "-t", "tmpfs", "tmpfs", "/run/netns")
        call("ip", "link", "set", "lo", "up")
        call("ip", "link", "add", BRIDGE, "type", "bridge")
        call("ip", "address", "add", f"{NETWORK}.1/24", "dev", BRIDGE)
        call("ip", "link", "set", BRIDGE, "up")
        for name in self.first:
            self.hosts[name].start()

    def do(self, order: dict[str, Any]) -> dict[str, Any]:
        """One order from the socket."""
        verb = order["do"]
        if verb == "end":
            self.ended.set()
        elif verb == "start":
            self.hosts[order["name"]].start()
        elif verb in ("stop", "kill"):
            self.hosts[order["name"]].stop(signal.SIGKILL if verb == "kill" else signal.SIGTERM)
        elif verb != "disks":
            return {"error": f"unknown order {verb}"}
        return {"disks": {name: host.device for name, host in self.hosts.items()}}

    def serve(self) -> None:
        """Answers orders until the lab ends."""
        path = self.folder / "keeper.sock"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            while not self.ended.is_set():
                connection, _peer = listener.accept()
                with connection, connection.makefile("rw", encoding="utf-8") as stream:
                    try:
                        answer = self.do(json.loads(stream.readline()))
                    except (OSError, subprocess.SubprocessError, KeyError, ValueError) as error:
                        answer = {"error": f"{type(error).__name__}: {error}"}
                    with contextlib.suppress(OSError):
                        stream.write(json.dumps(answer) + "\n")

    def end(self) -> None:
        """Halts all hosts side by side."""
        stopping = [threading.Thread(target=host.stop) for host in self.hosts.values()]
        for thread in stopping:
            thread.start()
        for thread in stopping:
            thread.join()

    def tidy(self, files: bool) -> None:
        """Removes what lies outside of the namespaces: control groups, and the files where nobody else does."""
        remove_groups(self.group)
        if files:
            for host in self.hosts.values():
                subprocess.run(["umount", str(host.root)], check=False, stderr=subprocess.DEVNULL)
            shutil.rmtree(self.folder, ignore_errors=True)


def reap() -> None:
    """A first process is given the orphans of its namespace; those that are nobody's are waited for here."""
    mine = os.getpid()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ChildProcessError):
            fields = entry.read_text().rpartition(")")[2].split()
            name = (entry.parent / "comm").read_text().strip()
            # nspawn and the commands of this program are waited for where they were started.
            if (
                fields[0] == "Z"
                and int(fields[1]) == mine
                and name not in ("systemd-nspawn", "mount", "ip", "ssh-keygen")
            ):
                os.waitpid(int(entry.parent.name), os.WNOHANG)


def main() -> None:
    """Holds the lab until it is told to end."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--until-eof", action="store_true")
    options = parser.parse_args()
    keeper = Keeper(options.folder)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_given: keeper.ended.set())
    keeper.begin()
    threading.Thread(target=keeper.serve, daemon=True).start()
    if options.until_eof:

        def watch() -> None:
            while os.read(0, 1024):
                pass
            keeper.ended.set()

        threading.Thread(target=watch, daemon=True).start()
    while not keeper.ended.wait(2):
        reap()
    keeper.end()
    keeper.tidy(options.until_eof)


if __name__ == "__main__":
    main()
