"""Real local servers for the tests of the clients: they answer what a test scripts, and note what they were asked."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.unit.plugins.module_utils.certificates import Identity

LONG = 60.0  # seconds after which a hanging answer gives up, should a test forget to release it


def until(done: Callable[[], bool]) -> None:
    """Waits for what another thread does. Fails where it never comes, not where the machine is busy."""
    end = time.monotonic() + LONG
    while not done():
        assert time.monotonic() < end, "It never came."
        time.sleep(0.005)


@dataclass(frozen=True)
class Asked:
    """One request, as it arrived. `connection` is the client's port: equal for requests on one TCP connection."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Answer:
    """What to answer. `drop` closes the connection instead; `hang` says nothing until the test is over.

    `promised` is a Content-Length that differs from what is sent.
    """

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    drop: bool = False
    hang: bool = False
    promised: int | None = None


def says(document: Any, status: int = 200, **headers: str) -> Answer:
    """A JSON answer; underscores in the names of headers are dashes."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, json.dumps(document).encode(), named)


Script = Callable[[Asked], Answer]


def in_turn(*answers: Answer) -> Script:
    """A script that gives these answers one after another, and the last one for ever."""
    left = list(answers)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


@dataclass
class Server:
    """A running server. `asked` are the requests so far."""

    url: str
    port: int
    asked: list[Asked] = field(default_factory=list)

    @property
    def methods(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.asked]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not trust us leaves in the middle of the handshake: that is what is tested."""


@contextlib.contextmanager
def serving(script: Script, identity: Identity | None = None, host: str = "127.0.0.1") -> Iterator[Server]:
    """A server that answers as scripted, over TLS if it has an identity. `host` is the name in its URL."""
    over = threading.Event()
    context = identity.server_context() if identity else None

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            if context is not None:
                self.request.settimeout(LONG)
                self.request = context.wrap_socket(self.request, server_side=True)
            super().setup()

        def finish(self) -> None:
            with contextlib.suppress(OSError):
                super().finish()
            self.request.close()

        def answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            asked = Asked(
                self.command, self.path, dict(self.headers.items()), self.rfile.read(size), self.client_address[1]
            )
            server.asked.append(asked)
            answer = script(asked)
            if answer.hang:
                over.wait(LONG)
            if answer.hang or answer.drop:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body) if answer.promised is None else answer.promised))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = self.close_connection or answer.promised is not None

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, format: str, *args: Any) -> None:
            """The requests are in `asked`."""

    with _Quiet(("127.0.0.1", 0), Handler) as listener:
        port = listener.server_address[1]
        server = Server(f"{'https' if identity else 'http'}://{host}:{port}", port)
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            over.set()
            listener.shutdown()
            thread.join()


@dataclass
class Proxy:
    """A running proxy; `tunnels` are the targets of its CONNECTs, `credentials` their Proxy-Authorization."""

    url: str
    tunnels: list[str] = field(default_factory=list)
    credentials: list[str | None] = field(default_factory=list)


@contextlib.contextmanager
def proxying(to: int | None, refuse: int | None = None) -> Iterator[Proxy]:
    """A dumb proxy: every CONNECT leads to the local port `to`, or is refused with a status."""

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            proxy.tunnels.append(self.path)
            proxy.credentials.append(self.headers.get("Proxy-Authorization"))
            if refuse is not None or to is None:
                self.send_error(refuse or 502)
                return
            with socket.create_connection(("127.0.0.1", to)) as onward:
                self.send_response(200)
                self.end_headers()
                self.wfile.flush()
                ends = {self.connection: onward, onward: self.connection}
                while True:
                    ready, _unused, _more = select.select(list(ends), [], [], LONG)
                    for end in ready:
                        piece = end.recv(65536)
                        if not piece:
                            self.close_connection = True
                            return
                        ends[end].sendall(piece)
                    if not ready:
                        return

        def log_message(self, format: str, *args: Any) -> None:
            """The tunnels are noted."""

    with _Quiet(("127.0.0.1", 0), Handler) as listener:
        proxy = Proxy(f"http://127.0.0.1:{listener.server_address[1]}")
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown()
            thread.join()


@contextlib.contextmanager
def raw_listener(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A TCP listener below HTTP: `serve` gets each accepted connection. Yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()

        def accept() -> None:
            while not ended.is_set():
                with contextlib.suppress(OSError), listener.accept()[0] as connection:
                    if not ended.is_set():
                        serve(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            with contextlib.suppress(OSError):
                socket.create_connection(listener.getsockname(), 1).close()
            thread.join(LONG)


def free_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
