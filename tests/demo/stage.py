"""What the demo stands on: the terminal, the commands that are shown and run, the simulator's process.

Every command is shown as a reader would type it at the top of the repository, and run from there.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.simulator.client import ControlClient, ControlError

ROOT = Path(__file__).resolve().parents[2]
HOME = Path("build/demo")
ESTATE = Path("inventories/reference/reference-estate.yml")
START_SECONDS = 30

# Lines of a playbook's output that tell its story; the rest is in the log.
_TASK = re.compile(r"^TASK \[(?:[\w.]+ : )?(.+?)\] \*+$")
# Tasks that say nothing of the estate: the roles' own checking and telling.
_OWN = ("Validating arguments", "Check that", "Say ", "Look which appliances", "Fail with", "Go on with")
_TOLD = re.compile(r"^(ok|changed|failed|fatal|unreachable): \[([^\]]+)\](.*)$")
_RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)")


class Disappointed(Exception):
    """The demo did not go as it must; the message says what was expected."""


@dataclass(frozen=True)
class Run:
    """What a playbook left: exit code, output, and changed tasks per host."""

    code: int
    output: str
    log: Path

    @property
    def changed(self) -> dict[str, int]:
        """Changed tasks per host, from the recap."""
        rows = (_RECAP.match(line) for line in self.output.splitlines())
        return {row[1]: int(row[3]) for row in rows if row}


class Stage:
    """Shows and runs; what it keeps lies in `home`, which begins empty. `target` is the make target that begins it."""

    def __init__(self, home: Path = HOME, target: str = "demo") -> None:
        self.home, self.state = home, home / "simulator.json"
        colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self._codes = {"bold": "1", "dim": "2", "green": "32", "yellow": "33", "red": "31"} if colours else {}
        self._runs = 0
        self._title = ""
        _stop_leftover(ROOT / self.state)
        shutil.rmtree(ROOT / home, ignore_errors=True)
        self.python = _shown(Path(sys.executable))
        self._playbook = _shown(Path(sys.executable).with_name("ansible-playbook"))
        self.doc = _shown(Path(sys.executable).with_name("ansible-doc"))
        (ROOT / home).mkdir(parents=True, exist_ok=True)
        # Relative paths count from the file's folder, so the repository may lie anywhere.
        (ROOT / home / "ansible.cfg").write_text(
            f"# By `make {target}`: its commands work by hand with `export ANSIBLE_CONFIG={home}/ansible.cfg`.\n"
            "[defaults]\ncollections_path = ../../.venv/collections\nhome = ../ansible\nnocows = true\n",
            encoding="utf-8",
        )
        self.environment = _environment(home)
        if not (ROOT / self._playbook).exists():
            raise Disappointed(f"There is no {self._playbook}. `make {target}` makes the environment and begins.")

    # Showing

    def paint(self, text: str, style: str) -> str:
        """The text in a style, where the terminal has any."""
        return f"\x1b[{self._codes[style]}m{text}\x1b[0m" if self._codes else text

    def say(self, text: str = "", style: str | None = None) -> None:
        """A line, at once."""
        print(self.paint(text, style) if style else text, flush=True)

    def chapter(self, title: str) -> None:
        """A heading."""
        self.say(f"\n{title}", "bold")

    def good(self, text: str) -> None:
        """Something that went as it must."""
        self.say(f"  {self.paint('ok', 'green')}  {text}")

    def command(self, shown: str) -> None:
        """A command as it can be typed."""
        self.say(f"  $ {shown}", "dim")

    # Running

    def playbook(self, name: str, changes: str = "changed", *arguments: str, **settings: str) -> Run:
        """Runs a playbook of the collection, or a file, on the simulated estate; tells what changes, and keeps a log.

        `changes` is the word for what changes, `arguments` are ansible-playbook's, `settings` the environment's.
        """
        # Without it the inventory leads to the estate's real addresses.
        if not (ROOT / self.home / "overlay.yml").exists():
            raise Disappointed(f"{self.home}/overlay.yml is gone: does another demo run in this folder?")
        self._runs += 1
        log = self.home / f"{self._runs:02}-{Path(name).stem}.log"
        command = [self._playbook, "-i", "inventories/reference/hosts.yml", "-i", f"{self.home}/overlay.yml"]
        command += [name if name.endswith(".yml") else f"vcpp.vcloud.{name}", *arguments]
        self.command(" ".join([*(f"{key}={shlex.quote(value)}" for key, value in settings.items()), _typed(command)]))
        lines = []
        with (
            (ROOT / log).open("w", encoding="utf-8") as file,
            _child(command, {**self.environment, **settings}) as child,
        ):
            assert child.stdout is not None
            for line in child.stdout:
                file.write(line)
                lines.append(line)
                self._tell(line.rstrip("\n"), changes)
        return Run(child.returncode, "".join(lines), log)

    def _tell(self, line: str, changes: str) -> None:
        if found := _TASK.match(line):
            own = found[1].startswith(_OWN)
            self._title = "" if own else found[1]
        elif found := _TOLD.match(line):
            # A task whose hosts are all skipped is not worth a line.
            if self._title:
                self.say(f"      {self._title}", "dim")
                self._title = ""
            if found[1] == "changed":
                item = re.search(r"\(item=(.*)\)", found[3])
                self.say(f"        {self.paint(changes, 'yellow')}  {found[2]}{f': {item[1]}' if item else ''}")
            elif found[1] != "ok":
                self.say(f"        {self.paint(found[1], 'red')}  {found[2]}{found[3]}")
        elif found := _RECAP.match(line):
            self.say(
                f"      {found[1]}: {found[2]} tasks ok, {found[3]} {changes.removesuffix('s')}, {found[5]} failed",
                "dim",
            )

    def verb(self, *arguments: str) -> None:
        """Runs a verb of the simulator's command line."""
        command = [self.python, "-m", "tests.simulator", *arguments, "--state", str(self.state)]
        self.command(_typed(command))
        done = subprocess.run(
            _found(command), cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode:
            raise Disappointed(f"The simulator did not do that: {(done.stderr or done.stdout).strip()}")

    # The simulator

    @contextmanager
    def simulator(self, *options: str) -> Iterator[ControlClient]:
        """A simulator on free ports, by default with vCenters and no appliance, and the overlay that leads to it."""
        command = [self.python, "-m", "tests.simulator", "serve", "--estate", str(ESTATE), "--state", str(self.state)]
        command += options or ["--vsphere", "--start", "nothing"]
        self.command(f"{_typed(command)} &")
        # A session of its own: Ctrl-C must end the playbook first, which still has to log out.
        with (ROOT / self.home / "simulator.log").open("w", encoding="utf-8") as log:
            child = subprocess.Popen(
                _found(command),
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._await(child)
            client = ControlClient.from_state(ROOT / self.state)
            overlay = [self.python, "-m", "tests.simulator", "inventory", "--state", str(self.state)]
            self.command(f"{_typed(overlay)} > {self.home}/overlay.yml")
            done = subprocess.run(
                _found(overlay), cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60, check=True
            )
            # It holds the lab's passwords.
            with open(ROOT / self.home / "overlay.yml", "w", encoding="utf-8", opener=_private) as file:
                file.write(done.stdout)
            yield client
        finally:
            _end(child)

    def _await(self, child: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not (ROOT / self.state).exists():
            if child.poll() is not None:
                text = (ROOT / self.home / "simulator.log").read_text(encoding="utf-8").strip()
                raise Disappointed(f"The simulator did not start. It says: {text}")
            if time.monotonic() > deadline:
                raise Disappointed(f"The simulator was not ready within {START_SECONDS} seconds.")
            time.sleep(0.02)


def _environment(home: Path) -> Mapping[str, str]:
    """The reader's own settings of Ansible and of the modules must not reach the demo, nor a proxy its loopback."""
    dropped = ("ANSIBLE_", "VCAV_", "VCD_", "VCPP_", "K8S_AUTH_", "CEPH_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    if kept.get("LC_ALL") in ("C", "POSIX"):
        del kept["LC_ALL"]  # Ansible insists on UTF-8, which Python then finds by itself
    without = ",".join(filter(None, [kept.get("no_proxy") or kept.get("NO_PROXY"), "127.0.0.1", "localhost"]))
    return {
        **kept,
        "no_proxy": without,
        "NO_PROXY": without,
        "ANSIBLE_CONFIG": str(home / "ansible.cfg"),
        "ANSIBLE_NOCOLOR": "true",
        "PYTHONUNBUFFERED": "1",
    }


def _shown(program: Path) -> str:
    """A program's path as one would type it: relative inside the repository."""
    try:
        return str(program.relative_to(ROOT))
    except ValueError:
        return str(program)


def _typed(command: Sequence[str]) -> str:
    return shlex.join(command)


def _found(command: Sequence[str]) -> list[str]:
    # Relative programs are looked up before the child changes its directory on some systems.
    return [str(ROOT / command[0]), *command[1:]]


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def _child(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A playbook's process; when we are interrupted it is told so too, and waited for: it closes its logins."""
    with subprocess.Popen(
        _found(command),
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as child:
        try:
            yield child
        except BaseException:
            _end(child)
            raise


def _end(child: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _stop_leftover(state: Path) -> None:
    """A demo that was killed may have left its simulator running, or only the state file."""
    try:
        ControlClient.from_state(state).stop()
        deadline = time.monotonic() + 5
        while state.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    except ControlError:
        pass
    state.unlink(missing_ok=True)
