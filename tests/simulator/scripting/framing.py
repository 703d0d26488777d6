"""Messages between the simulator and its scripts: JSON, with the length of four bytes before it."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

_LENGTH = struct.Struct(">I")


def pack(message: dict[str, Any]) -> bytes:
    """The bytes of a message."""
    body = json.dumps(message).encode()
    return _LENGTH.pack(len(body)) + body


def send(channel: socket.socket, message: dict[str, Any]) -> None:
    """Sends a message; raises OSError when the other side is gone."""
    channel.sendall(pack(message))


def _exactly(channel: socket.socket, size: int) -> bytes | None:
    parts, missing = [], size
    while missing:
        part = channel.recv(min(missing, 1 << 16))
        if not part:
            return None
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def receive(channel: socket.socket) -> dict[str, Any] | None:
    """Waits for a message; None when the other side has closed."""
    head = _exactly(channel, _LENGTH.size)
    body = _exactly(channel, _LENGTH.unpack(head)[0]) if head is not None else None
    if body is None:
        return None
    message: dict[str, Any] = json.loads(body)
    return message


def unpack(buffer: bytearray) -> list[dict[str, Any]]:
    """Takes the whole messages off the front of what has come in."""
    found = []
    while len(buffer) >= _LENGTH.size:
        size = _LENGTH.unpack(buffer[: _LENGTH.size])[0]
        end = _LENGTH.size + size
        if len(buffer) < end:
            break
        found.append(json.loads(bytes(buffer[_LENGTH.size : end])))
        del buffer[:end]
    return found
