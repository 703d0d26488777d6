# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of a kubeconfig: which entries are a cluster's, and how they come into it and out of it again. Pure.

Only the lines of these entries change. What else a person wrote into the file, comments too, stays to the letter;
where the notation leaves no lines to change (flow style, JSON), the file is written anew in block style.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .._http import MissingLibrary

try:
    import yaml
except ImportError:
    _MISSING: str | None = traceback.format_exc()
else:
    _MISSING = None

Entry = dict[str, Any]
KINDS = {"clusters": "cluster", "contexts": "context", "users": "user"}
"""The lists of a kubeconfig, and what an entry holds beside its name."""
MARK = "vcpp.vcloud/cse_kubeconfig"
"""Name of the extension that says which cluster an entry is of; kubectl keeps extensions."""
EMPTY = "apiVersion: v1\nkind: Config\npreferences: {}\n"
# What people add to entries and no server tells: it stays when an entry is renewed.
_KEPT = {"clusters": ("proxy-url", "tls-server-name"), "contexts": ("namespace",), "users": ()}


_KEYS = {*KINDS, "kind", "current-context"}


class MissingYaml(MissingLibrary):
    """A kubeconfig is YAML, which takes `PyYAML`."""

    library = "PyYAML"


class NoKubeconfig(ValueError):
    """A text that is no kubeconfig; the sentence says why and holds nothing of its content."""


@dataclass(frozen=True)
class Owner:
    """The cluster that entries are of: its name, its place as far as it is known, and the vCloud Director's address."""

    cluster: str
    vcd: str
    org: str | None = None
    vdc: str | None = None

    def is_of(self, mark: Mapping[str, Any]) -> bool:
        """Whether a mark names this cluster; what one of them does not know is not compared.

        Organizations are matched in any case, as they are when somebody logs in.
        """

        def fits(mine: str | None, theirs: Any) -> bool:
            return None in (mine, theirs) or mine == theirs

        org = mark.get("org")
        return (
            (mark.get("cluster"), mark.get("vcd")) == (self.cluster, self.vcd)
            and fits(self.org and self.org.lower(), str(org).lower() if org else None)
            and fits(self.vdc, mark.get("vdc"))
        )

    def mark(self) -> Entry:
        """The extension that says so."""
        return {"name": MARK, "extension": {key: value for key, value in asdict(self).items() if value is not None}}


def load(text: str) -> Entry:
    """A kubeconfig as data; an empty text is an empty one. Raises NoKubeconfig, MissingYaml."""
    if _MISSING:
        raise MissingYaml(_MISSING)
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as problem:
        line = getattr(getattr(problem, "problem_mark", None), "line", None)
        raise NoKubeconfig("it is no YAML" + ("" if line is None else f" from line {line + 1} on")) from None
    if found is None:
        return {}
    if not isinstance(found, dict) or found.get("kind", "Config") != "Config" or not _KEYS & set(found):
        raise NoKubeconfig("its kind is not Config, or nothing in it says so")
    for kind, inner in KINDS.items():
        entries = found.get(kind) or []
        sound = isinstance(entries, list) and all(
            isinstance(one, dict) and "name" in one and isinstance(one.get(inner) or {}, dict) for one in entries
        )
        if not sound:
            raise NoKubeconfig(f"its {kind} are not a list of names with a {inner} each")
    return found


def told(text: str, name: str, owner: Owner) -> dict[str, Entry]:
    """The entries of the cluster whose kubeconfig a server told, all three under one name. Raises NoKubeconfig."""
    found = load(text)
    contexts = found.get("contexts") or []
    chosen = next((one for one in contexts if one["name"] == found.get("current-context")), None)
    context = (chosen or (contexts or [{}])[0]).get("context") or {}
    made: dict[str, Entry] = {}
    for kind, inner in KINDS.items():
        if kind == "contexts":
            content = {**context, "cluster": name, "user": name}
        else:
            entries = [one for one in found.get(kind) or [] if one["name"] == context.get(inner)]
            if not entries:
                raise NoKubeconfig(f"its context names a {inner} that it does not have")
            content = dict(entries[0].get(inner) or {})
        content["extensions"] = [*(content.get("extensions") or []), owner.mark()]
        made[kind] = {"name": name, inner: content}
    if not made["clusters"]["cluster"].get("server"):
        raise NoKubeconfig("its cluster has no server")
    return made


def secrets(entries: Mapping[str, Entry]) -> list[str]:
    """What of a cluster's entries must never be shown."""
    user = entries["users"]["user"]
    return [str(user[key]) for key in ("client-key-data", "token", "password") if user.get(key)]


def marks(kind: str, entry: Mapping[str, Any]) -> Entry | None:
    """Which cluster an entry says that it is of; None for one that says nothing."""
    for one in (entry.get(KINDS[kind]) or {}).get("extensions") or []:
        if isinstance(one, dict) and one.get("name") == MARK:
            return dict(one.get("extension") or {})
    return None


def names_of(content: Entry, owner: Owner) -> dict[str, list[str]]:
    """The names of a cluster's entries in each of the three lists."""
    return {
        kind: [
            str(one["name"]) for one in content.get(kind) or [] if (mark := marks(kind, one)) and owner.is_of(mark)
        ]
        for kind in KINDS
    }  # fmt: skip


def strangers(content: Entry, owner: Owner, wanted: Mapping[str, Entry]) -> list[str]:
    """What holds the names of wanted entries and is not this cluster's, in words: "cluster and user k8s1, which …".

    An entry without a mark that says the very same is this cluster's, whoever wrote it.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for kind, inner in KINDS.items():
        for one in content.get(kind) or []:
            if one["name"] != wanted[kind]["name"]:
                continue
            mark = marks(kind, one)
            if mark is None and _bare(kind, one) != _bare(kind, wanted[kind]):
                found.setdefault((str(one["name"]), "which this module did not write"), []).append(inner)
            elif mark is not None and not owner.is_of(mark):
                place = " in ".join(str(mark[part]) for part in ("cluster", "vdc", "org") if mark.get(part))
                whose = f"which belong to cluster {place} at {mark.get('vcd')}"
                found.setdefault((str(one["name"]), whose), []).append(inner)
    return [f"{' and '.join(inners)} {name}, {whose}" for (name, whose), inners in found.items()]


def _bare(kind: str, entry: Mapping[str, Any]) -> Entry:
    """What an entry says beside its name, its mark, and what people add."""
    content = {key: value for key, value in (entry.get(KINDS[kind]) or {}).items() if key not in _KEPT[kind]}
    content.pop("extensions", None)
    return content


def renewed(content: Entry, owner: Owner, wanted: Mapping[str, Entry]) -> dict[str, Entry]:
    """The wanted entries with what a person added to those that they replace."""
    made = {}
    for kind, inner in KINDS.items():
        mine = names_of(content, owner)[kind]
        old = next((one for one in content.get(kind) or [] if one["name"] in mine), None)
        kept = {key: value for key, value in ((old or {}).get(inner) or {}).items() if key in _KEPT[kind]}
        made[kind] = {**wanted[kind], inner: {**kept, **wanted[kind][inner]}}
    return made


def holds(content: Entry, owner: Owner, wanted: Mapping[str, Entry]) -> bool:
    """Whether a kubeconfig has exactly these entries of a cluster, and no others of it."""
    made = renewed(content, owner, wanted)
    return all(
        [one for one in content.get(kind) or [] if one["name"] == made[kind]["name"]] == [made[kind]]
        and names_of(content, owner)[kind] == [made[kind]["name"]]
        for kind in KINDS
    )


def others(content: Entry, owner: Owner) -> list[str]:
    """Names of contexts that are not this cluster's."""
    mine = names_of(content, owner)["contexts"]
    return [str(one["name"]) for one in content.get("contexts") or [] if one["name"] not in mine]


def is_bare(content: Entry) -> bool:
    """Whether nothing is left in a kubeconfig that anybody would miss."""
    left = {key: value for key, value in content.items() if key not in ("apiVersion", "kind", "current-context")}
    return not any(left.values())


def put(text: str, owner: Owner, wanted: Mapping[str, Entry], current: bool) -> str:
    """A kubeconfig with the wanted entries of a cluster instead of those that it had. Raises NoKubeconfig.

    `current` makes its context the current one; one that was current under another name stays so.
    """
    content = load(text)
    made, mine = renewed(content, owner, wanted), names_of(content, owner)
    result = {**load(EMPTY), **content} if not content else dict(content)
    if not content:
        text = f"{text.rstrip()}\n{EMPTY}".lstrip()
    for kind in KINDS:
        name = made[kind]["name"]
        gone = {*mine[kind], name}
        entries = list(content.get(kind) or [])
        place = next((number for number, one in enumerate(entries) if one["name"] in gone), len(entries))
        before = [one for one in entries[:place] if one["name"] not in gone]
        after = [one for one in entries[place:] if one["name"] not in gone]
        result[kind] = [*before, made[kind], *after]
        text = _lines(text, kind, {number for number, one in enumerate(entries) if one["name"] in gone}, made[kind])
    if current or content.get("current-context") in mine["contexts"]:
        result["current-context"] = made["contexts"]["name"]
        text = _current(text, made["contexts"]["name"])
    return _checked(text, result)


def take(text: str, owner: Owner) -> str:
    """A kubeconfig without the entries of a cluster. Raises NoKubeconfig."""
    content = load(text)
    mine, result = names_of(content, owner), dict(content)
    for kind in KINDS:
        if mine[kind]:
            entries = list(content.get(kind) or [])
            result[kind] = [one for one in entries if one["name"] not in mine[kind]]
            text = _lines(text, kind, {number for number, one in enumerate(entries) if one["name"] in mine[kind]}, None)
    if content.get("current-context") in mine["contexts"]:
        result["current-context"] = ""
        text = _current(text, "")
    return _checked(text, result)


# Lines


def _checked(text: str, result: Entry) -> str:
    """The changed text if it says what it shall, else the same content written anew."""
    try:
        if load(text) == result:
            return text
    except NoKubeconfig:
        pass
    return _dump(result)


def _dump(value: Any) -> str:
    return str(yaml.safe_dump(value, default_flow_style=False, allow_unicode=True, width=1_000_000))


def _root(text: str) -> dict[str, tuple[Any, Any]]:
    """Key and value nodes of a kubeconfig by their names; nothing where it is no mapping in block style."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return {}
    if root is None or not hasattr(root, "flow_style") or root.flow_style:
        return {}
    return {str(key.value): (key, value) for key, value in root.value}


def _last(node: Any) -> int:
    """The number of the last line of a node, without the comments and empty lines after it."""
    if isinstance(node.value, list) and not node.flow_style:
        inner = [part for one in node.value for part in (one if isinstance(one, tuple) else (one,))]
        return max([int(node.start_mark.line), *map(_last, inner)])
    begins, ends = int(node.start_mark.line), int(node.end_mark.line)
    # A text of several lines ends where the next line begins.
    return ends - 1 if node.end_mark.column == 0 and ends > begins else ends


def _lines(text: str, kind: str, gone: set[int], entry: Entry | None) -> str:
    """The text without these entries of a list, and with another in the place of the first of them, or at the end.

    What cannot be done by lines is left as it is: `_checked` sees it.
    """
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    root = _root(text)
    if kind not in root:
        return "".join(lines) + (f"{kind}:\n{_item(entry, 0)}" if entry else "")
    key, value = root[kind]
    if not value.value or value.value in ("null", "~"):
        line = key.end_mark.line
        if entry is None or value.start_mark.line != line or value.end_mark.line != line:
            return text
        head, rest = lines[line][: value.start_mark.column].rstrip(), lines[line][value.end_mark.column :].strip()
        lines[line] = f"{head} {rest}".rstrip() + "\n" + _item(entry, key.start_mark.column)
        return "".join(lines)
    if value.flow_style or not isinstance(value.value, list):
        return text
    starts = [one.start_mark for one in value.value]
    if any(not re.fullmatch(r"\s*-\s+", lines[mark.line][: mark.column]) for mark in starts):
        return text
    spans = [(mark.line, _last(one)) for mark, one in zip(starts, value.value, strict=True)]
    indent = len(re.match(r"\s*", lines[spans[0][0]])[0])  # type: ignore[index]
    place = spans[min(gone)][0] if gone else spans[-1][1] + 1
    kept = [number for number in range(len(lines)) if not any(spans[one][0] <= number <= spans[one][1] for one in gone)]
    before, after = [lines[n] for n in kept if n < place], [lines[n] for n in kept if n >= place]
    if entry is None and len(gone) == len(spans):
        # Up to the key nothing is taken out, so that it has kept its number.
        head, colon = key.end_mark.line, key.end_mark.column + 1
        before[head] = f"{before[head][:colon]} []{before[head][colon:]}"
    return "".join(before) + (_item(entry, indent) if entry else "") + "".join(after)


def _item(entry: Entry, indent: int) -> str:
    return "".join(" " * indent + line for line in _dump([entry]).splitlines(keepends=True))


def _current(text: str, name: str) -> str:
    """The text with another current context."""
    found = _root(text).get("current-context")
    written = _dump({"current-context": name}).partition(":")[2].strip()
    if found is None:
        return text + ("" if text.endswith("\n") or not text else "\n") + f"current-context: {written}\n"
    key, value = found
    start, end = value.start_mark.index, value.end_mark.index
    if not value.value and start == end:
        # Nothing stands behind the colon.
        start = end = text.index(":", key.end_mark.index) + 1
        written = f" {written}"
    return text[:start] + written + text[end:]
