"""Pages of `/cloudapi` lists and of `/api/query`: the same numbers and order in two notations (contract 4.1, 4.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..wire import Headers
from .exchange import Exchange, bad_request

DEFAULT_SIZE = 25
LARGEST_SIZE = 128


def whole_number(exchange: Exchange, name: str, default: int, largest: int | None) -> int:
    """A parameter of a request. Raises Refusal 400 outside 1..largest."""
    text = exchange.request.first(name)
    if text is None:
        return default
    # Out of range is refused, not rounded: the contract gives the limits and no rounding (the stricter reading).
    # More than 18 digits do not fit 64 bits, and digits of other scripts are no number on the wire.
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
    if number < 1 or (largest is not None and number > largest):
        limit = "at least 1" if largest is None else f"between 1 and {largest}"
        raise bad_request(f"The parameter '{name}' must be a whole number, {limit}.")
    return number


@dataclass(frozen=True)
class Page:
    """Which part of a list is asked for; pages are counted from 1."""

    number: int
    size: int

    @classmethod
    def of(cls, exchange: Exchange) -> Page:
        """`page` and `pageSize` of a request. Raises Refusal 400 outside 1..128."""
        return cls(
            whole_number(exchange, "page", 1, None), whole_number(exchange, "pageSize", DEFAULT_SIZE, LARGEST_SIZE)
        )

    def cut(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The rows of this page; none beyond the end."""
        start = (self.number - 1) * self.size
        return rows[start : start + self.size]

    def count(self, total: int) -> int:
        """How many pages there are."""
        return -(-total // self.size)


def sorting(exchange: Exchange, fields: Mapping[str, type]) -> tuple[str, bool] | None:
    """Field and direction (True = descending) of `sortAsc` / `sortDesc`; None for the order of the list itself."""
    for name, descending in (("sortAsc", False), ("sortDesc", True)):
        field = exchange.request.first(name)
        if field:
            if field not in fields:
                raise bad_request(f"'{field}' is not a field that can be sorted by.")
            return field, descending
    return None


def page_address(exchange: Exchange, path: str, page: Page) -> str:
    """The address of the same list at another page, filter and order kept."""
    parts = [f"page={page.number}", f"pageSize={page.size}"]
    for name, values in exchange.request.query.items():
        if name not in ("page", "pageSize"):
            parts += [f"{quote(name)}={quote(value, safe='')}" for value in values]
    return f"{exchange.base_url}{path}?{'&'.join(parts)}"


def envelope(
    exchange: Exchange, page: Page, total: int, values: list[Any], model: str
) -> tuple[dict[str, Any], Headers]:
    """The page document of `/cloudapi` and the `Link` header that leads to the next page."""
    headers: Headers = []
    if page.number < page.count(total):
        address = page_address(exchange, exchange.request.raw_path, Page(page.number + 1, page.size))
        headers.append(("Link", f'<{address}>;rel="nextPage";type="application/json";model="{model}"'))
    body = {
        "resultTotal": total,
        "pageCount": page.count(total),
        "page": page.number,
        "pageSize": page.size,
        "associations": None,
        "values": values,
    }
    return body, headers
