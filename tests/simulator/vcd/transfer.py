"""Uploads in two steps: a call hands out a transfer address, then the bytes are PUT there (contract section 3.6).

Themes, UI plug-ins and branding packages all upload in this way; what becomes of the bytes is theirs to say.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..wire import Headers, Reply
from .exchange import Exchange, Refusal, bad_request, forbidden
from .json_body import check_object, read_json
from .routes import Route, Routes

UPLOAD_SPEC: dict[str, type] = {"fileName": str, "size": int, "checksum": str, "checksumAlgo": str}
"""The members of an UploadSpec with their types."""
_RANGE = re.compile(r"bytes\s+(\d{1,15})-(\d{1,15})/(\d{1,15}|\*)", re.ASCII)
_DIGITS = {"sha1": 40, "sha256": 64}
# More than any file of the contract; a declared size is not allocated before its bytes arrive.
_LARGEST = 1 << 32
# Nobody says how long an address is kept. Those that are never used must not fill the memory.
_MOST_WAITING = 1000


@dataclass(frozen=True)
class UploadSpec:
    """What a client says about the file to come."""

    file_name: str
    size: int
    checksum: str | None
    algorithm: str

    @classmethod
    def read(cls, exchange: Exchange, suffix: str, extra: dict[str, type] | None = None) -> UploadSpec:
        """The UploadSpec of a request; the file's name must end with `suffix`. Raises Refusal 400."""
        return cls.of(check_object(read_json(exchange), {**UPLOAD_SPEC, **(extra or {})}, ("fileName", "size")), suffix)

    @classmethod
    def of(cls, body: dict[str, Any], suffix: str) -> UploadSpec:
        """The same of an object whose members have been checked."""
        name, size = body["fileName"], body["size"]
        if not name.endswith(suffix) or len(name) == len(suffix) or re.search(r'[\x00-\x1f/\\<>"]', name):
            raise bad_request(f"'{name}' is not the name of a file that ends in {suffix}.")
        if not 0 < size <= _LARGEST:
            raise bad_request(f"The size {size} is not valid.")
        algorithm, checksum = body.get("checksumAlgo") or "sha1", body.get("checksum")
        if algorithm not in _DIGITS:
            raise bad_request(f"The checksum algorithm '{algorithm}' is not one of {', '.join(_DIGITS)}.")
        if checksum is not None and not re.fullmatch(f"[0-9a-fA-F]{{{_DIGITS[algorithm]}}}", checksum):
            raise bad_request(f"'{checksum}' is not a {algorithm} digest in hexadecimal digits.")
        return cls(name, size, checksum.lower() if checksum else None, algorithm)


@dataclass
class _Upload:
    spec: UploadSpec
    user_id: str
    done: Callable[[bytes], None]
    refused: Callable[[str], None] | None = None
    parts: dict[int, bytes] = field(default_factory=dict)
    """Offset -> bytes; they may arrive in any order."""

    def whole(self) -> bytes | None:
        """The file, once no byte is missing."""
        if sum(map(len, self.parts.values())) < self.spec.size:
            return None
        content = bytearray()
        for start, part in sorted(self.parts.items()):
            if start > len(content):
                return None
            content[start : start + len(part)] = part
        return bytes(content) if len(content) == self.spec.size else None


class Transfers:
    """The uploads that have been announced and not arrived yet."""

    def __init__(self) -> None:
        self._uploads: dict[str, _Upload] = {}

    def register(self, routes: Routes) -> None:
        """Adds the address of the bytes. It names no API version: clients send whatever `Accept` they have at hand."""
        routes.add("PUT", "/transfer/*/*", Route(self.put, any_version=True, writes=True))

    def clear(self) -> None:
        """Forgets all of them."""
        self._uploads.clear()

    def announce(
        self,
        exchange: Exchange,
        spec: UploadSpec,
        done: Callable[[bytes], None],
        refused: Callable[[str], None] | None = None,
    ) -> Headers:
        """A new upload: the headers with its one `Link`. `done` is given the file; its Refusal refuses the bytes.

        `refused` is told why, when bytes were refused and the upload is over.
        """
        identity = str(uuid.uuid4())
        if len(self._uploads) >= _MOST_WAITING:
            self._uploads.pop(next(iter(self._uploads)))
        self._uploads[identity] = _Upload(spec, exchange.user.user_id, done, refused)
        address = f"{exchange.base_url}/transfer/{identity}/{quote(spec.file_name, safe='')}"
        return [("Link", f'<{address}>;rel="upload:default";type="application/octet-stream"')]

    def put(self, exchange: Exchange, identity: str, file_name: str) -> Reply:
        """`PUT /transfer/{uuid}/{file}`: the whole file, or a part of it with `Content-Range`; 200 either way.

        What is refused with which status is UNKNOWN: 404 for an address that was not handed out or has been used, 403
        for somebody else's, 400 for bytes that are not those that were announced. These end the upload.
        """
        upload = self._uploads.get(identity)
        if upload is None or upload.spec.file_name != file_name:
            raise Refusal(404, "NOT_FOUND", f"There is no transfer {identity}/{file_name}.")
        if upload.user_id != exchange.user.user_id:
            raise forbidden("System Operations", "TRANSFER_UPLOAD", identity)
        try:
            self._take(exchange, upload)
            content = upload.whole()
            if content is None:
                return exchange.nothing(200)
            self._verify(upload.spec, content)
            upload.done(content)
        except Refusal as problem:
            self._uploads.pop(identity, None)
            if upload.refused is not None:
                upload.refused(problem.message)
            raise
        del self._uploads[identity]
        return exchange.nothing(200)

    @staticmethod
    def _take(exchange: Exchange, upload: _Upload) -> None:
        header, body, size = exchange.request.headers.get("content-range"), exchange.request.body, upload.spec.size
        start = 0
        if header is None:
            if len(body) != size:
                raise bad_request(f"{len(body)} bytes arrived, {size} were announced.")
        else:
            found = _RANGE.fullmatch(header.strip())
            if found is None:
                raise bad_request(f"The Content-Range '{header}' is not valid.")
            start, end = int(found[1]), int(found[2])
            if end - start + 1 != len(body) or end >= size or found[3] not in ("*", str(size)):
                raise bad_request(f"The Content-Range '{header}' does not fit {len(body)} of {size} bytes.")
        upload.parts[start] = body

    @staticmethod
    def _verify(spec: UploadSpec, content: bytes) -> None:
        if spec.checksum is not None:
            found = hashlib.new(spec.algorithm, content, usedforsecurity=False).hexdigest()
            if found != spec.checksum:
                raise bad_request(f"The {spec.algorithm} checksum of {spec.file_name} is {found}.")
