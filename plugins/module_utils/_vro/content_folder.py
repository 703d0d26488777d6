# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder of content, as it lies in git: read, and refused where it contradicts itself (layout: content_items.py).

Everything is looked at before anything is sent, so a file that is not what its name says costs no half-made server.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._names import nearest
from .._plan import InputError, Values
from . import actions, artifacts, attributes, content_items, content_names, elements, values, workflow_files
from .artifacts import Artifact, Package
from .content_items import ACTION, CONFIGURATION, KINDS, PACKAGE, RESOURCE, WORKFLOW, Item

_REMEDY = "Rename it, or take it out of the folder."
_RUNTIMES = {".js": "", ".py": "python", ".ps1": "powershell"}
_ABOUT_ACTION = ("version", "description", "output_type", "inputs", "runtime")
_ABOUT_RESOURCE = ("mime_type", "description")
_ABOUT_CONFIGURATION = ("description", "attributes")


@dataclass
class Contents:
    """What a folder says: items by key, the places by kind that it names (those with a file in them), and all its
    places. `origins` are the files of each item, below the folder."""

    folder: str
    items: dict[str, Item] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    origins: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _File:
    path: str  # below the folder, with slashes
    place: str
    name: str  # as it is written, without what the kind takes off
    content: bytes = field(repr=False)


def read(option: str, folder: str) -> Contents:
    """The content of a folder. Raises InputError, MissingYaml."""
    content_names.need_yaml()
    if not os.path.isdir(folder):
        raise InputError(f"{option} is {folder!r}, which is no folder: name the one with {', '.join(KINDS)}")
    _check_top(option, folder)
    found = Contents(folder)
    for kind in KINDS:
        if os.path.isdir(os.path.join(folder, kind)):
            found.named[kind] = set()
            _read_kind(found, kind)
    _check_ids(found)
    check_packages(found)
    return found


def _check_top(option: str, folder: str) -> None:
    """Refuse a folder without content, and one whose name for a kind is spelled otherwise."""
    held = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith("."))
    for name in held:
        # Only what can mean nothing else: the folder may be a whole repository.
        meant = next((kind for kind in KINDS if name.lower().removesuffix("s") == kind.removesuffix("s")), None)
        if name not in KINDS and meant and meant not in held:
            raise InputError(f"{option} is {folder!r}: it has a folder {name!r}; did you mean {meant!r}?")
    if not set(held) & set(KINDS):
        raise InputError(f"{option} is {folder!r}: it has none of the folders {', '.join(KINDS)}")


def _entries(folder: str, below: str) -> Iterator[tuple[str, bool]]:
    """(path below the folder, is it a folder) of everything in one. Raises InputError for links, which may lead to
    files that nobody meant."""
    for entry in sorted(os.scandir(os.path.join(folder, below)), key=lambda one: one.name):
        path = f"{below}/{entry.name}"
        if entry.is_symlink():
            raise InputError(f"{path} is a link, which content does not have: put the file itself there")
        if not (entry.is_dir() or entry.is_file()):
            raise InputError(f"{path} is neither a file nor a folder. {_REMEDY}")
        yield path, entry.is_dir()


def _read_kind(found: Contents, kind: str) -> None:
    waiting = [(kind, "")]
    while waiting:
        below, place = waiting.pop(0)
        files: dict[str, _File] = {}
        for path, is_folder in _entries(found.folder, below):
            name = path.rpartition("/")[2]
            if is_folder and not name.startswith("."):
                inner = _place_below(kind, path, place, name)
                waiting.append((path, inner))
            elif not is_folder and name in (".gitkeep", ".keep"):
                found.named[kind].add(place)
            elif not is_folder and not name.startswith("."):
                files[name] = _File(path, place, name, _content(found.folder, path))
        if files:
            if not place and kind != PACKAGE:
                first = next(iter(files.values()))
                raise InputError(f"{first.path} lies in no folder, and {kind} lie in one: {_REMEDY}")
            found.named[kind].add(place)
            for item, origins in _READERS[kind](files):
                _add(found, item, origins)
    found.named[kind].discard("")


def _place_below(kind: str, path: str, place: str, name: str) -> str:
    plain = content_names.name_of(name, path)
    if kind == PACKAGE:
        raise InputError(f"{path} is a folder, and packages lie side by side. {_REMEDY}")
    if kind == ACTION and place:
        raise InputError(f"{path} is a folder in a module: a module is one folder, so name it {place}.{plain}")
    if "/" in plain or "\\" in plain:
        raise InputError(f"{path}: the product takes no slash and no backslash in a name of a category. {_REMEDY}")
    return f"{place}/{plain}" if place else plain


def _content(folder: str, path: str) -> bytes:
    try:
        with open(os.path.join(folder, path), "rb") as stream:
            return stream.read()
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror}") from problem


def _add(found: Contents, item: Item, origins: list[str]) -> None:
    known = found.items.get(item.key)
    if known is not None:
        raise InputError(f"{found.origins[item.key][0]} and {origins[0]} are both {item.kind} {item.title!r}: keep one")
    found.items[item.key] = item
    found.origins[item.key] = origins


# Actions


def _actions(files: Mapping[str, _File]) -> Iterator[tuple[Item, list[str]]]:
    scripts: dict[str, _File] = {}
    for name, file in files.items():
        stem, suffix = os.path.splitext(name)
        if suffix == ".action":
            yield _action_file(stem, file), [file.path]
        elif suffix in _RUNTIMES:
            if stem in scripts:
                raise InputError(f"{scripts[stem].path} and {file.path} are both the script of one action: keep one")
            scripts[stem] = file
        elif suffix != ".yml":
            raise InputError(f"{file.path} is no part of an action, which has .js, .py or .ps1, and .yml. {_REMEDY}")
    for name, file in files.items():
        if name.endswith(".yml") and name.removesuffix(".yml") not in scripts:
            raise InputError(f"{file.path} has no script beside it, such as {name.removesuffix('.yml')}.js. {_REMEDY}")
    for stem, file in scripts.items():
        about = files.get(f"{stem}.yml")
        yield _action(stem, file, about), [each.path for each in (file, about) if each]


def _action(stem: str, file: _File, about: _File | None) -> Item:
    name = _element_name(stem, file.path)
    if not workflow_files.IDENTIFIER.fullmatch(name):
        raise InputError(
            f"{file.path}: an action's name has letters, digits, _ and $, and begins with no digit. {_REMEDY}"
        )
    given = _about(about, _ABOUT_ACTION)
    suffix = os.path.splitext(file.path)[1]
    runtime = str(given.get("runtime") or "")
    if content_items.SCRIPTS.get(runtime.partition(":")[0]) != suffix:
        where = about.path if about else file.path
        wanted = f"runtime is {runtime!r}" if runtime else "there is no runtime"
        raise InputError(f"{where}: {wanted}, and the script is a {suffix} file: give the runtime of {suffix} files")
    if "inputs" in given and about:
        given["inputs"] = _inputs(given["inputs"], about.path)
    said = {**given, "runtime": runtime, "script": actions.script(_text(file))}
    return Item(ACTION, file.place, name, content_items.key(ACTION, file.place, name), given=said)


def _inputs(given: Any, where: str) -> list[Values]:
    made: list[Values] = []
    for each in given if isinstance(given, list) else [given]:
        parts = each if isinstance(each, dict) else {}
        unknown = set(parts) - {"name", "type", "description"}
        if not parts.get("name") or not parts.get("type") or unknown:
            raise InputError(f"{where}: inputs is a list of name, type and description, and has {each!r}")
        if any(other["name"] == parts["name"] for other in made):
            raise InputError(f"{where}: inputs has {parts['name']!r} twice")
        made.append({part: str(parts.get(part) or "") for part in ("name", "type", "description")})
    return made


def _action_file(stem: str, file: _File) -> Item:
    found = _artifact(file, artifacts.ACTION, ".action")
    if _element_name(stem, file.path) != found.name:
        raise InputError(
            f"{file.path} holds the action {found.name!r}: name it {content_names.file_name(found.name)}.action"
        )
    said = {part: value for part, value in actions.of_file(found).items() if part != "name"}
    return Item(ACTION, file.place, found.name, content_items.key(ACTION, file.place, found.name), given=said)


# Configuration and resource elements


def _configurations(files: Mapping[str, _File]) -> Iterator[tuple[Item, list[str]]]:
    for name, file in files.items():
        stem, suffix = os.path.splitext(name)
        if suffix != ".yml":
            raise InputError(f"{file.path} is no configuration element, which is a .yml file. {_REMEDY}")
        plain = _element_name(stem, file.path)
        given = _about(file, _ABOUT_CONFIGURATION)
        given["attributes"] = _attributes(given.get("attributes") or [], file.path)
        yield (
            Item(CONFIGURATION, file.place, plain, content_items.key(CONFIGURATION, file.place, plain), given=given),
            [file.path],
        )


def _attributes(given: Any, where: str) -> list[Values]:
    known = {"name", "type", "value", "description"}
    for each in given if isinstance(given, list) else [given]:
        if not isinstance(each, dict) or set(each) - known or not each.get("name") or not each.get("type"):
            raise InputError(
                f"{where}: attributes is a list of name, type, value and description, and has {_named(each)}"
            )
    made = [{**each, "value": attributes.CLEAR} if each.get("value", 0) is None else dict(each) for each in given]
    for each in made:
        if any(values.secret_texts(str(each["type"]), each.get("value"))):
            raise InputError(
                f"{where} has the value of the secret {each['name']!r}: take it out of the file, and give it by the "
                "option secrets, from a vault"
            )
    try:
        attributes.check(made)
    except InputError as problem:
        raise InputError(f"{where}: {problem}") from problem
    return made


def _named(each: Any) -> str:
    """What is wrong in a list, without its value."""
    return f"an entry with {', '.join(map(str, each)) or 'nothing'}" if isinstance(each, dict) else "something else"


def _resources(files: Mapping[str, _File]) -> Iterator[tuple[Item, list[str]]]:
    for name, file in files.items():
        if name.endswith(".yml") and name.removesuffix(".yml") in files:
            continue
        plain = _element_name(name, file.path)
        about = files.get(f"{name}.yml")
        given = _about(about, _ABOUT_RESOURCE)
        item = Item(
            RESOURCE, file.place, plain, content_items.key(RESOURCE, file.place, plain), given=given, data=file.content
        )
        yield item, [each.path for each in (file, about) if each]


# Workflows and packages


def _workflows(files: Mapping[str, _File]) -> Iterator[tuple[Item, list[str]]]:
    for name, file in files.items():
        stem, suffix = os.path.splitext(name)
        if suffix not in (".xml", ".workflow"):
            raise InputError(f"{file.path} is no workflow, which is a .xml or a .workflow file. {_REMEDY}")
        found = _artifact(file, artifacts.WORKFLOW, suffix)
        elements.check_name(f"{file.path}: name", found.name)
        plain = content_names.name_of(stem, file.path)
        marked = marked_name(found)
        if plain not in (found.name, content_names.name_of(marked, file.path)):
            right = content_names.file_name(found.name)
            raise InputError(f"{file.path} holds the workflow {found.name!r}: name it {right}{suffix}")
        item = Item(
            WORKFLOW,
            file.place,
            found.name,
            f"{WORKFLOW}/{content_names.path_name(file.place)}/{stem}",
            found.id,
            artifact=found,
        )
        yield item, [file.path]


def marked_name(found: Artifact) -> str:
    """The file's name, without suffix, of a workflow whose name another one in its category has, too."""
    return f"{content_names.file_name(found.name)}~{found.id[:8]}"


def _packages(files: Mapping[str, _File]) -> Iterator[tuple[Item, list[str]]]:
    for name, file in files.items():
        stem, suffix = os.path.splitext(name)
        if suffix != ".package":
            raise InputError(f"{file.path} is no package, which is a .package file. {_REMEDY}")
        found = artifacts.read(file.path, file.content)
        if not isinstance(found, Package):
            raise InputError(f"{file.path} holds a {found.kind}, and no package. {_REMEDY}")
        if content_names.name_of(stem, file.path) != found.name:
            right = content_names.file_name(found.name)
            raise InputError(f"{file.path} holds the package {found.name!r}: name it {right}.package")
        yield Item(PACKAGE, "", found.name, content_items.key(PACKAGE, "", found.name), package=found), [file.path]


_READERS: dict[str, Callable[[Mapping[str, _File]], Iterable[tuple[Item, list[str]]]]] = {
    ACTION: _actions,
    CONFIGURATION: _configurations,
    RESOURCE: _resources,
    WORKFLOW: _workflows,
    PACKAGE: _packages,
}


# What files have in common


def _element_name(stem: str, where: str) -> str:
    plain = content_names.name_of(stem, where)
    elements.check_name(f"{where}: name", plain)
    return plain


def _text(file: _File) -> str:
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputError(f"{file.path} is no text in UTF-8 (byte {problem.start})") from problem
    if "\0" in text:
        raise InputError(
            f"{file.path} is no text: it has a zero byte in line {text.count(chr(10), 0, text.index(chr(0))) + 1}"
        )
    return text


def _artifact(file: _File, kind: str, suffix: str) -> Artifact:
    found = artifacts.read(file.path, file.content)
    if not isinstance(found, Artifact) or found.kind != kind:
        held = f"an {found.kind}" if isinstance(found, Artifact) and found.kind == artifacts.ACTION else (
            "a workflow" if isinstance(found, Artifact) else "a package")  # fmt: skip
        raise InputError(f"{file.path} holds {held}, which a {suffix} file here does not. {_REMEDY}")
    return found


def _about(file: _File | None, known: Iterable[str]) -> Values:
    """The mapping in a .yml file; what is null in it says nothing."""
    if file is None:
        return {}
    document = content_names.load(file.path, file.content)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise InputError(f"{file.path} is no mapping of {', '.join(known)}")
    for name, value in document.items():
        if name not in known:
            raise InputError(f"{file.path} has {name!r}, and knows {', '.join(known)}{nearest(str(name), known)}")
        if name not in ("inputs", "attributes") and isinstance(value, (dict, list)):
            raise InputError(
                f"{file.path}: {name} is a text, and a {'mapping' if isinstance(value, dict) else 'list'} was given"
            )
    plain = {name: value for name, value in document.items() if value is not None}
    return {
        name: value if name in ("inputs", "attributes") else _said(file.path, name, value)
        for name, value in plain.items()
    }


def _said(where: str, name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InputError(f"{where}: {name} is {value!r}, which YAML takes for no text: put it in quotes")
    return value


# The folder as a whole


def _check_ids(found: Contents) -> None:
    """Refuse two files of one workflow."""
    seen: dict[str, str] = {}
    for key, item in found.items.items():
        if item.kind == WORKFLOW:
            other = seen.setdefault(item.id, key)
            if other != key:
                raise InputError(
                    f"{found.origins[other][0]} and {found.origins[key][0]} have the same id {item.id}: a workflow is "
                    "one file; give a copy an id of its own"
                )


def check_packages(found: Contents) -> None:
    """Refuse an element that two files have in different forms, which would undo one another in every run."""
    loose = {
        mark_of(item): (found.origins[key][0], _state(item))
        for key, item in found.items.items()
        if item.kind != PACKAGE
    }
    for key, item in found.items.items():
        for each in item.package.elements if item.package else ():
            mark = element_key(each)
            other = loose.setdefault(mark, (found.origins[key][0], element_state(each)))
            if not _agree(other[1], element_state(each)):
                raise InputError(
                    f"{found.origins[key][0]} has the {each.kind} {each.place}/{each.name} in another form than "
                    f"{other[0]}: keep it in one of them, or build the package anew"
                )


def _agree(one: Any, other: Any) -> bool:
    """True for two states of one element that do not contradict each other; of an action, both may leave things out."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(one[part] == other[part] for part in one.keys() & other.keys())
    return one is None or other is None or one == other


def element_key(element: Artifact) -> tuple[str, ...]:
    """What an element of a package and an item have in common when they are the same."""
    if element.kind == artifacts.WORKFLOW:
        return (WORKFLOW, element.id)
    kind = {artifacts.ACTION: ACTION, artifacts.CONFIGURATION: CONFIGURATION, artifacts.RESOURCE: RESOURCE}.get(
        element.kind, ""
    )
    return (kind or element.kind, element.place or "", element.name)


def mark_of(item: Item) -> tuple[str, ...]:
    """The same of an item."""
    return (WORKFLOW, item.id) if item.kind == WORKFLOW else (item.kind, item.place, item.name)


def element_state(element: Artifact) -> Any:
    """By what two forms of one element are compared; None where that is not done: values of configuration elements are
    what an import leaves alone."""
    if element.kind == artifacts.WORKFLOW:
        return (artifacts.numbers(element.version), element.content)
    if element.kind == artifacts.ACTION:
        return actions.of_file(element)
    if element.kind == artifacts.RESOURCE:
        return element.data
    return None


def _state(item: Item) -> Any:
    if item.kind == WORKFLOW and item.artifact:
        return element_state(item.artifact)
    if item.kind == ACTION:
        return {**item.given, "name": item.name}
    return item.data if item.kind == RESOURCE else None
