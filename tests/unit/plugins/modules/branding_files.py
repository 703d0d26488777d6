"""Images and style sheets for the tests of branding, and the menu of the origin's post."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[4]
PNG = b"\x89PNG\r\n\x1a\n"
ICO = b"\x00\x00\x01\x00"
JPEG = b"\xff\xd8\xff\xe0"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'


def put(path: Path, content: bytes) -> str:
    """Write a file and return its path as an option."""
    path.write_bytes(content)
    return str(path)


def menu() -> list[dict[str, Any]]:
    """The nine entries of the reference estate, in order."""
    estate = yaml.safe_load((ROOT / "tests" / "simulator" / "reference-estate.yml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = estate["branding"]["custom_links"]
    return found
