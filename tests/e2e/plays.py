"""Running playbooks against a simulator, for all end-to-end tests: environment, interpreters, ansible-core versions."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The newest ansible-core of this machine and the oldest that we promise; `make env` makes both.
CORES = {"newest": ROOT / ".venv", "oldest": ROOT / ".venv-oldest"}


@dataclass(frozen=True)
class Play:
    """What a playbook run left: exit code and output (standard output and errors together)."""

    code: int
    output: str

    def assert_ok(self) -> Play:
        """Fails the test with the whole output unless the run succeeded."""
        assert self.code == 0, self.output
        return self

    def changed(self) -> dict[str, int]:
        """Number of changed tasks per host, from the recap."""
        rows = [line.split() for line in self.output.splitlines() if " changed=" in line]
        return {row[0]: int(next(word for word in row if word.startswith("changed="))[8:]) for row in rows}


def not_run(reason: str) -> NoReturn:
    """This machine cannot run the present test: skipped with the reason, but a failure where CI is set."""
    if os.environ.get("CI"):
        pytest.fail(f"not run: {reason}")
    pytest.skip(f"not run: {reason}")


@functools.cache
def can_make_oldest() -> bool:
    """Whether a Python is here that the oldest core runs on."""
    search = [str(ROOT / "tests" / "tools" / "find_python.sh"), "oldest"]
    return subprocess.run(search, capture_output=True, check=False).returncode == 0


def need_core(core: str) -> None:
    """Ends the test unless the environment of a core is there."""
    if (CORES[core] / "bin" / "ansible-playbook").exists():
        return
    if core == "oldest" and not can_make_oldest():
        not_run("no Python 3.10 to 3.12 for ansible-core 2.17")
    pytest.fail(f"{CORES[core].name} is missing: run `make env env-oldest`")


def environment(core: str, directory: Path, **more: str) -> dict[str, str]:
    """The environment of a run: our collection, no configuration of the user, temporary files in `directory`."""
    settings = directory / "ansible.cfg"  # an empty one, so that no other is found
    settings.touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "VCAV_", "VCD_"))}
    return {
        **kept,
        "PATH": f"{CORES[core] / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
        "ANSIBLE_CONFIG": str(settings),
        "ANSIBLE_LOCAL_TEMP": str(directory / "local"),
        "ANSIBLE_REMOTE_TEMP": str(directory / "remote"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        **more,
    }


def command(core: str, playbook: Path | str, variables: Mapping[str, Any], *arguments: str) -> list[str]:
    """The command line of ansible-playbook. Ends the test where the core cannot be had."""
    need_core(core)
    program = str(CORES[core] / "bin" / "ansible-playbook")
    return [program, str(playbook), "-e", json.dumps(dict(variables)), *arguments]


def interruptible() -> None:
    """For `preexec_fn`: Ctrl-C reaches the child also where the test's own parents ignore it, as background jobs do."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def play(
    core: str,
    directory: Path,
    playbook: Path | str,
    variables: Mapping[str, Any],
    *arguments: str,
    answers: str | None = None,
    **more: str,
) -> Play:
    """Run a playbook to its end; `answers` is typed at it, `more` are environment variables."""
    done = subprocess.run(
        command(core, playbook, variables, *arguments),
        env=environment(core, directory, **more),
        cwd=directory,
        input=answers if answers is not None else "",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return Play(done.returncode, done.stdout)
