# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of the orchestrator's types: plain YAML to the wire and back (contract vro-api.md, 7). Pure.

A value of the wire is a dict with one key, which is a lower-case literal and never the declared type; another key is
answered 400 with a page for browsers, so nothing leaves here that the declared type does not take.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from .._names import nearest
from .._plan import InputError

Wire = dict[str, Any]
# Finds the id of an object by a search: (declared type, what was searched for, name of the parameter) -> id.
Resolve = Callable[[str, Mapping[str, Any], str], str]

SECRET_TYPES = frozenset({"SecureString", "EncryptedString"})
# Types that are written as a text; the key of each.
_TEXTS = {"string": "string", "Text": "string", "Path": "string", "Regexp": "regex", "SecureString": "secure-string",
          "EncryptedString": "encrypted-string"}  # fmt: skip
_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})


def is_secret(declared: str) -> bool:
    """True for a type, or an array of a type, whose values must be shown nowhere."""
    return declared.rpartition("/")[2] in SECRET_TYPES


def secret_texts(declared: str, value: Any) -> list[str]:
    """The texts in a plain value that must be shown nowhere: all of it where its type is a secret, else those of its
    elements and fields that are. A type or a value that is wrong is refused when it is encoded, not here."""
    if isinstance(value, (list, tuple)):
        return [text for each in value for text in secret_texts(declared.removeprefix("Array/"), each)]
    if is_secret(declared):
        return [str(value)] if isinstance(value, (str, int, float)) and str(value) else []
    if declared.startswith("CompositeType(") and isinstance(value, Mapping):
        try:
            kinds = composite_fields(declared)
        except ValueError:
            return []
        return [text for key, each in value.items() for text in secret_texts(kinds.get(str(key), "Any"), each)]
    return []


def encode(declared: str, value: Any, name: str, resolve: Resolve | None = None) -> Wire | None:
    """A plain value as the declared type has it on the wire; None for None, which is sent as no value at all.

    `name` is how messages call it ("parameter count"). An object of a plug-in is its id, or `{id: …}`, or
    `{search: {…}}` where there is somebody to `resolve` it; `type` may be given beside and must be the declared one.
    Raises InputError that names the parameter, the value's type and the right one.
    """
    if value is None:
        return None
    if declared == "Array" or declared.startswith("Array/"):
        return _array(declared, value, name, resolve)
    if declared.startswith("CompositeType("):
        return _composite(declared, value, name, resolve)
    if declared in _TEXTS:
        if not isinstance(value, str):
            raise _wrong(name, declared, value, "a text: put it in quotes")
        return {_TEXTS[declared]: {"value": value}}
    if declared == "number":
        return {"number": {"value": _number(value, name)}}
    if declared == "boolean":
        return {"boolean": {"value": _boolean(value, name)}}
    if declared == "Date":
        return {"date": {"value": _date(value, name)}}
    if declared == "MimeAttachment":
        return _attachment(value, name)
    if declared == "Properties":
        if not isinstance(value, Mapping):
            raise _wrong(name, declared, value, "a mapping of names and values")
        # A property cannot be nothing: it is left out.
        pairs = [(str(key), _any(each, f"{name}.{key}", resolve)) for key, each in value.items()]
        return {"properties": {"property": [{"key": key, "value": each} for key, each in pairs if each is not None]}}
    if declared in ("Any", ""):
        return _any(value, name, resolve)
    return _object(declared, value, name, resolve)


def _wrong(name: str, declared: str, value: Any, remedy: str) -> InputError:
    # The value itself stays out of the message: the parameter may be a secret one.
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a mapping"}
    given = next((word for kind, word in kinds.items() if isinstance(value, kind)), type(value).__name__)
    return InputError(f"{name} is of type {declared}, and {given} was given; give {remedy}")


def _number(value: Any, name: str) -> int | float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return value
    if isinstance(value, str):  # what a template makes of a number
        text = value.strip()
        if re.fullmatch(r"[+-]?\d+", text):
            return int(text)
        if re.fullmatch(r"[+-]?(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?", text):
            return float(text)
    raise _wrong(name, "number", value, "a number, for example 5 or 0.5")


def _boolean(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _TRUE | _FALSE:
        return value.strip().lower() in _TRUE
    raise _wrong(name, "boolean", value, "true or false")


def _date(value: Any, name: str) -> str:
    text = value.isoformat() if isinstance(value, datetime) else value
    if isinstance(text, str):
        # Before Python 3.11 fromisoformat takes neither the Z, nor an offset without its colon, nor any fraction but
        # one of three or six digits.
        spelled = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", re.sub(r"[zZ]$", "+00:00", text.strip()))
        spelled = re.sub(r"(:\d\d)\.(\d{1,9})(?!\d)", lambda found: f"{found[1]}.{found[2]:0<6.6}", spelled)
        try:
            moment = datetime.fromisoformat(spelled)
        except ValueError:
            moment = None
        if moment is not None:
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
            return zoned.astimezone(timezone.utc).isoformat(timespec="milliseconds")
    raise _wrong(name, "Date", value, "a moment such as 2026-09-11T10:00:00Z")


def _attachment(value: Any, name: str) -> Wire:
    parts = {"name", "mime_type", "content"}
    if not isinstance(value, Mapping) or set(value) - parts or not value.get("name"):
        raise _wrong(name, "MimeAttachment", value, "a mapping with name, mime_type and content in Base64")
    content = str(value.get("content") or "")
    try:
        base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise InputError(f"{name}.content is not Base64 ({problem}); use the filter b64encode") from None
    typed = str(value.get("mime_type") or "application/octet-stream")
    return {"mime-attachment": {"name": str(value["name"]), "mime-type": typed, "content": content}}


def _array(declared: str, value: Any, name: str, resolve: Resolve | None) -> Wire:
    element = declared.partition("/")[2] or "Any"
    if not isinstance(value, (list, tuple)):
        raise _wrong(name, declared, value, f"a list of {element}")
    found = [encode(element, each, f"{name}[{index}]", resolve) for index, each in enumerate(value)]
    if None in found:
        raise InputError(f"{name}[{found.index(None)}] is nothing, which a list cannot hold: take it out")
    return {"array": {"elements": found}}


def composite_fields(declared: str) -> dict[str, str]:
    """The fields of `CompositeType(a:string,b:Array/number):Name`, which may hold composites themselves.

    Raises ValueError for a type that is not written like that.
    """
    inner, depth, fields = "", 0, []
    for letter in declared.removeprefix("CompositeType("):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            break
        if letter == "," and depth == 0:
            fields.append(inner)
            inner = ""
        else:
            inner += letter
    else:
        raise ValueError(f"{declared} has no end")
    pairs = [field.partition(":") for field in (*fields, inner) if field.strip()]
    return {key.strip(): kind.strip() for key, _colon, kind in pairs}


def _composite(declared: str, value: Any, name: str, resolve: Resolve | None) -> Wire:
    fields = composite_fields(declared)
    if not isinstance(value, Mapping):
        raise _wrong(name, declared, value, f"a mapping with {', '.join(fields)}")
    for key in value:
        if key not in fields:
            raise InputError(f"{name} has no field {key!r}, it has {', '.join(fields)}{nearest(str(key), fields)}")
    # A field without a value is sent without one, as a parameter is.
    found = [(key, encode(fields[key], each, f"{name}.{key}", resolve)) for key, each in value.items()]
    listed = [{"id": key, **({} if each is None else {"value": each})} for key, each in found]
    return {"composite": {"type": declared, "property": listed}}


def _any(value: Any, name: str, resolve: Resolve | None) -> Wire | None:
    """A value whose type nobody declared: its own type decides."""
    if value is None:
        return None
    if isinstance(value, bool):
        return encode("boolean", value, name)
    if isinstance(value, (int, float)):
        return encode("number", value, name)
    if isinstance(value, str):
        return encode("string", value, name)
    if isinstance(value, datetime):
        return encode("Date", value, name)
    if isinstance(value, (list, tuple)):
        return _array("Array/Any", value, name, resolve)
    if isinstance(value, Mapping):
        if set(value) in ({"type", "id"}, {"type", "search"}):
            return _object(str(value["type"]), value, name, resolve)
        return encode("Properties", value, name, resolve)
    raise _wrong(name, "Any", value, "a text, a number, a boolean, a list or a mapping")


def _object(declared: str, value: Any, name: str, resolve: Resolve | None) -> Wire:
    remedy = "its id (what Server.findForType takes)" + (
        ", or search: with what tells it from the others" * bool(resolve)
    )
    if isinstance(value, str) and value.strip():
        return {"sdk-object": {"type": declared, "id": value}}
    if not isinstance(value, Mapping) or set(value) - {"type", "id", "search", "href", "display_name"}:
        raise _wrong(name, declared, value, remedy)
    kind = str(value.get("type") or declared)
    if kind != declared:
        raise InputError(f"{name} is of type {declared}, and an object of type {kind} was given")
    if value.get("id"):
        return {"sdk-object": {"type": declared, "id": str(value["id"])}}
    if isinstance(value.get("search"), Mapping) and resolve:
        return {"sdk-object": {"type": declared, "id": resolve(declared, value["search"], name)}}
    raise _wrong(name, declared, value, remedy)


def decode(value: Any) -> Any:
    """A value of the wire as plain YAML; None for no value.

    Whole numbers are integers, dates texts as the server wrote them, objects `{type, id, display_name}`. Secrets are
    None: a server may answer their ciphertext, which tells nobody anything (contract 13.1, 20.4).
    """
    if not isinstance(value, Mapping) or not value:
        return None
    key, body = next(iter(value.items()))
    body = body if isinstance(body, Mapping) else {"value": body}
    if key == "array":
        return [decode(each) for each in body.get("elements") or []]
    if key == "properties":
        return {str(each.get("key")): decode(each.get("value")) for each in body.get("property") or []}
    if key == "composite":
        # Two shapes were seen on the wire (contract 20.3).
        listed = body.get("property") or body.get("field") or []
        return {str(each.get("id", each.get("name"))): decode(each.get("value")) for each in listed}
    if key == "sdk-object":
        shown = body.get("displayValue", body.get("display-value"))
        return {"type": body.get("type"), "id": body.get("id"), **({"display_name": shown} if shown else {})}
    if key == "mime-attachment":
        return {"name": body.get("name"), "mime_type": body.get("mime-type"), "content": body.get("content")}
    if key in ("secure-string", "encrypted-string"):
        return None
    plain = body.get("value")
    if isinstance(plain, float) and plain.is_integer():
        return int(plain)
    return plain


def parameters(
    declared: Iterable[Mapping[str, Any]], given: Mapping[str, Any], resolve: Resolve | None = None
) -> list[Wire]:
    """The `parameters` of an execution: what is given, encoded by the types that a workflow or action declares.

    `declared` are its `input-parameters`. Raises InputError for a name that it does not have, and for a wrong type.
    """
    types = {str(each["name"]): str(each.get("type") or "Any") for each in declared}
    for name in given:
        if name not in types:
            known = f"it has {', '.join(types)}" if types else "it has none"
            raise InputError(f"there is no parameter {name!r}, {known}{nearest(str(name), types)}")
    found = [(name, encode(types[name], value, f"parameter {name}", resolve)) for name, value in given.items()]
    return [
        {"name": name, "type": types[name], "scope": "local", **({} if value is None else {"value": value})}
        for name, value in found
    ]


def outputs(listed: Iterable[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The parameters of an execution, by name, as plain YAML (see `decode`)."""
    return {str(each["name"]): decode(each.get("value")) for each in listed or []}
