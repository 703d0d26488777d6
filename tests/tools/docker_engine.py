"""A genuine Docker engine for a test: Debian's `dockerd` with files, address and images of its own, and nothing pulled.

    with docker_engine() as engine:
        engine.url                      # "http://127.0.0.1:NNNNN", the Engine API without TLS
        engine.image                    # "vcpp-test:1", made from scratch: one static program and one page
        engine.ask("GET", "/containers/json?all=1")

It takes root, the packages docker.io and busybox-static (`make system-packages`), and a kernel with control groups and
overlays of none: layers are plain copies. It changes no packet filter and no routing. Ports are published where the
bridge `docker0` is nobody else's; it is removed again, as are mounts and files.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

IMAGE = "vcpp-test:1"
PAGE = "This page is served by a container.\n"
SERVE = ["/busybox", "httpd", "-f", "-p", "80", "-h", "/www"]
_BRIDGE = "docker0"
_START_SECONDS, _STOP_SECONDS = 30, 20
_PATH = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/local/sbin:/usr/sbin:/sbin"


class NoEngine(Exception):
    """This machine cannot run an engine; the text says why."""


@dataclass(frozen=True)
class Engine:
    """An engine that answers. `publishes`: whether ports of containers can be reached from here."""

    port: int
    publishes: bool
    image: str = IMAGE

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, body: bytes | None = None, media: str = "application/json"
    ) -> tuple[int, Any]:
        """(status, document) of one request; a body that is no JSON is its text, an empty one None."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, {"Content-Type": media} if body is not None else {})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        try:
            return answer.status, json.loads(text) if text else None
        except ValueError:
            return answer.status, text


def _program(name: str) -> str:
    found = shutil.which(name, path=_PATH)
    if found is None:
        raise NoEngine(f"there is no {name}: run `make system-packages` as root on Debian or Ubuntu")
    return found


def layer(program: Path) -> bytes:
    """The one layer of the image, as a tar: a static program and a page for it to serve."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content, mode in (("busybox", program.read_bytes(), 0o755), ("www/index.html", PAGE.encode(), 0o644)):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def free_port() -> int:
    """A port of the loopback address that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def docker_engine() -> Iterator[Engine]:
    """Starts an engine with its image and ends it with everything that it ran. Raises NoEngine."""
    if os.geteuid() != 0:
        raise NoEngine("only root can run a Docker engine")
    daemon, program = _program("dockerd"), Path(_program("busybox"))
    has_bridge = Path("/sys/class/net", _BRIDGE).exists()
    with tempfile.TemporaryDirectory(prefix="vcpp-docker-") as folder, open(f"{folder}/log", "wb") as log:
        port = free_port()
        Path(folder, "daemon.json").write_text("{}", encoding="utf-8")
        command = [
            daemon, "--config-file", f"{folder}/daemon.json", "--host", f"tcp://127.0.0.1:{port}", "--tls=false",
            "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/pid",
            "--storage-driver", "vfs", "--iptables=false", "--ip-masq=false", "--ip-forward=false",
            *(["--bridge", "none"] if has_bridge else []),
        ]  # fmt: skip
        child = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "PATH": _PATH})
        engine = Engine(port, publishes=not has_bridge)
        try:
            _await(child, engine, Path(folder, "log"))
            media, starts = "application/x-tar", quote(f"CMD {json.dumps(SERVE)}")
            path = f"/images/create?fromSrc=-&repo=vcpp-test&tag=1&changes={starts}"
            status, answer = engine.ask("POST", path, layer(program), media)
            if status != 200 or "error" in str(answer):
                raise NoEngine(f"the engine takes no image: {answer}")
            yield engine
        finally:
            with contextlib.suppress(OSError):
                for one in engine.ask("GET", "/containers/json?all=1")[1] or []:
                    engine.ask("DELETE", f"/containers/{one['Id']}?force=1&v=1")
            child.terminate()
            try:
                child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if not has_bridge and Path("/sys/class/net", _BRIDGE).exists():
                with contextlib.suppress(OSError):
                    subprocess.run(["ip", "link", "delete", _BRIDGE], capture_output=True, check=False)


def _await(child: subprocess.Popen[bytes], engine: Engine, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if engine.ask("GET", "/_ping")[0] == 200:
                return
        if child.poll() is not None or time.monotonic() > deadline:
            said = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
            raise NoEngine(f"dockerd does not start here: {said[-1] if said else 'it says nothing'}")
        time.sleep(0.05)
