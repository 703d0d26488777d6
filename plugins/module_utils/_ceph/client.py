# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reaching a Ceph cluster by its own programs: `ceph`, `rbd` and `rados` on the host, or in a container by cephadm.

The programs, not the Python libraries: those belong to the system's Python, which a module seldom runs with, and they
are not there where Ceph lives in containers; both tell the same JSON (contract 4.1). What a command printed is taken
from its standard output alone, and that it did something never from its exit code (contract 3.3).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._command import CommandError, run
from .._plan import InputError

# Where the programs lie when the path of the process that runs a module is a short one.
MORE_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
DEFAULT_CONF = "/etc/ceph/ceph.conf"
# Beyond the time for reaching the cluster: that of the program itself, and in a container that of the container.
GRACE = {"host": 10, "cephadm": 60}
ABSENT = 2  # ENOENT: there is no such pool, user or image
DENIED, REFUSED, UNANSWERED = 13, 1, 110  # EACCES, EPERM, ETIMEDOUT

NO_QUORUM = (
    "No monitor answered within ceph_timeout: the quorum may be lost, or the way to it be closed. More than half of "
    "the monitors have to run: on their hosts look at `systemctl status ceph-mon@HOST` (cephadm: `cephadm ls`), start "
    "those that are down, and see that ports 3300 and 6789 are open."
)
NO_ANSWER = (
    "The monitors may have lost their quorum, or placement groups be inactive because OSDs are down: ask "
    "ceph_status_info, and bring those back."
)


class Cluster:
    """One cluster, as one user sees it. Safe to use from several threads."""

    site = ""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.conf: str | None = params.get("ceph_conf") or None
        self.keyring: str | None = params.get("ceph_keyring") or None
        user = str(params["ceph_user"] or "client.admin")
        self.user = user if "." in user else f"client.{user}"
        self.seconds = int(params["ceph_timeout"])
        self.path = os.pathsep.join([os.environ.get("PATH", ""), *MORE_PATH])
        self.via, self.program = self._way(str(params["ceph_via"]))

    @property
    def endpoint(self) -> str:
        """Where the cluster is found: the drift page groups by it."""
        return self.conf or DEFAULT_CONF

    def _way(self, asked: str) -> tuple[str, str]:
        """How the programs are run, and the program that runs. Raises InputError where there is none."""
        for via, program in (("host", "ceph"), ("cephadm", "cephadm")):
            found = shutil.which(program, path=self.path) if asked in ("auto", via) else None
            if found:
                return via, found
        wanted = {"host": "ceph", "cephadm": "cephadm"}.get(asked, "ceph nor cephadm")
        raise InputError(
            f"ceph_via is {asked!r}, and there is no program {wanted} on this host ({os.uname().nodename}). Install "
            "ceph-common (the role ceph_client does), or let the task run where it is: on a Ceph host, with become."
        )

    def _call(self, program: str, arguments: Sequence[str], stdin: str, seconds: float | None) -> str:
        """Run one of the programs as this user. Raises CommandError with advice."""
        names = ["--name", self.user]
        if program == "ceph":
            names += ["--connect-timeout", str(self.seconds), f"--rados_mon_op_timeout={self.seconds}"]
        else:
            # Each single operation is bounded, whatever the number of them: a pool that is full or has lost its OSDs
            # would keep the program for ever.
            names += [f"--{name}={self.seconds}" for name in ("client_mount_timeout", "rados_osd_op_timeout",
                      "rados_mon_op_timeout")]  # fmt: skip
        files = (("--conf", self.conf), ("--keyring", self.keyring))
        if self.via == "host":
            found = self.program if program == "ceph" else shutil.which(program, path=self.path)
            if found is None:
                raise InputError(f"There is no program {program} beside {self.program}: install ceph-common.")
            command = [found, *(part for pair in files if pair[1] for part in pair), *names, *arguments]
        else:
            # It lays both files into the container, at the places where programs look for them.
            command = [self.program, "shell", *(part for pair in files if pair[1] for part in pair), "--", program]
            command += [*names, *arguments]
        environment = {**os.environ, "PATH": self.path, "LC_ALL": "C.UTF-8"}
        try:
            return run(
                [str(part) for part in command], shown=[program, *arguments], stdin=stdin, seconds=seconds,
                environment=environment,
            )  # fmt: skip
        except CommandError as problem:
            problem.advice = self._advice(problem)
            raise

    def _advice(self, problem: CommandError) -> str:
        """What to do about a command that failed; empty where it says so itself."""
        said = problem.said.lower()
        if "conf_read_file" in said or "did not load config file" in said:
            return f"ceph_conf is {self.endpoint!r}, which is not there or cannot be read: give the path of ceph.conf."
        if "unable to get monitor info" in said or "no monitors specified" in said:
            return f"ceph_conf is {self.endpoint!r}, which names no monitor: give the path of the cluster's ceph.conf."
        # `rbd` says the reason in its exit code only.
        if "connect" in said and ("permission denied" in said or problem.code == DENIED):
            where, there = self.keyring or "Ceph's usual places", self._in_keyring()
            if there is not None and self.user not in there:
                return (
                    f"There is no key of {self.user} in {where}, which has {', '.join(there) or 'none at all'}: give "
                    "ceph_user and ceph_keyring that belong together."
                )
            return (
                f"The cluster does not take the key of {self.user} that is in {where}: was it rotated, or is the "
                "keyring that of another cluster? Give ceph_user and ceph_keyring that belong together."
            )
        if "not found" in said and "connect" in said:
            where = self.keyring or "Ceph's usual places"
            return f"There is no key of {self.user} in {where}: give the path of its keyring in ceph_keyring."
        unconnected = "t connect to the cluster" in said and (said.endswith("timed out") or problem.code == UNANSWERED)
        if said == "timed out" or unconnected:
            return NO_QUORUM
        if problem.kind == "timeout" or problem.code == UNANSWERED or "timed out" in said:
            return NO_ANSWER
        if problem.code == DENIED or "eacces" in said:
            return f"{self.user} may not do this: give a ceph_user with the capabilities for it, such as client.admin."
        return ""

    def _in_keyring(self) -> list[str] | None:
        """Whose keys the keyring has, None where that cannot be known."""
        try:
            with open(self.keyring or "", encoding="utf-8", errors="replace") as stream:
                return re.findall(r"^\s*\[([^\]]+)\]", stream.read(), re.MULTILINE)
        except OSError:
            return None

    def _answer(self, program: str, arguments: Sequence[str]) -> Any:
        told = [*arguments, "--format", "json"]
        text = self._call(program, told, "", self.seconds + GRACE[self.via])
        try:
            return json.loads(text)
        except ValueError as problem:
            raise CommandError("output", [program, *told], 0, f"{text[:200]!r} is no JSON") from problem

    def ask(self, *arguments: str, program: str = "ceph") -> Any:
        """The JSON that a command answers. Raises CommandError."""
        return self._answer(program, arguments)

    def find(self, *arguments: str, program: str = "ceph") -> Any | None:
        """The JSON that a command answers, None where there is no such thing. Raises CommandError."""
        try:
            return self._answer(program, arguments)
        except CommandError as problem:
            # Without a connection, a keyring that is not there has this code as well.
            if problem.code == ABSENT and "connect" not in problem.said:
                return None
            raise

    def do(self, *arguments: str, program: str = "ceph", stdin: str = "") -> str:
        """Carry out a command that changes something, and return what it printed. Raises CommandError.

        A secret goes in by `stdin`, never among the arguments: those are seen in the list of processes.
        """
        return self._call(program, arguments, stdin, None)


@contextlib.contextmanager
def connect(params: Mapping[str, Any]) -> Iterator[Cluster]:
    """The cluster of a task. Nothing is asked yet, but that the files are there. Raises InputError."""
    if int(params["ceph_timeout"]) < 1:
        raise InputError(f"ceph_timeout is {params['ceph_timeout']}: give a number of seconds from 1 on")
    cluster = Cluster(params)
    for option, path in (("ceph_conf", cluster.conf), ("ceph_keyring", cluster.keyring)):
        if path is not None and not os.access(path, os.R_OK):
            state = "cannot be read by this user (become?)" if os.path.exists(path) else "is not there"
            raise InputError(f"{option} is {path!r}, which {state} on this host ({os.uname().nodename})")
    yield cluster
