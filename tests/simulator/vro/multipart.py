"""Uploads: `multipart/form-data` with one file part named `file` (contract section 3).

Clients add text parts of their own (`name`, `Content-Type`, options that others put into the query): they are read and
can be asked for, and nobody minds one that means nothing. File names may hold anything, content is taken as bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..wire import Request
from .exchange import Refusal, bad_request

_NAME = re.compile(rb'(?i)(?:^|[;\s])name="?([^";]*)"?')
_FILE_NAME = re.compile(rb'(?i)filename="((?:[^"\\]|\\.)*)"|filename=([^;\s]+)')
_BOUNDARY = re.compile(r'(?i)boundary="?([^";,]+)"?')
FILE = "file"


@dataclass
class Upload:
    """What came in."""

    file_name: str = ""
    data: bytes = b""
    fields: dict[str, str] = field(default_factory=dict)
    """The text parts."""

    def option(self, request: Request, name: str) -> str | None:
        """An option from the query, or from the text part of that name: clients send it in either place."""
        found = request.first(name)
        return self.fields.get(name) if found is None else found

    def flag(self, request: Request, name: str) -> bool:
        """The same as a boolean; anything but `true` is false."""
        return (self.option(request, name) or "").lower() == "true"


def upload_of(request: Request) -> Upload:
    """The upload of a request. Raises Refusal 415 for another content type, 400 without exactly one part `file`."""
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data"):
        raise Refusal(415, f"Content type '{content_type}' not supported", whole=True)
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise bad_request("The request was rejected because no multipart boundary was found")
    upload, files = Upload(), 0
    for head, content in _parts(request.body, boundary[1].strip().encode("latin-1")):
        disposition = next((line for line in head.split(b"\n") if line.lower().startswith(b"content-disposition")), b"")
        file_name = _FILE_NAME.search(disposition)
        name = _NAME.search(_FILE_NAME.sub(b"", disposition))
        named = name[1].decode("utf-8", "replace") if name else ""
        if named == FILE:
            files += 1
            given = (file_name[1] if file_name[1] is not None else file_name[2]) if file_name else b""
            upload.file_name = given.replace(b'\\"', b'"').decode("utf-8", "replace")
            upload.data = content
        elif file_name is None and named:
            upload.fields[named] = content.decode("utf-8", "replace").strip()
    if files != 1:
        raise bad_request(f"Required request part '{FILE}' is not present" if not files else "More than one file")
    return upload


def _parts(body: bytes, boundary: bytes) -> list[tuple[bytes, bytes]]:
    """Head and content of each part; line ends of heads may be bare line feeds."""
    found = []
    for piece in (b"\r\n" + body).split(b"\n--" + boundary)[1:]:
        if piece.startswith(b"--"):
            break
        piece = piece.removesuffix(b"\r")
        piece = piece.lstrip(b" \t").removeprefix(b"\r").removeprefix(b"\n")
        if piece.startswith((b"\r\n", b"\n")):
            found.append((b"", piece.removeprefix(b"\r").removeprefix(b"\n")))
            continue
        crlf, bare = piece.find(b"\r\n\r\n"), piece.find(b"\n\n")
        if crlf < 0 and bare < 0:
            continue
        if bare < 0 or 0 <= crlf < bare:
            found.append((piece[:crlf].replace(b"\r", b""), piece[crlf + 4 :]))
        else:
            found.append((piece[:bare].replace(b"\r", b""), piece[bare + 2 :]))
    return found
