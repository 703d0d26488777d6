"""JSON documents that a client sends to `/cloudapi`: read once, checked for content type, members and their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .exchange import Exchange, Refusal, bad_request

_WORDS = {bool: "true or false", int: "a whole number", str: "a text", list: "an array", dict: "an object"}


def media_type(exchange: Exchange) -> str:
    """The content type of a request without its parameters, lower case; "" when there is none."""
    return exchange.request.headers.get("content-type", "").partition(";")[0].strip().lower()


def unsupported(media: str) -> Refusal:
    """415 for a content type that the call does not take."""
    return Refusal(415, "UNSUPPORTED_MEDIA_TYPE", f"The content type '{media}' is not supported.")


def read_json(exchange: Exchange) -> Any:
    """The JSON body. Raises Refusal 415 for another content type, BadBody (a 400) when it is no JSON."""
    media = media_type(exchange)
    if media != "application/json":
        raise unsupported(media)
    return exchange.request.json()


def read_object(exchange: Exchange, fields: Mapping[str, type], required: Iterable[str] = ()) -> dict[str, Any]:
    """The JSON object of a request, see `check_object`."""
    return check_object(read_json(exchange), fields, required)


def check_object(
    body: Any, fields: Mapping[str, type], required: Iterable[str] = (), where: str = ""
) -> dict[str, Any]:
    """A JSON object with these members. `where` is said in front of a member's name.

    Raises Refusal 400 for anything else than an object, unknown members, wrong types and required ones that are missing
    or null. Unknown members are refused: the contract does not say that they would be ignored (UNKNOWN).
    """
    if not isinstance(body, dict):
        raise bad_request(f"The {where.rstrip('.') or 'body'} must be an object.")
    unknown = sorted(set(body) - set(fields))
    if unknown:
        raise bad_request(f"Unrecognized field '{where}{unknown[0]}'.")
    for name, kind in fields.items():
        value = body.get(name)
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise bad_request(f"The field '{where}{name}' must be {_WORDS.get(kind, kind.__name__)}.")
    for name in required:
        if body.get(name) is None:
            raise bad_request(f"The field '{where}{name}' is required.")
    return body
