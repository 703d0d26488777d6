"""Values as the files of workflows and configuration elements write them: one text each.

Plain types are written as they are. Arrays and composites have two spellings, which the vendor's build tools describe
(vrotsc): 7.x writes `#{#string#a#;#string#b#}#` and `#[#key#=#string#a#+#n#=#number#1.0#]#`, 8.x and 9.x write
`[8:string#a,8:string#b]` and `{3:8:key=string#a,1:10:n=number#1.0}`, each part with its length before it. Every release
reads both. Properties are written as composites are, and objects of plug-ins as the address of section 12 (INFERRED).
How a MimeAttachment is written is not known: files carry none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from .values import BadValue, Wire, coerce, composite_fields, key_of
from .workflow_model import NULL

_OBJECT = re.compile(
    r"dunes://service\.dunes\.ch/CustomSDKObject\?id='(?P<id>.*)'&dunesName='(?P<type>[^']*)'", re.DOTALL
)
_ENDS = ("#;", "#}#", "#+", "#]#")
_KEY = b"what all orchestrators of a run have in common"


def conceal(text: str) -> str:
    """A secret as a file carries it. Another server of the run can read it, nobody else can tell what it says."""
    plain = text.encode()
    stream = b"".join(hashlib.sha256(_KEY + bytes([number % 256])).digest() for number in range(len(plain) // 32 + 1))
    return "64" + bytes(one ^ two for one, two in zip(plain, stream, strict=False)).hex().upper()


def reveal(text: str) -> str:
    """What was concealed; a text that nobody concealed is taken as it is."""
    if not re.fullmatch(r"64(?:[0-9A-F]{2})*", text):
        return text
    secret = bytes.fromhex(text[2:])
    stream = b"".join(hashlib.sha256(_KEY + bytes([number % 256])).digest() for number in range(len(secret) // 32 + 1))
    try:
        return bytes(one ^ two for one, two in zip(secret, stream, strict=False)).decode()
    except UnicodeDecodeError:
        return text


# Writing


def write(value: Wire | None, generation: int) -> str:
    """The text of a value in the spelling of a generation (7, 8, 9); NULL for none."""
    if value is None:
        return NULL
    key, content = next(iter(value.items()))
    if key == "array":
        parts = [_typed(one, generation) for one in content["elements"]]
        if generation < 8:
            return "#{" + ";".join(f"#{one}#" for one in parts) + "}#"
        return "[" + ",".join(f"{len(one)}:{one}" for one in parts) + "]"
    if key in ("properties", "composite"):
        pairs = [(one.get("id", one.get("key")), _typed(one["value"], generation)) for one in content["property"]]
        if generation < 8:
            return "#[" + "+".join(f"#{name}#=#{one}#" for name, one in pairs) + "]#"
        return "{" + ",".join(f"{len(name)}:{len(one)}:{name}={one}" for name, one in pairs) + "}"
    if key == "sdk-object":
        return f"dunes://service.dunes.ch/CustomSDKObject?id='{content['id']}'&dunesName='{content['type']}'"
    if key == "mime-attachment":
        return NULL
    if key == "boolean":
        return str(content["value"]).lower()
    if key == "number":
        return str(float(content["value"]))
    if key in ("secure-string", "encrypted-string"):
        return conceal(content["value"])
    return str(content["value"])


def _typed(value: Wire, generation: int) -> str:
    """`type#text`. In 7.x arrays inside of something are called `Array`."""
    key, content = next(iter(value.items()))
    names = {"array": "Array", "properties": "Properties", "secure-string": "SecureString", "date": "Date"}
    names.update({"encrypted-string": "EncryptedString", "regex": "Regexp", "mime-attachment": "MimeAttachment"})
    name = content["type"] if key in ("composite", "sdk-object") else names.get(key, key)
    return f"{name}#{write(value, generation)}"


# Reading


def read(declared: str, text: str | None) -> Wire | None:
    """The value of a text. Raises BadValue for one that the declared type cannot be."""
    if text is None or text == NULL:
        return None
    key = key_of(declared)
    if key == "array":
        element = declared.partition("/")[2] or "Any"
        return {"array": {"elements": [made for one in _elements(text) if (made := _part(one, element)) is not None]}}
    if key == "composite":
        fields = composite_fields(declared)
        parts = [{"id": name, "value": _part(one, fields.get(name, "Any"))} for name, one in _members(text)]
        return {"composite": {"type": declared, "property": [one for one in parts if one["value"] is not None]}}
    if key == "properties":
        listed = [{"key": name, "value": _part(one, "Any")} for name, one in _members(text)]
        return {"properties": {"property": [one for one in listed if one["value"] is not None]}}
    if key == "sdk-object":
        found = _OBJECT.fullmatch(text)
        return {"sdk-object": {"type": declared, "id": found["id"] if found else text}} if text else None
    if key == "mime-attachment":
        return None
    if key in ("secure-string", "encrypted-string"):
        return {key: {"value": reveal(text)}}
    return coerce(declared, {key or "string": {"value": text}}, declared)


def _part(typed: str, declared: str) -> Wire | None:
    """A part `type#text` of something larger; `declared` says more than the type written there, unless it is Any."""
    name, _separator, text = typed.partition("#")
    return read(name if declared in ("Any", "") else declared, text)


def _elements(text: str) -> list[str]:
    """The parts of an array."""
    if text.startswith("#{"):
        found, _end = _old_array(text, 2)
        return found
    if text.startswith("["):
        return [one for _name, one in _counted(text, 1, "]", named=False)]
    raise BadValue(f"'{text[:40]}' is no array.")


def _members(text: str) -> list[tuple[str, str]]:
    """Names and parts of a composite."""
    if text.startswith("#["):
        found, _end = _old_members(text, 2)
        return found
    if text.startswith("{"):
        return _counted(text, 1, "}", named=True)
    raise BadValue(f"'{text[:40]}' is no composite.")


def _counted(text: str, place: int, end: str, named: bool) -> list[tuple[str, str]]:
    """Parts with their lengths before them: `8:string#a` or, `named`, `3:8:key=string#a`."""
    found = []
    pattern = re.compile(r"[,\s]*(?:(\d+):)(?:(\d+):)?" if named else r"[,\s]*(\d+):()?")
    while text[place:].strip(", \n\t") != end:
        head = pattern.match(text, place)
        if head is None or (named and not head[2]):
            raise BadValue(f"'{text[:40]}' is not well-formed.")
        place = head.end()
        name = ""
        if named:
            name = text[place : place + int(head[1])]
            place += int(head[1]) + 1
        length = int(head[2] if named else head[1])
        found.append((name, text[place : place + length]))
        place += length
        if place >= len(text):
            raise BadValue(f"'{text[:40]}' is not well-formed.")
    return found


def _old_part(text: str, place: int) -> tuple[str, int]:
    """`#type#value#` that begins at `place`: the part without its outer marks, and where its last mark is."""
    end_of_type = text.find("#", place + 1)
    if text[place : place + 1] != "#" or end_of_type < 0:
        raise BadValue(f"'{text[:40]}' is not well-formed.")
    start = end_of_type + 1
    nested: dict[str, Callable[[str, int], tuple[object, int]]] = {"#{": _old_array, "#[": _old_members}
    inner = nested.get(text[start : start + 2])
    if inner is not None:
        _found, last = inner(text, start + 2)
    else:
        ends = [found for mark in _ENDS if (found := text.find(mark, start)) >= 0]
        if not ends:
            raise BadValue(f"'{text[:40]}' is not well-formed.")
        last = min(ends)
    return text[place + 1 : last], last


def _old_array(text: str, place: int) -> tuple[list[str], int]:
    """What follows `#{`: the parts, and the place after its `}#`."""
    found: list[str] = []
    while not text.startswith("}#", place):
        if found and text[place : place + 1] == ";":
            place += 1
        part, last = _old_part(text, place)
        found.append(part)
        place = last + 1
    return found, place + 2


def _old_members(text: str, place: int) -> tuple[list[tuple[str, str]], int]:
    """What follows `#[`: names and parts, and the place after its `]#`."""
    found: list[tuple[str, str]] = []
    while not text.startswith("]#", place):
        if found and text[place : place + 1] == "+":
            place += 1
        end = text.find("#=", place)
        if text[place : place + 1] != "#" or end < 0:
            raise BadValue(f"'{text[:40]}' is not well-formed.")
        part, last = _old_part(text, end + 2)
        found.append((text[place + 1 : end], part))
        place = last + 1
    return found, place + 2
