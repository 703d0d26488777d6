"""Sockets: one uvicorn listener per port, all in one event loop, each with the TLS context of its service."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .front import Outcome
from .wire import LateReply, Request

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Answer = Callable[[Request], Outcome]

_ENCODED: dict[str, bytes] = {}
_RESERVE_SECONDS = 0.05


class _Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which also tells the application its transport and the request target as it was sent."""

    def on_headers_complete(self) -> None:
        # A target with a leading `//` would be taken for a host name by the URL parser; clients do send it.
        target = self.url.decode("latin-1")
        self.url = b"/" + self.url.lstrip(b"/")
        self.scope["extensions"] = {"simulator": {"target": target, "transport": self.transport}}
        super().on_headers_complete()


class Listener:
    """One port. It can be closed and opened again on the same port, which looks like a service that is down."""

    def __init__(self, answer: Answer, via: str, host: str, port: int, context: ssl.SSLContext | None) -> None:
        self._answer = answer
        self._via = via
        self._context = context
        self._scheme = "https" if context else "http"
        self._socket: socket.socket | None = _bind(host, port)
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        self._server: uvicorn.Server | None = None
        self._released = False
        self._opening = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether it answers."""
        return self._server is not None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self._scheme}://{self.host}:{self.port}"

    async def open(self) -> None:
        """Starts to answer."""
        async with self._opening:
            if self._server is None:
                await self._open()

    async def _open(self) -> None:
        bound = self._socket or await self._bind_again()
        self._socket = None
        config = uvicorn.Config(
            cast(Any, self._application),
            interface="asgi3",
            http=_Protocol,
            ws="none",
            loop="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=120,
            backlog=1024,
        )
        config.load()
        config.ssl = self._context
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        # Only the sockets are opened: uvicorn's own main loop would do nothing here but tick.
        await server.startup(sockets=[bound])
        self._server = server

    async def _bind_again(self) -> socket.socket:
        """The loop closes sockets a little later than it is told to, so the port may still be taken for a moment."""
        for _attempt in range(100):
            try:
                return _bind(self.host, self.port)
            except OSError:
                await asyncio.sleep(0.02)
        return _bind(self.host, self.port)

    def close(self) -> None:
        """Stops to listen and cuts what is open. The port stays reserved: connections are refused."""
        if self._server is None:
            return
        for server in self._server.servers:
            server.close()
        self._cut()
        self._server = None
        # The loop closes the socket a little later than it is told to.
        asyncio.get_running_loop().call_later(_RESERVE_SECONDS, self._reserve)

    def _reserve(self) -> None:
        if self._server is None and self._socket is None and not self._released:
            with contextlib.suppress(OSError):
                self._socket = _bind(self.host, self.port)

    def release(self) -> None:
        """Ends for good: the port is free again."""
        self._released = True
        if self._server is not None:
            self.close()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def end_connections(self) -> None:
        """Closes the open connections, each after the answer that it waits for; clients will connect anew."""
        if self._server is not None:
            for connection in list(self._server.server_state.connections):
                cast(Any, connection).shutdown()

    def _cut(self) -> None:
        if self._server is not None:
            for connection in list(self._server.server_state.connections):
                transport = cast(Any, connection).transport
                if transport is not None:
                    transport.abort()

    async def _application(self, scope: Message, receive: Receive, send: Send) -> None:
        message = await receive()
        # Joined once at the end: appending to bytes copies them all, which takes seconds for a body of 50 MB.
        parts = [message.get("body", b"")]
        while message.get("more_body"):
            message = await receive()
            parts.append(message.get("body", b""))
        if message["type"] == "http.disconnect":
            return
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
        extension = scope["extensions"]["simulator"]
        client = scope["client"]
        outcome = self._answer(
            Request.received(
                scope["method"],
                extension["target"],
                headers,
                b"".join(parts),
                self._scheme,
                self._via,
                client[0] if client else "",
            )
        )
        if outcome.delay:
            await asyncio.sleep(outcome.delay)
        reply = outcome.reply
        if reply is None:
            extension["transport"].abort()
            # uvicorn would answer for an application that says nothing, unless it knows that nobody is there.
            await receive()
            return
        if isinstance(reply, LateReply) and not reply.ready:
            there = asyncio.Event()
            reply.when_ready(there.set)
            await there.wait()
        raw = [(_encoded(name), value.encode("latin-1", "replace")) for name, value in reply.headers]
        # A 204 has no body by itself, and HTTP forbids it this header.
        if reply.status != 204:
            raw.append((b"content-length", b"%d" % len(reply.body)))
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        await send({"type": "http.response.body", "body": reply.body})


def _encoded(name: str) -> bytes:
    encoded = _ENCODED.get(name)
    if encoded is None:
        encoded = _ENCODED[name] = name.lower().encode("latin-1")
    return encoded


def _bind(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as problem:
        bound.close()
        raise OSError(problem.errno, f"Cannot listen on {host}:{port}: {problem.strerror}") from problem
    bound.setblocking(False)
    return bound
