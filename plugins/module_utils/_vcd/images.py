# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logo and browser icon of a portal: files, types, digests, and the calls for them (contract vcd-api.md, 3.4 and 8)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from .. import _files
from .._plan import InputError
from .client import JSON, Vcd

LOGO, ICON = KINDS = ("logo", "icon")
PNG, JPEG, SVG, ICO = "image/png", "image/jpeg", "image/svg+xml", "image/x-icon"
TYPES: dict[str, tuple[str, ...]] = {LOGO: (PNG, JPEG, SVG), ICON: (PNG, ICO)}
SUFFIXES = {PNG: ".png", JPEG: ".jpg", SVG: ".svg", ICO: ".ico"}
_CALLED = {PNG: "PNG", JPEG: "JPEG", SVG: "SVG", ICO: "ICO"}
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG, b"\x00\x00\x01\x00": ICO}
# Published for logos alone.
LARGEST_LOGO = 512 * 1024


@dataclass(frozen=True)
class Image:
    """An image: its bytes and their media type. `mark` is by what two of them are compared and shown."""

    content: bytes = field(repr=False)
    media_type: str

    @property
    def sha256(self) -> str:
        """Hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def mark(self) -> str:
        """The image in a plan, a diff or a result."""
        return f"sha256:{self.sha256}"

    def details(self) -> dict[str, Any]:
        """What can be told of it."""
        return {"media_type": self.media_type, "size": len(self.content), "sha256": self.sha256}


def type_of(content: bytes) -> str | None:
    """The media type of an image by its beginning; None for what no portal takes."""
    for beginning, media_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    start = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return SVG if start.startswith(b"<") and b"<svg" in start else None


def load(option: str, kind: str, path: str) -> Image:
    """The image in a file, checked as far as that is possible before it is sent. Raises InputError."""
    remedy = "Name an image file of the host that runs the task; an empty text takes the image away"
    content = _files.read(option, path, remedy)
    return checked(option, kind, os.path.basename(path), content)


def checked(option: str, kind: str, name: str, content: bytes, *, limit: bool = True) -> Image:
    """The same for bytes that were read already, with or without the limit of a logo's size."""
    allowed = " or ".join(_CALLED[media_type] for media_type in TYPES[kind])
    media_type = type_of(content)
    if media_type not in TYPES[kind]:
        what = f"a file of type {_CALLED[media_type]}" if media_type else "no image" if content else "empty"
        raise InputError(f"{option}: {name} is {what}; it must be {allowed}")
    if limit and kind == LOGO and len(content) > LARGEST_LOGO:
        raise InputError(
            f"{option}: {name} has {len(content)} bytes; a logo has at most 512 KB, which are {LARGEST_LOGO}: make "
            "it smaller"
        )
    return Image(content, media_type)


def path_of(org: str | None, kind: str = "") -> str:
    """The path of an organization's branding, None for the system's, or of one of its images."""
    base = "cloudapi/branding" if org is None else f"cloudapi/branding/tenant/{quote(org, safe='')}"
    return f"{base}/{kind}" if kind else base


def fetch(api: Vcd, org: str | None, kind: str) -> Image:
    """The image that is shown: an organization without one shows the system's, the system the product's own.

    Raises HttpError.
    """
    reply = api.send("GET", path_of(org, kind), media="image/*")
    sent = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Image(reply.body, sent or type_of(reply.body) or "application/octet-stream")


def put(api: Vcd, org: str | None, kind: str, image: Image) -> None:
    """Give an organization, None for the system, an image. Raises HttpError."""
    headers: Mapping[str, str] = {"Content-Type": image.media_type}
    api.send("PUT", path_of(org, kind), media=JSON, data=image.content, headers=headers)


def remove(api: Vcd, org: str | None, kind: str) -> None:
    """Take away an organization's own image, None for the system's. Raises HttpError."""
    api.send("DELETE", path_of(org, kind), media=JSON)
