"""`offset` and `limit` (contract 3.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..wire import Request
from .errors import bad_input

MAXIMUM = 100


def window(request: Request) -> tuple[int, int]:
    """Offset and limit of a request. A greater limit than the maximum is cut down to it, which the answer then says."""
    offset = _number(request, "offset", 0, 0)
    limit = _number(request, "limit", MAXIMUM, 1)
    return offset, min(limit, MAXIMUM)


def page(request: Request, items: Sequence[Any]) -> dict[str, Any]:
    """One page of a list."""
    offset, limit = window(request)
    return {"items": items[offset : offset + limit], "total": len(items), "offset": offset, "limit": limit}


def _number(request: Request, name: str, default: int, least: int) -> int:
    text = request.first(name)
    if text is None:
        return default
    # A plain decimal number that fits 64 bits; Python's int() would also take `1_0`, ` 5` and digits of other scripts.
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else least - 1
    if number < least:
        raise bad_input(f"{name} must be a whole number of at least {least}.")
    return number
