"""Logo and browser icon of the portal, system-wide and per organization (contract section 3.4)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from ..wire import Reply
from .exchange import Exchange, Refusal, bad_request
from .json_body import media_type, unsupported

LOGO, ICON = "logo", "icon"
TYPES: dict[str, tuple[str, ...]] = {
    LOGO: ("image/png", "image/jpeg", "image/svg+xml"),
    ICON: ("image/png", "image/x-icon"),
}
"""Content types that each kind of image may have."""
LARGEST_LOGO = 512 * 1024
"""Bytes; published for 9.0 (section 3.4). Nothing is published about icons."""


@dataclass(frozen=True)
class Image:
    """An image as it was sent: bytes and type. Nothing is converted (INFERRED)."""

    content: bytes
    media: str


def _plain_png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A PNG file of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


BUILT_IN: dict[str, Image] = {
    LOGO: Image(_plain_png(36, 36, (0x00, 0x79, 0xB8)), "image/png"),
    ICON: Image(_plain_png(16, 16, (0x00, 0x79, 0xB8)), "image/png"),
}
"""What is shown where nobody has set an image; that it is a PNG is INFERRED."""


def read_image(exchange: Exchange, kind: str) -> Image:
    """The image of a PUT. Raises Refusal 415 for other content types, 400 for an empty or too large one (INFERRED)."""
    media, content = media_type(exchange), exchange.request.body
    if media not in TYPES[kind]:
        raise unsupported(media)
    if not content:
        raise bad_request(f"The {kind} is empty.")
    if kind == LOGO and len(content) > LARGEST_LOGO:
        raise bad_request(f"The logo has {len(content)} bytes; at most {LARGEST_LOGO} are allowed.")
    return Image(content, media)


def fits(accept: str, media: str) -> bool:
    """Whether one of the ranges of an `Accept` header stands for a type."""
    ranges = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    return bool(ranges & {media, f"{media.partition('/')[0]}/*", "*/*"})


def show_image(exchange: Exchange, image: Image) -> Reply:
    """The bytes as they were stored.

    Raises Refusal 406 when `Accept` names other types only, `application/json` among them: the schema promises 406, and
    that some clients send it with every request says nothing about what they are answered (the stricter reading).
    """
    accept = exchange.request.headers.get("accept", "")
    if not fits(accept, image.media):
        raise Refusal(406, "NOT_ACCEPTABLE", f"The image is {image.media}, which is not among {accept}.")
    return exchange.raw(image.content, image.media)
