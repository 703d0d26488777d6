"""The genuine clients as processes of their own, in environments of their own.

A library is spoken to through a small driver that runs in its environment (`drivers/`): one line of JSON asks for a
call, one line answers with what the client gave back, or with the error that it raised. vcd-cli is run as a person
runs it.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ROOT / ".venv-conformance"
PYTHON = ENVIRONMENTS / "python" / "bin" / "python"
VCD_CLI = ENVIRONMENTS / "python" / "bin" / "vcd"
CSE_PYTHON = ENVIRONMENTS / "cse" / "bin" / "python"
VCD_CSE = ENVIRONMENTS / "cse" / "bin" / "vcd"
CLASSPATH = ENVIRONMENTS / "java" / "classpath"
NODE_MODULES = ENVIRONMENTS / "node" / "node_modules"
DRIVERS = Path(__file__).resolve().parent / "drivers"


class ClientError(Exception):
    """What a client raised: the name of the error's class, its text, and the HTTP status where the client tells it."""

    def __init__(self, kind: str, text: str, status: int | None = None) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text
        self.status = status


def environment(home: Path, ca_path: str) -> dict[str, str]:
    """The variables of a client: a home of its own, and the authority that signed the simulator's certificates."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "REQUESTS_CA_BUNDLE": ca_path,
        "NODE_EXTRA_CA_CERTS": ca_path,
        "NODE_PATH": str(NODE_MODULES),
        # What old releases do with a new Python or Node.js is none of our business.
        "PYTHONWARNINGS": "ignore",
        "NODE_NO_WARNINGS": "1",
    }


class Driver:
    """A running driver."""

    def __init__(self, command: list[str], variables: Mapping[str, str]) -> None:
        # In its home: pyvcloud writes a log where it is used.
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(command, env=dict(variables), cwd=variables["HOME"], text=True, **pipes)

    def call(self, name: str, /, **arguments: Any) -> Any:
        """Asks for a call and waits for what came of it. Raises ClientError when the client did."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"call": name, "arguments": arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The driver ended with {self._process.wait()}.")
        answer = json.loads(line)
        if "error" in answer:
            raise ClientError(**answer["error"])
        return answer["value"]

    def close(self) -> None:
        """Ends the driver: it leaves when nothing more can come."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)


class CommandLine:
    """vcd-cli with a home of its own, so that it keeps its login from command to command."""

    def __init__(self, address: str, variables: Mapping[str, str], program: Path = VCD_CLI) -> None:
        """`program`: another vcd-cli than that of the environment of Python clients."""
        self.address = address
        self._program = program
        self.logged_in = False
        self._variables = dict(variables)

    def run(self, *words: str, secret: str | None = None, keys: str = "") -> str:
        """What a command prints. Raises ClientError when it fails.

        secret  a password for `login`
        keys    what the person types in answer to questions
        """
        variables = {**self._variables, **({"VCD_PASSWORD": secret} if secret is not None else {})}
        command = [str(self._program), *words]
        # In its home: releases of vcd-cli write a log where they are called.
        done = subprocess.run(
            command,
            env=variables,
            cwd=variables["HOME"],
            capture_output=True,
            text=True,
            input=keys,
            check=False,
            timeout=60,
        )
        if done.returncode:
            raise ClientError("exit code", f"{done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *words: str) -> Any:
        """The same with `--json`, read."""
        return json.loads(self.run("--json", *words))

    def log_in(self, org: str, user: str, password: str, version: str | None = None) -> str:
        """Logs in; the login lasts until the next one."""
        pinned = ("--version", version) if version else ()
        said = self.run("login", self.address, org, user, *pinned, secret=password)
        self.logged_in = True
        return said
