# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of content as names of files that every system and git can hold, and back; YAML that stays the same. Pure.

What a file's name cannot be is written as %XX of its UTF-8 bytes, so each name has exactly one file and back.
"""

from __future__ import annotations

import re
import traceback
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from .._http import MissingLibrary
from .._plan import InputError

# What Windows, macOS, git or a shell's wildcards do not take in a name, and % itself.
_UNWRITABLE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%]')
# Names of devices on Windows, with any suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def _encoded(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8"))


def file_name(name: str) -> str:
    """A name as that of a file or a folder."""
    made = _UNWRITABLE.sub(lambda found: _encoded(found.group()), name)
    if unicodedata.normalize("NFC", made) != made:
        # Some systems compose letters and their accents; then only ASCII comes back as it went.
        made = "".join(letter if letter.isascii() else _encoded(letter) for letter in made)
    if made[:1] in (".", "~") or _DEVICES.match(made):
        made = _encoded(made[0]) + made[1:]
    if made[-1:] in (".", " "):
        made = made[:-1] + _encoded(made[-1])
    return made


def path_name(place: str) -> str:
    """The path of a category as that of a folder."""
    return "/".join(map(file_name, place.split("/")))


def name_of(file: str, where: str) -> str:
    """The name that a file's or a folder's name stands for. Raises InputError, whose message begins with `where`."""
    bad = re.search(r"%(?![0-9A-Fa-f]{2})", file)
    if bad:
        raise InputError(f"{where}: a % in a name is followed by two hexadecimal digits; write %25 for a % itself")
    try:
        # Also where the system has taken letters and their accents apart.
        return unquote_to_bytes(unicodedata.normalize("NFC", file)).decode("utf-8")
    except UnicodeError as problem:
        raise InputError(f"{where!a}: its name, or the %XX in it, is no UTF-8") from problem


def distinct(names: Iterable[str]) -> dict[str, str]:
    """{name: file name} for names of one folder; of those that differ in case only, all but the first are written so
    that they are two files also where case means nothing."""
    made: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(set(names)):
        file = file_name(name)
        if file.lower() in taken:
            file = _encoded(name[0]) + file_name(f"x{name[1:]}")[1:]
        taken.add(file.lower())
        made[name] = file
    return made


# YAML


class MissingYaml(MissingLibrary):
    """Content in files needs `PyYAML`, which every controller has."""

    library = "PyYAML"


try:
    import yaml
except ImportError:
    _MISSING: str | None = traceback.format_exc()
else:
    _MISSING = None

    class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Refuses a key that stands twice, of which others take the last."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            keys = [self.construct_object(key, deep=True) for key, _value in node.value]
            twice = next((key for index, key in enumerate(keys) if key in keys[:index]), None)
            if twice is not None:
                raise ValueError(f"it has {twice!r} twice, the second time in line {node.start_mark.line + 1} or after")
            return super().construct_mapping(node, deep)

    class _Dumper(yaml.SafeDumper):
        """Texts of several lines as such, lists indented, and no anchors."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
            return super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def _text(dumper: Any, text: str) -> Any:
        style = "|" if "\n" in text and not re.search(r"[ \t]\n|[\r\x85\u2028\u2029]|^\s", text) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    _Dumper.add_representer(str, _text)


def need_yaml() -> None:
    """Raises MissingYaml."""
    if _MISSING:
        raise MissingYaml(_MISSING)


def dump(document: Any) -> bytes:
    """YAML, the same bytes for the same document, keys in their order. Raises MissingYaml."""
    need_yaml()
    made = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000)
    return str(made).encode("utf-8")


def load(where: str, content: bytes) -> Any:
    """The document in YAML. Raises InputError, whose message begins with `where`, and MissingYaml."""
    need_yaml()
    try:
        return yaml.load(content.decode("utf-8"), Loader=_Loader)  # a subclass of the safe loader
    except (yaml.YAMLError, ValueError) as problem:
        told = " ".join(str(problem).split())
        raise InputError(f"{where} is no YAML that can be read: {told}") from problem
