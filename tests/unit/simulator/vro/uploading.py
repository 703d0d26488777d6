"""How the tests upload files to an orchestrator, and read what it exports."""

from __future__ import annotations

from typing import Any

from tests.simulator.wire import Reply
from tests.unit.simulator.vro.asking import Vro

_BOUNDARY = "5f2b8a51-9f0e-4f3a-8a51-5f2b8a510000"


def multipart(name: str, content: bytes, /, **fields: str) -> bytes:
    """The body of an upload, text parts first."""
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts += [head.encode(), b"Content-Type:application/octet-stream\r\n\r\n", content]
    return b"".join(parts) + f"\r\n--{_BOUNDARY}--\r\n".encode()


def upload(vro: Vro, target: str, name: str, content: bytes, /, **fields: str) -> Reply:
    """`POST` of a file with these text parts beside it."""
    media = f"multipart/form-data; boundary={_BOUNDARY}"
    return vro.ask("POST", target, multipart(name, content, **fields), content_type=media)


def folder(vro: Vro, kind: str, path: str = "Kiwi Cloud/Greetings") -> str:
    """The id of a folder, made where it is missing."""
    return vro.store.ensure_category(kind, path).id


def exported(vro: Vro, target: str, accept: str = "application/zip") -> bytes:
    """The bytes of an export that succeeds."""
    reply = vro.ask("GET", target, accept=accept)
    assert reply.status == 200, (reply.status, reply.body)
    return reply.body


def message(reply: Reply) -> str:
    """What an error says, whether it is JSON or a page."""
    text = reply.body.decode()
    if (reply.header("content-type") or "").startswith("application/json"):
        document: dict[str, Any] = reply.document()
        return str(document["message"])
    return text.partition("<u>")[2].partition("</u>")[0].replace("&#x27;", "'")
