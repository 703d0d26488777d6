# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages: an OVA or an OVF with its files, on this machine or behind an http(s) address, read and never unpacked.

Contract vsphere-ovf.md, 4. An OVA is a tar: the descriptor first, then the manifest, then the files. Only headers, the
descriptor and the manifest are read before an import. An address is read by ranges where its server has them, else in
one pass from the front to the end.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urljoin, urlsplit

from .._address import blotted
from .._http import HttpError
from .._plan import InputError
from . import ovf
from .channel import Trust, connect, explain

LARGEST_TEXT = 16 * 1024 * 1024  # a descriptor or a manifest that is larger is none
BLOCK = 1024 * 1024
REDIRECTS = 5
RESUMES = 3
ALGORITHMS = {"SHA1": "sha1", "SHA256": "sha256", "SHA512": "sha512"}
_LINE = re.compile(r"\s*(SHA\d+)\s*\(\s*(.+?)\s*\)\s*=\s*([0-9A-Fa-f]+)\s*")


class Incomplete(Exception):
    """The package ended too early, or what is in it is not what it says; the text tells which file."""


@dataclass(frozen=True)
class Digest:
    """A line of a manifest; `algorithm` as hashlib calls it."""

    algorithm: str
    hexadecimal: str


class Readable(Protocol):
    """What a file is read from: fills a buffer, 0 at its end."""

    def readinto(self, buffer: Any, /) -> int | None:
        """Fill the buffer, and return how many bytes that were."""


@dataclass
class Member:
    """One file of a package, to be read once from its start: `size` bytes of `source`."""

    name: str
    size: int
    source: Readable
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.size

    def readinto(self, buffer: memoryview) -> int:
        """Fill the buffer as far as the file goes; 0 at its end. Raises Incomplete."""
        wanted, filled = min(len(buffer), self.left), 0
        while filled < wanted:
            count = self.source.readinto(buffer[filled:wanted])
            if not count:
                raise Incomplete(f"{self.name} ends after {self.size - self.left + filled} of {self.size} bytes")
            filled += count
        self.left -= filled
        return filled

    def text(self) -> bytes:
        """All of a small file. Raises Incomplete."""
        if self.size > LARGEST_TEXT:
            raise Incomplete(f"{self.name} has {self.size} bytes, too many for a descriptor or a manifest")
        content = bytearray(self.size)
        self.readinto(memoryview(content))
        return bytes(content)


class Remote(io.RawIOBase):
    """A file behind an address, opened where it is read: at once where the server has ranges, else by reading on."""

    def __init__(self, url: str, trust: Trust, timeout: float) -> None:
        super().__init__()
        self._url, self._trust, self._timeout = url, trust, timeout
        self._at = self._reading_at = 0
        self._connection: http.client.HTTPConnection | None = None
        self._response: http.client.HTTPResponse | None = None
        self._tag: str | None = None
        self._before = b""  # the byte before the place of reading: tarfile looks at it when it goes on
        self.size: int | None = None
        self.ranges = False
        self._open(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_END:
            if self.size is None:
                raise io.UnsupportedOperation("the server does not tell the size")
            offset += self.size
        self._at = offset + (self._at if whence == os.SEEK_CUR else 0)
        return self._at

    def close(self) -> None:
        self._shut()
        super().close()

    def read(self, size: int | None = -1) -> bytes:
        """That many bytes, fewer only at the end; all with -1. Raises HttpError."""
        parts: list[bytes] = []
        left = LARGEST_TEXT if size is None or size < 0 else size
        while left > 0:
            buffer = bytearray(min(left, BLOCK))
            count = self.readinto(buffer)
            if not count:
                break
            parts.append(bytes(buffer[:count]))
            left -= count
        return b"".join(parts)

    def _shut(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._response = None

    def _failure(self, message: str, status: int | None = None, advice: str = "") -> HttpError:
        parts = urlsplit(self._url)
        kind = "status" if status else "body"
        return HttpError(
            kind, "GET", f"{parts.scheme}://{parts.netloc}", parts.path, status=status, message=message, advice=advice
        )

    def _open(self, offset: int) -> None:
        """Ask for everything from an offset on. A server without ranges answers from the start. Raises HttpError."""
        self._shut()
        for _hop in range(REDIRECTS + 1):
            parts = urlsplit(self._url)
            connection = connect(parts, self._trust, self._timeout, "GET")
            headers = {"Range": f"bytes={offset}-", "Accept-Encoding": "identity", "User-Agent": "vcpp.vcloud"}
            if self._tag:
                headers["If-Range"] = self._tag
            try:
                target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                connection.request("GET", target, headers=headers)
                response = connection.getresponse()
            except (OSError, http.client.HTTPException) as problem:
                connection.close()
                raise explain(problem, "GET", f"{parts.scheme}://{parts.netloc}", parts.path, sent=False) from problem
            if response.status in (301, 302, 303, 307, 308) and response.headers.get("Location"):
                connection.close()
                self._url = self._redirected(str(response.headers["Location"]))
                continue
            break
        else:
            raise self._failure(f"more than {REDIRECTS} redirections")
        if response.status not in (200, 206):
            reason = response.reason
            connection.close()
            advice = "Is the address in source right, and may everybody read it?" if response.status < 500 else ""
            raise self._failure(reason, response.status, advice)
        if offset and self._tag and response.status == 200 and self.ranges:
            connection.close()
            raise self._failure("the file was replaced while it was read", advice="Run the task again.")
        self._connection, self._response = connection, response
        tag = response.headers.get("ETag") or "W/"
        self._tag = None if tag.startswith("W/") else tag  # a weak one does not promise the same bytes
        self._describe(response, offset)

    def _redirected(self, location: str) -> str:
        target = urljoin(self._url, location)
        wanted = urlsplit(target).scheme
        if wanted != "https" and not (wanted == "http" and urlsplit(self._url).scheme == "http"):
            raise self._failure(f"it redirects to {blotted(target)}, which is no safer address")
        return target

    def _describe(self, response: http.client.HTTPResponse, offset: int) -> None:
        length = response.headers.get("Content-Length")
        if response.status == 206:
            self.ranges = True
            total = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
            if total is None or int(total.group(1)) != offset:
                raise self._failure("the server answers with another range than it was asked for")
            self.size, self._reading_at = int(total.group(2)), offset
        else:
            self.ranges = self.ranges or response.headers.get("Accept-Ranges", "") == "bytes"
            self.size, self._reading_at = int(length) if length else None, 0

    def _reach(self) -> http.client.HTTPResponse:
        """The open answer, brought to the wanted place. Raises HttpError."""
        gap = self._at - self._reading_at
        if self._response is None or gap < 0 or (self.ranges and gap > BLOCK):
            self._open(self._at)
            gap = self._at - self._reading_at
        scratch = memoryview(bytearray(min(gap, BLOCK)))
        while gap > 0 and self._response is not None:
            count = self._response.readinto(scratch[: min(gap, BLOCK)])
            if not count:
                raise self._failure(f"it ends after {self._reading_at} bytes")
            self._before = bytes(scratch[count - 1 : count])
            self._reading_at += count
            gap -= count
        if self._response is None:
            raise AssertionError("unreachable: an address is open, or has raised")
        return self._response

    def readinto(self, buffer: Any) -> int:
        """Fill what one answer gives; resumes a broken one where the server has ranges. Raises HttpError."""
        view = memoryview(buffer).cast("B")
        if self.size is not None and self._at >= self.size or not len(view):
            return 0
        if self._before and self._at == self._reading_at - 1:
            view[:1] = self._before
            self._at += 1
            return 1
        for attempt in range(RESUMES + 1):
            problem: Exception | None = None
            try:
                count = self._reach().readinto(view)
            except (OSError, http.client.HTTPException) as broken:
                count, problem = 0, broken
            if count:
                self._before = bytes(view[count - 1 : count])
                self._reading_at += count
                self._at += count
                return count
            if problem is None and self.size is None:
                return 0
            self._shut()
            if not self.ranges or attempt == RESUMES:
                break
        parts = urlsplit(self._url)
        if problem is not None:
            raise explain(problem, "GET", f"{parts.scheme}://{parts.netloc}", parts.path, sent=False) from problem
        raise self._failure(f"it ends after {self._at} of {self.size} bytes")


def read_manifest(text: bytes) -> dict[str, Digest]:
    """The digests of a manifest by file name. Raises InputError for a line that is none."""
    digests = {}
    for number, line in enumerate(text.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        if found is None or found.group(1) not in ALGORITHMS:
            raise InputError(f"source: line {number} of the manifest is no digest that can be checked: {line[:80]!r}")
        digests[found.group(2)] = Digest(ALGORITHMS[found.group(1)], found.group(3).lower())
    return digests


class Package:
    """An open package. `descriptor` and `manifest` (None: it has none) are read; its files are not yet."""

    def __init__(self, label: str, closing: list[Any]) -> None:
        self.label, self._closing = label, closing
        self.descriptor_name = ""
        self.raw = b""
        self.manifest: dict[str, Digest] | None = None
        self._members: Iterator[Member] = iter(())
        self._sizes: dict[str, int] | None = None

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *unused: object) -> None:
        for each in self._closing:
            each.close()

    def _understood(self) -> Package:
        """Check the descriptor against the manifest, read it, and see that its files are there. Raises InputError."""
        if self.manifest is not None:
            line = self.manifest.get(self.descriptor_name)
            if line is None:
                raise InputError(f"source: the manifest of {self.label} does not list {self.descriptor_name}")
            if hashlib.new(line.algorithm, self.raw, usedforsecurity=False).hexdigest() != line.hexadecimal:
                raise InputError(
                    f"source: {self.descriptor_name} in {self.label} is not what its manifest says ({line.algorithm}): "
                    "the package is damaged or was altered. Nothing was imported; fetch the package again."
                )
        self.descriptor = ovf.parse(self.raw, f"{self.descriptor_name} in {self.label}")
        for file in self.descriptor.files:
            self._check_file(file)
        return self

    def _check_file(self, file: ovf.File) -> None:
        if file.compression not in ("", "identity") or file.chunk_size:
            how = f"compressed ({file.compression})" if file.compression else "split into chunks"
            raise InputError(
                f"source: {file.href} in {self.label} is {how}, which this module does not take. Convert the package "
                "with ovftool into one with whole, plain files."
            )
        if self.manifest is not None and file.href not in self.manifest:
            raise InputError(f"source: the manifest of {self.label} does not list {file.href}")
        if self._sizes is None:
            return
        if file.href not in self._sizes:
            raise InputError(f"source: {self.label} does not hold {file.href}, which its descriptor names")
        if file.size is not None and self._sizes[file.href] != file.size:
            raise InputError(
                f"source: {file.href} in {self.label} has {self._sizes[file.href]} bytes, not the {file.size} that the "
                "descriptor tells: the package is damaged. Nothing was imported; fetch it again."
            )

    def stream(self, names: Iterable[str]) -> Iterator[Member]:
        """The wanted files in the order of the package, each to be read before the next one is asked for.

        Raises Incomplete where one is missing at the end, and what reading raises.
        """
        wanted = set(names)
        while wanted:
            member = next(self._members, None)
            if member is None:
                raise Incomplete(f"{self.label} does not hold {sorted(wanted)[0]}")
            if member.name in wanted:
                wanted.discard(member.name)
                yield member

    @property
    def bytes_to_send(self) -> int:
        """The size of all files that the descriptor names, as far as it is told."""
        sizes = self._sizes or {}
        return sum(file.size or sizes.get(file.href, 0) for file in self.descriptor.files)


def _next(archive: tarfile.TarFile, label: str) -> tarfile.TarInfo | None:
    """The next file of an archive. Raises Incomplete."""
    try:
        entry = archive.next()
        while entry is not None and not entry.isreg():
            entry = archive.next()
    except (tarfile.TarError, EOFError, OSError) as problem:  # an older tarfile seeks before the start of an empty one
        raise Incomplete(f"{label} is cut off or damaged: {problem}") from problem
    return entry


def _archive(label: str, file: Any, size: int | None, listing: bool) -> Package:
    """An OVA in an open file; `listing` is whether its headers can be read ahead. Raises InputError, HttpError."""
    package = Package(label, [file])

    def member(entry: tarfile.TarInfo) -> Member:
        end = entry.offset_data + entry.size
        if size is not None and end > size:
            raise Incomplete(f"{label} is cut off: {entry.name} should end at byte {end}, and there are {size}")
        file.seek(entry.offset_data)
        return Member(entry.name, entry.size, file)

    def rest() -> Iterator[tarfile.TarInfo]:
        while (entry := _next(archive, label)) is not None:
            yield entry

    try:
        # The archive lives on: in one pass its later headers are read when the upload has come to them.
        archive = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115
    except (tarfile.TarError, EOFError) as problem:
        raise InputError(f"source: {label} is no OVA (it is no tar archive: {problem})") from problem
    ahead: list[tarfile.TarInfo] = []
    try:
        first = _next(archive, label)
        if first is None or not first.name.lower().endswith(".ovf"):
            found = f"its first file is {first.name}, not an .ovf" if first else "it is empty"
            raise InputError(f"source: {label} is no OVA: {found}")
        package.descriptor_name, package.raw = first.name, member(first).text()
        for entry in rest():
            if entry.name.lower().endswith(".mf"):
                package.manifest = read_manifest(member(entry).text())
            elif not entry.name.lower().endswith(".cert"):
                ahead.append(entry)
                member(entry)  # raises where its end is outside of the file
                if not listing:
                    break
    except Incomplete as problem:
        raise InputError(f"source: {problem}. Nothing was imported; fetch the package again.") from problem

    def members() -> Iterator[Member]:
        yield from map(member, ahead)
        if not listing:
            yield from map(member, rest())

    package._members = members()
    if listing:
        package._sizes = {one.name: one.size for one in ahead}
    return package._understood()


def _kept_open(label: str, file: Any, size: int | None, listing: bool) -> Package:
    """The same, with the file closed where it is no sound OVA."""
    try:
        return _archive(label, file, size, listing)
    except BaseException:
        file.close()
        raise


def _sound_name(href: str, label: str) -> str:
    if not href or href.startswith("/") or ".." in href.split("/") or "://" in href or "\\" in href:
        raise InputError(f"source: {label} names a file outside of its own folder: {href!r}")
    return href


def _beside(label: str, name: str, raw: bytes, manifest: bytes | None, opened: Any) -> Package:
    """An OVF with its files beside it; `opened(href)` gives (size, file)."""
    package = Package(label, [])
    package.descriptor_name, package.raw = name, raw
    package.manifest = read_manifest(manifest) if manifest is not None else None
    package._understood()
    names = [_sound_name(file.href, label) for file in package.descriptor.files]

    def members() -> Iterator[Member]:
        for href in names:
            size, file = opened(href)
            with file:
                yield Member(href, size, file)

    package._members = members()
    return package


def _local_ovf(path: Path) -> Package:
    manifest = path.with_suffix(".mf")

    def opened(href: str) -> tuple[int, Any]:
        file = open(path.parent / href, "rb", buffering=0)  # noqa: SIM115
        return os.fstat(file.fileno()).st_size, file

    package = _beside(
        str(path), path.name, path.read_bytes(), manifest.read_bytes() if manifest.exists() else None, opened
    )
    package._sizes = {}
    for file in package.descriptor.files:
        if (path.parent / file.href).is_file():
            package._sizes[file.href] = (path.parent / file.href).stat().st_size
        package._check_file(file)
    return package


def _remote_ovf(url: str, first: Remote, trust: Trust, timeout: float) -> Package:
    def whole(remote: Remote) -> bytes:
        with remote:
            return remote.read(LARGEST_TEXT) or b""

    def beside(name: str) -> Remote:
        return Remote(urljoin(url, quote(name)), trust, timeout)

    def opened(href: str) -> tuple[int, Any]:
        remote = beside(href)
        if remote.size is None:
            raise Incomplete(f"the server does not tell the size of {href}")
        return remote.size, remote

    raw, name = whole(first), urlsplit(url).path.rpartition("/")[2]
    try:
        manifest: bytes | None = whole(beside(f"{name.rpartition('.')[0]}.mf"))
    except HttpError as problem:
        if problem.status not in (403, 404):
            raise
        manifest = None
    return _beside(blotted(url), name, raw, manifest, opened)


def open_package(source: str, trust: Trust, timeout: float) -> Package:
    """Open a package by path or address, and read its descriptor and its manifest. Raises InputError, HttpError.

    `trust` and `timeout` are for an address.
    """
    if "://" in source:
        label = blotted(source).rpartition("/")[2].partition("?")[0] or blotted(source)
        remote = Remote(source, trust, timeout)
        if urlsplit(source).path.lower().endswith(".ovf"):
            return _remote_ovf(source, remote, trust, timeout)
        return _kept_open(label, remote, remote.size, remote.ranges)
    path = Path(source).expanduser()
    try:
        if path.suffix.lower() == ".ovf":
            return _local_ovf(path)
        file = open(path, "rb", buffering=0)  # noqa: SIM115
        return _kept_open(path.name, file, os.fstat(file.fileno()).st_size, True)
    except OSError as problem:
        raise InputError(f"source is {source!r}: {problem.strerror or problem}") from problem


def check_source(source: str) -> None:
    """Refuse an address that is none before anything is sent. Raises InputError."""
    if "://" not in source:
        return
    parts = urlsplit(source)
    try:
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or "@" in parts.netloc:
        raise InputError(
            f"source is {blotted(source)!r}: write a path, or an address as https://host/path, without user and "
            "password"
        )
