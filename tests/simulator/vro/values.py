"""Values on the wire: which key a declared type takes, and what is made of what clients send (contract section 7).

A value is an object with one key, the lower-case literal of its type. Texts of numbers and booleans are turned into
what the declared type says; a wrong key is refused, with a page of HTML (9.1). Whoever answers it raises the page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

Wire = dict[str, Any]
"""One value: {"string": {"value": "abc"}}."""

SECRETS = frozenset({"SecureString", "EncryptedString"})
_KEYS = {
    "string": "string",
    "Text": "string",
    "Path": "string",
    "number": "number",
    "boolean": "boolean",
    "Date": "date",
    "SecureString": "secure-string",
    "EncryptedString": "encrypted-string",
    "MimeAttachment": "mime-attachment",
    "Regexp": "regex",
    "Properties": "properties",
}
_TYPES = {
    **{key: name for name, key in _KEYS.items() if name not in ("Text", "Path")},
    "array": "Array/Any",
    "composite": "Any",
    "sdk-object": "Any",
}
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")


class BadValue(Exception):
    """A value that the declared type does not take."""


def key_of(declared: str) -> str | None:
    """The key that a declared type takes; None for `Any`, which takes every one."""
    if declared in ("Any", ""):
        return None
    if declared == "Array" or declared.startswith("Array/"):
        return "array"
    if declared.startswith("CompositeType("):
        return "composite"
    return _KEYS.get(declared, "sdk-object")


def is_secret(declared: str) -> bool:
    """Whether values of a type, or of arrays of it, are never told."""
    return declared.rpartition("/")[2] in SECRETS


def composite_fields(declared: str) -> dict[str, str]:
    """The fields of `CompositeType(a:string,b:CompositeType(c:number):C):Name`, with their types."""
    depth, part, parts = 0, "", []
    for letter in declared.removeprefix("CompositeType("):
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            break
        if letter == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += letter
    fields = {}
    for one in filter(None, [*parts, part]):
        name, _colon, kind = one.partition(":")
        fields[name.strip()] = kind.strip()
    return fields


def coerce(declared: str, value: Any, name: str) -> Wire | None:
    """A value as the server keeps it; None for no value.

    `name` is that of the parameter. Raises BadValue for a wrong key, for a text that is no number, and the like.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping) or len(value) != 1:
        raise BadValue(f"The value of '{name}' must have exactly one key.")
    key, content = next(iter(value.items()))
    if key not in _TYPES:
        raise BadValue(f"The value of '{name}' has the unknown type '{key}'.")
    wanted = key_of(declared)
    if wanted is not None and key != wanted:
        # That a known key of another type is refused as well is the stricter reading.
        raise BadValue(f"'{name}' is of type {declared}; its value must be under '{wanted}' and is under '{key}'.")
    if not isinstance(content, Mapping):
        raise BadValue(f"The value of '{name}' must be an object.")
    if key == "array":
        element = declared.partition("/")[2] or "Any"
        given = content.get("elements") or []
        if not isinstance(given, list):
            raise BadValue(f"The elements of '{name}' must be an array.")
        made = [coerce(element, one, f"{name}[{index}]") for index, one in enumerate(given)]
        return {"array": {"elements": [one for one in made if one is not None]}}
    if key == "properties":
        pairs = [(str(key), coerce("Any", each, f"{name}.{key}")) for key, each in _pairs(content, "key", name)]
        return {"properties": {"property": [{"key": key, "value": each} for key, each in pairs if each is not None]}}
    if key == "composite":
        return _composite(declared, content, name)
    if key == "sdk-object":
        return _object(declared, content, name)
    if key == "mime-attachment":
        return {key: {one: str(content.get(one) or "") for one in ("name", "mime-type", "content")}}
    plain = content.get("value")
    if plain is None:
        return None
    return {key: {"value": _plain(key, plain, name)}}


def _plain(key: str, value: Any, name: str) -> Any:
    if isinstance(value, (list, dict)):
        raise BadValue(f"The value of '{name}' must be plain.")
    if key == "number":
        return _number(value, name)
    if key == "boolean":
        if isinstance(value, bool):
            return value
        if str(value).strip().lower() not in ("true", "false"):
            raise BadValue(f"'{value}', given for '{name}', is no boolean.")
        return str(value).strip().lower() == "true"
    if key == "date":
        return _date(str(value), name)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _number(value: Any, name: str) -> int | float:
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadValue(f"'{value}', given for '{name}', is no number.")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _date(text: str, name: str) -> str:
    try:
        moment = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", text.strip().replace("Z", "+00:00")))
    except ValueError as problem:
        raise BadValue(f"'{text}', given for '{name}', is no date.") from problem
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return zoned.astimezone(timezone.utc).isoformat(timespec="milliseconds")


def _pairs(content: Mapping[str, Any], key: str, name: str) -> Iterator[tuple[str, Any]]:
    listed = content.get("property") or content.get("field") or []
    if not isinstance(listed, list):
        raise BadValue(f"The properties of '{name}' must be an array.")
    for one in listed:
        label = one.get(key, one.get("name")) if isinstance(one, Mapping) else None
        if not isinstance(label, str):
            raise BadValue(f"A property of '{name}' has no {key}.")
        yield label, one.get("value")


def _composite(declared: str, content: Mapping[str, Any], name: str) -> Wire:
    """Both forms of section 20.3 are taken, `property` is told."""
    kind = declared if declared.startswith("CompositeType(") else str(content.get("type") or "")
    fields = composite_fields(kind)
    made = []
    for label, each in _pairs(content, "id", name):
        if label not in fields:
            raise BadValue(f"'{name}' has no field '{label}'.")
        value = coerce(fields[label], each, f"{name}.{label}")
        if value is not None:
            made.append({"id": label, "value": value})
    return {"composite": {"type": kind, "property": made}}


def _object(declared: str, content: Mapping[str, Any], name: str) -> Wire:
    """A reference. `href` alone is enough (documented); its last part is the id then."""
    href = content.get("href")
    found = content.get("id") or (str(href).rstrip("/").rpartition("/")[2] if href else None)
    kind = content.get("type") or (declared if declared != "Any" else None)
    if not isinstance(found, str) or not isinstance(kind, str):
        raise BadValue(f"The object that is given for '{name}' needs type and id.")
    if declared not in ("Any", "", kind):
        raise BadValue(f"'{name}' is of type {declared}; an object of type {kind} is given.")
    return {"sdk-object": {"type": kind, "id": found}}


def shown(value: Wire, generation: int) -> Wire:
    """A stored value as an answer has it: 7.x tells every number with a fraction, and nobody tells a secret."""
    key, content = next(iter(value.items()))
    if key == "number" and generation < 8:
        return {key: {"value": float(content["value"])}}
    if key == "array":
        return {key: {"elements": [shown(one, generation) for one in content["elements"]]}}
    if key in ("properties", "composite"):
        listed = [{**one, "value": shown(one["value"], generation)} for one in content["property"]]
        return {key: {**content, "property": listed}}
    if key in ("secure-string", "encrypted-string"):
        return {key: {}}
    return value
