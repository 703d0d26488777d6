# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes appliance images to deploy in tests: real OVA files with the vendor's properties and options, and own content.

    .venv/bin/python -m tests.tools.make_ova --release 3.0 --dest build/appliance.ova
    .venv/bin/python -m tests.tools.make_ova --release 4.x --dest big.ova --disk-size 2147483648
    .venv/bin/python -m tests.tools.make_ova --release onprem --dest bad.ova --corrupt manifest

A tar archive: the descriptor first, then the manifest, then a stream-optimized disk of 16 MB with a few bytes in it.
With --disk-size the disk *file* gets that size: the bytes between its header and its content, which the format leaves
free, are a hole. Neither memory nor disk space is used for them, though every reader has to read them.

--corrupt makes an image that a deployer must notice:

    manifest          the manifest has another digest for the disk
    descriptor        the manifest has another digest for the descriptor
    truncated         the file ends in the middle of the disk
    missing-disk      the descriptor names a disk that the archive does not have
    no-manifest       there is no manifest (allowed by the format, but nothing can be verified)
    not-xml           the descriptor is no XML
    no-descriptor     there is no descriptor at all
    descriptor-last   the descriptor is not the first file, against the format
    gzip              the disk is compressed once more, as a descriptor may say
    chunked           the disk is split into pieces, as a descriptor may say
    collection        a vApp of two machines
    no-transport      the descriptor names no way for the properties to reach the guest
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import struct
import sys
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.simulator.vsphere.descriptor import CAPACITY_BYTES, descriptor
from tests.simulator.vsphere.image import RELEASES

CORRUPTIONS = (
    "manifest", "descriptor", "truncated", "missing-disk", "no-manifest", "not-xml", "no-descriptor", "descriptor-last",
    "gzip", "chunked", "collection", "no-transport",
)

_SECTOR = 512
_CAPACITY_SECTORS = CAPACITY_BYTES // _SECTOR
_GRAIN_SECTORS = 128
_TABLE_ENTRIES = 512
_AT_THE_END = 0xFFFFFFFFFFFFFFFF
_BLOCK = 1 << 20
_ZEROS = bytes(_BLOCK)
_DESCRIPTOR = """# Disk DescriptorFile
version=1
CID=7e57ab1e
parentCID=ffffffff
createType="streamOptimized"
RW {sectors} SPARSE "{name}"
ddb.adapterType = "lsilogic"
ddb.geometry.cylinders = "2"
ddb.geometry.heads = "255"
ddb.geometry.sectors = "63"
ddb.virtualHWVersion = "11"
"""

Part = bytes | int
"""Bytes, or the length of a run of zeros."""


# The disk

def disk_parts(name: str, size: int | None = None) -> list[Part]:
    """Return the pieces of a stream-optimized VMDK file, `size` bytes long or, by default, as short as may be.

    Zeros fill it up between header and content: the header's `overHead` says where the content begins.
    """
    description = _padded(_DESCRIPTOR.format(sectors=_CAPACITY_SECTORS, name=name).encode())
    grain = b"This disk was made for tests.\n".ljust(_GRAIN_SECTORS * _SECTOR, b"\0")
    compressed = zlib.compress(grain)
    content = _padded(struct.pack("<QI", 0, len(compressed)) + compressed)
    # Header and description before it; marker, table (4 sectors), marker, directory, marker, footer, end after it.
    fixed = _SECTOR + len(description) + len(content) + 10 * _SECTOR
    filling = 0 if size is None else max(0, -(-(size - fixed) // _SECTOR)) * _SECTOR
    overhead = (_SECTOR + len(description) + filling) // _SECTOR
    table = overhead + len(content) // _SECTOR + 1
    directory = table + 4 + 1
    return [
        _header(_AT_THE_END, len(description) // _SECTOR, overhead) + description,
        filling,
        content,
        _marker(4, 1) + struct.pack("<I", overhead).ljust(4 * _TABLE_ENTRIES, b"\0"),
        _marker(1, 2) + _padded(struct.pack("<I", table)),
        _marker(1, 3) + _header(directory, len(description) // _SECTOR, overhead),
        bytes(_SECTOR),
    ]


def _header(directory: int, description_sectors: int, overhead: int) -> bytes:
    """Version 3, newline test | compressed | markers, deflate."""
    packed = struct.pack(
        "<4sIIQQQQIQQQB4sH", b"KDMV", 3, 0x30001, _CAPACITY_SECTORS, _GRAIN_SECTORS, 1, description_sectors,
        _TABLE_ENTRIES, 0, directory, overhead, 0, b"\n \r\n", 1,
    )
    return packed.ljust(_SECTOR, b"\0")


def _marker(sectors: int, kind: int) -> bytes:
    return struct.pack("<QII", sectors, 0, kind).ljust(_SECTOR, b"\0")


def _padded(content: bytes) -> bytes:
    return content.ljust(-(-len(content) // _SECTOR) * _SECTOR, b"\0")


def _length(parts: Sequence[Part]) -> int:
    return sum(part if isinstance(part, int) else len(part) for part in parts)


def _blocks(parts: Sequence[Part]) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
            continue
        for start in range(0, part, _BLOCK):
            yield _ZEROS if part - start >= _BLOCK else bytes(part - start)


def _digest(parts: Sequence[Part]) -> str:
    digest = hashlib.sha256()
    for block in _blocks(parts):
        digest.update(block)
    return digest.hexdigest()


# The archive

def make_ova(
    path: Path | str, release: str = "3.0", disk_size: int | None = None, corrupt: str | None = None,
) -> Path:
    """Write an image; answer its path.

    release    one of RELEASES
    disk_size  bytes of the disk file, rounded up to whole sectors; None: as small as may be (a few kilobytes)
    corrupt    one of CORRUPTIONS

    Raises ValueError for anything else.
    """
    path = Path(path)
    if release not in RELEASES:
        raise ValueError(f"There is no release {release}; there are {', '.join(RELEASES)}.")
    if corrupt is not None and corrupt not in CORRUPTIONS:
        raise ValueError(f"An image cannot be made {corrupt}; there are {', '.join(CORRUPTIONS)}.")
    base = f"appliance-{release}"
    disk = f"{base}-disk1.vmdk"
    parts = disk_parts(disk, disk_size)
    whole = _length(parts)
    chunk = -(-whole // 2) if corrupt == "chunked" else 0
    files: list[tuple[str, list[Part]]] = [(disk, parts)]
    if corrupt == "gzip":
        files = [(disk, [_gzip(parts)])]
    elif corrupt == "chunked":
        joined = b"".join(_blocks(parts))
        files = [(f"{disk}.{number:09d}", [joined[number * chunk : (number + 1) * chunk]]) for number in range(2)]
    text = descriptor(
        release, disk, _length(files[0][1]) if corrupt == "gzip" else whole,
        compression="gzip" if corrupt == "gzip" else "", chunk_size=chunk,
        collection=corrupt == "collection", transport=corrupt != "no-transport",
    )
    if corrupt == "not-xml":
        text = text.replace("</References>", "")
    document: tuple[str, list[Part]] = (f"{base}.ovf", [text.encode()])
    lines = []
    for name, content in (document, *files):
        digest = _digest(content)
        if (corrupt == "manifest" and name == disk) or (corrupt == "descriptor" and name == document[0]):
            digest = digest[::-1]
        lines.append(f"SHA256({name})= {digest}\n")
    manifest: tuple[str, list[Part]] = (f"{base}.mf", ["".join(lines).encode()])
    members = [document, manifest, *files]
    if corrupt == "no-manifest":
        members.remove(manifest)
    elif corrupt == "no-descriptor":
        members.remove(document)
    elif corrupt == "missing-disk":
        members.remove(files[0])
    elif corrupt == "descriptor-last":
        members = [manifest, *files, document]
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, members)
    if corrupt == "truncated":
        with path.open("r+b") as file:
            # Before the end of the archive (two blocks) and in the middle of the last member.
            file.truncate(file.seek(0, 2) - 2 * tarfile.BLOCKSIZE - whole // 2)
    return path


def _gzip(parts: Sequence[Part]) -> bytes:
    return gzip.compress(b"".join(_blocks(parts)), mtime=0)


def _write(path: Path, members: Sequence[tuple[str, Sequence[Part]]]) -> None:
    with path.open("wb") as file:
        for name, parts in members:
            info = tarfile.TarInfo(name)
            info.size, info.mode = _length(parts), 0o644
            file.write(info.tobuf(tarfile.USTAR_FORMAT if info.size < 1 << 33 else tarfile.GNU_FORMAT))
            for part in parts:
                if isinstance(part, int):
                    file.seek(part, 1)
                else:
                    file.write(part)
            file.seek(-info.size % tarfile.BLOCKSIZE, 1)
        file.truncate(file.seek(2 * tarfile.BLOCKSIZE, 1))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; answer the exit status."""
    title = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m tests.tools.make_ova", description=title)
    parser.add_argument("--release", choices=RELEASES, default="3.0", help="default: %(default)s")
    parser.add_argument("--dest", type=Path, required=True, metavar="FILE", help="where to write the image")
    parser.add_argument("--disk-size", type=int, metavar="BYTES", help="size of the disk file (default: a few kB)")
    parser.add_argument("--corrupt", choices=CORRUPTIONS, help="make an image that is not in order")
    options = parser.parse_args(arguments)
    path = make_ova(options.dest, options.release, options.disk_size, options.corrupt)
    print(f"{path}: {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
