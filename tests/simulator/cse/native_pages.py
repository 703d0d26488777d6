"""Pages of `/api/cse` (contract 4.1)."""

from __future__ import annotations

from typing import Any

from .calls import Call, Problem


def paged(call: Call, values: list[dict[str, Any]]) -> dict[str, Any]:
    """A page of 25, or as asked for, with links to its neighbours. Raises Problem 400 for what is no number."""
    try:
        page, size = int(call.query.get("page") or 1), int(call.query.get("pageSize") or 25)
    except ValueError as problem:
        raise Problem(400, str(problem)) from problem
    size, total = max(1, size), len(values)
    found: dict[str, Any] = {"resultTotal": total, "pageCount": -(-total // size), "page": page, "pageSize": size}
    base = f"{call.exchange.base_url}{call.exchange.request.path}"

    def address(number: int) -> str:
        more = "".join(f"&{name}={value}" for name, value in call.query.items() if name not in ("page", "pageSize"))
        return f"{base}?page={number}&pageSize={size}{more}"

    if page * size < total:
        found["nextPageUri"] = address(page + 1)
    if page > 1:
        found["previousPageUri"] = address(page - 1)
    return {**found, "values": values[(page - 1) * size : page * size] if page > 0 else []}
