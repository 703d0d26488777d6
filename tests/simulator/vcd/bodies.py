"""JSON bodies of `/cloudapi` requests: media type, known members, types (contract section 1.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .exchange import Exchange, Refusal, bad_request


def read(exchange: Exchange, fields: Mapping[str, type], required: Iterable[str] = ()) -> dict[str, Any]:
    """The body of a request as an object.

    fields    name -> type of every member that may be there; a member may also be null
    required  members that must be there and not null

    Raises Refusal 415 for another media type and 400 for everything else.
    """
    media = exchange.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", f"The content type '{media}' is not supported.")
    return check(exchange.request.json(), fields, required)


def check(body: Any, fields: Mapping[str, type], required: Iterable[str] = (), where: str = "") -> dict[str, Any]:
    """The same for an object that is part of a body; `where` is put before the names of its members."""
    if not isinstance(body, dict):
        raise bad_request(f"{where.rstrip('.') or 'The body'} must be an object.")
    # Unknown members are refused: the contract does not say that they would be ignored (UNKNOWN).
    unknown = sorted(set(body) - set(fields))
    if unknown:
        raise bad_request(f"Unrecognized field '{where}{unknown[0]}'.")
    for name, value in body.items():
        kind = fields[name]
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise bad_request(f"The field '{where}{name}' has the wrong type.")
    for name in required:
        if body.get(name) is None or body[name] == "":
            raise bad_request(f"The field '{where}{name}' is required.")
    return body


def reference(value: Any, where: str) -> str:
    """The id of a reference `{"name": ..., "id": ...}`."""
    return str(check(value, {"name": str, "id": str}, ("id",), f"{where}.")["id"])
