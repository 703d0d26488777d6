# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the result of a task, of this collection's modules or of any other, as items of the drift report.

Modules of this collection name the object of each difference::

    diff: [{before: {...}, after: {...}, object: {kind, name, site, tenant?, endpoint}}]
    outcomes: [{<key fields>, changed, error?}]       # where one task has many objects; also called results
    <noun>: [{<key fields>, ...}]                     # all of them; those without an outcome are in sync; a row may
                                                      # hold several organizations under ``orgs``

``before: {}`` means created, ``after: {}`` removed, both empty: compared and in sync. For other modules the task (or
the item of its loop) is the object, the module its kind. Arguments of modules are never read. Pure functions.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from ._drift_mask import mask_message, mask_value
from ._drift_model import DIFFER, Item
from ._drift_text import clean, differing_fields, differing_lines, plain, prepared_lines

# Tasks that only read or steer have no object that could differ. Their failures are reported all the same.
_STEERING = frozenset(
    "add_host assert async_status debug dump fail find gather_facts getent group_by import_playbook import_role"
    " import_tasks include include_role include_tasks include_vars meta pause ping set_fact set_stats setup slurp stat"
    " validate_argument_spec wait_for wait_for_connection".split()
)
_STEERING_ENDINGS = ("_info", "_facts", "_health", "_session")
_NAME_KEYS = ("name", "org", "tenant", "organization", "hostname", "site", "path", "dest", "key", "item", "id")
_TENANT_KEYS = ("tenant", "org", "organization")
_NOT_KEYS = frozenset(("changed", "error", "failed", "msg", "object", "diff", "warnings", "before", "after", "state"))
_ABSENT: tuple[t.Any, ...] = ({}, "", None)
_MAX_NAME = 200
_MAX_MESSAGE = 4000

HIDDEN_NOTE = "The task hides its output (no_log), so only the fact is known."
NO_DETAILS_NOTE = "The module reports a change without saying what differs."
NO_DIFF_NOTE = "Run with --diff to see what differs."


@dataclass(frozen=True)
class Source:
    """Which task the result belongs to. ``groups`` are the host's groups, outermost first."""

    host: str
    task: str
    module: str
    groups: tuple[str, ...] = ()
    check: bool = False
    diff: bool = True
    label: t.Any = None
    position: int = 0  # of the item in its loop, counted from 1; 0 outside loops
    delegated_to: str | None = None

    @property
    def kind(self) -> str:
        """The module's name without its collection."""
        return clean(self.module).rpartition(".")[2]


def items_of(source: Source, result: Mapping[str, t.Any], outcome: str) -> list[Item]:
    """All objects of which this result speaks. ``outcome`` is ``ok``, ``failed``, ``unreachable`` or ``skipped``."""
    if outcome == "unreachable":
        return [_task_item(source, result, "unreachable", kind="host", name=source.host)]
    if outcome == "skipped":
        predicts_not = (
            source.check and "check mode" in f"{result.get('msg', '')} {result.get('skip_reason', '')}".lower()
        )
        return (
            [_task_item(source, result, "unchecked", note="Check mode skips it: the module cannot predict.")]
            if predicts_not
            else []
        )
    failed = outcome == "failed"
    if result.get("censored"):
        return _censored(source, result, failed)
    items = _named_items(source, result, failed)
    if items:
        return items
    if failed:
        return [_task_item(source, result, "failed")]
    if source.kind in _STEERING or source.kind.endswith(_STEERING_ENDINGS):
        return []
    return [_other_item(source, result)]


def _censored(source: Source, result: Mapping[str, t.Any], failed: bool) -> list[Item]:
    steering = source.kind in _STEERING or source.kind.endswith(_STEERING_ENDINGS)
    if steering and not failed:
        return []
    state = "failed" if failed else "changed" if result.get("changed") else "in_sync"
    name = f"{source.task} (item {source.position}, hidden)" if source.position else source.task
    item = _task_item(source, {}, state, name=name, note=HIDDEN_NOTE)
    item.message = None
    return [item]


# --- modules that name their objects ---


def _named_items(source: Source, result: Mapping[str, t.Any], failed: bool) -> list[Item]:
    entries = [
        entry
        for entry in _list(result.get("diff"))
        if isinstance(entry, Mapping) and isinstance(entry.get("object"), Mapping)
    ]
    rows = _rows(result) + _quiet_rows(source, result)
    untouched = result.get("changed") is False and not failed
    items = [_entry_item(source, entry, untouched) for entry in entries]
    if rows:
        items = items + _rest_of_rows(source, result, rows, entries, items)
        if failed and not any(item.state == "failed" for item in items):
            items.append(_task_item(source, result, "failed"))
        return items
    if failed and items:
        if len(items) == 1:  # the plan was made, carrying it out failed
            items[0].state = "failed"
            items[0].message, items[0].error = _message(result), _error(result.get("error"))
        else:
            items.append(_task_item(source, result, "failed"))
    if not items and not failed:
        noun = result.get(source.kind) if isinstance(result.get(source.kind), Mapping) else None
        key = next((key for key in _NAME_KEYS if isinstance(noun.get(key), str)), None) if noun else None
        if noun and key:
            items = [_other_item(source, result)]
            items[0].name, items[0].tenant = _short(noun[key]), _tenant(noun)
    return items


def _entry_item(source: Source, entry: Mapping[str, t.Any], untouched: bool) -> Item:
    known = entry["object"]
    before, after = entry.get("before"), entry.get("after")
    item = _task_item(source, {}, "in_sync" if untouched or before == after else _state(before, after))
    item.named = True
    item.kind = _short(known.get("kind") or source.kind)
    item.name = _short(known.get("name") or source.task)
    item.site = _optional(known.get("site"))
    item.tenant = _optional(known.get("tenant"))
    item.endpoint = _optional(known.get("endpoint"))
    if item.state in DIFFER:
        _add_difference(item, entry)
    return item


def _rest_of_rows(
    source: Source,
    result: Mapping[str, t.Any],
    rows: list[Mapping[str, t.Any]],
    entries: list[Mapping[str, t.Any]],
    items: list[Item],
) -> list[Item]:
    """Finds the rows that no entry of the diff speaks of, and gives the items of the others the rows' errors.

    A row and an entry belong together when the object's name, else its tenant, is among the row's values.
    """
    by_value: dict[str, set[int]] = {}
    for index, row in enumerate(rows):
        for value in _key_fields(row).values():
            by_value.setdefault(str(value), set()).add(index)
    taken: set[int] = set()
    name_key: str | None = None
    for entry, item in zip(entries, items, strict=True):
        known = entry["object"]
        named, owned = (by_value.get(str(known.get(key) or ""), set()) for key in ("name", "tenant"))
        # Many rows can share a name (one policy for all) or a tenant; together they mean one row.
        candidates = named & owned or min((found for found in (named, owned) if found), key=len, default=set())
        free = candidates - taken
        if not free:
            continue
        taken.add(min(free))
        row = rows[min(free)]
        name_key = name_key or next(
            (key for key, value in _key_fields(row).items() if str(value) == str(known.get("name"))), None
        )
        if row.get("error"):
            item.state, item.message, item.error = "failed", _row_message(row), _error(row["error"])
    rest = []
    for index, row in enumerate(rows):
        if index not in taken:
            rest.append(_row_item(source, row, items, name_key))
    return rest


def _row_item(source: Source, row: Mapping[str, t.Any], siblings: list[Item], name_key: str | None) -> Item:
    known = row["object"] if isinstance(row.get("object"), Mapping) else {}
    keys = _key_fields(row)
    state = "failed" if row.get("error") else "changed" if row.get("changed") else "in_sync"
    item = _task_item(source, {}, state)
    item.named = True
    item.kind = _short(known.get("kind") or _common(siblings, "kind") or source.kind)
    name = (
        known.get("name")
        or (keys.get(name_key) if name_key else None)
        or next((keys[key] for key in _NAME_KEYS if key in keys), None)
    )
    item.name = _short(name if name is not None else next(iter(keys.values()), source.task))
    item.site = _optional(known.get("site") or row.get("site") or _common(siblings, "site"))
    item.tenant = _optional(known.get("tenant")) or _tenant(row)
    item.endpoint = _optional(known.get("endpoint") or _common(siblings, "endpoint"))
    if state == "failed":
        item.message, item.error = _row_message(row), _error(row["error"])
    elif state == "changed":
        item.notes.append(NO_DETAILS_NOTE if source.diff else NO_DIFF_NOTE)
    return item


def _rows(result: Mapping[str, t.Any]) -> list[Mapping[str, t.Any]]:
    """The rows of a plural module; package modules also return ``results``, but not such ones."""
    for key in ("outcomes", "results"):
        rows = _list(result.get(key))
        if rows and all(isinstance(row, Mapping) and ("changed" in row or "error" in row) for row in rows):
            return rows
    return []


def _singles(row: Mapping[str, t.Any]) -> list[Mapping[str, t.Any]]:
    """A row that speaks of many organizations at once (``orgs``) as one row for each."""
    orgs = row.get("orgs")
    if not isinstance(orgs, (list, tuple)):
        return [row]
    rest = {key: value for key, value in row.items() if key != "orgs"}
    return [{"org": org, **rest} for org in orgs]


def _quiet_rows(source: Source, result: Mapping[str, t.Any]) -> list[Mapping[str, t.Any]]:
    """What a plural module manages and found in order: the rows of its noun without those among the outcomes."""
    present, outcomes = result.get(source.kind), result.get("outcomes")
    if not (isinstance(present, (list, tuple)) and isinstance(outcomes, (list, tuple))):
        return []
    rows = [single for row in present if isinstance(row, Mapping) for single in _singles(row)]
    key = next((key for key in _NAME_KEYS if all(key in row for row in rows)), None)
    spoken = {str(row.get(key)) for row in outcomes if isinstance(row, Mapping)}
    return [{**row, "changed": False} for row in rows if key and str(row[key]) not in spoken]


def _key_fields(row: Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {
        str(key): value
        for key, value in row.items()
        if key not in _NOT_KEYS and isinstance(value, (str, int)) and value != ""
    }


def _common(items: list[Item], attribute: str) -> t.Any:
    """The value that all siblings share, or None."""
    values = {getattr(item, attribute) for item in items}
    return values.pop() if len(values) == 1 else None


def _row_message(row: Mapping[str, t.Any]) -> str:
    error = row["error"]
    text = error.get("message") or error.get("msg") if isinstance(error, Mapping) else error
    return mask_message(clean(text or row.get("msg") or "failed"))[:_MAX_MESSAGE]


# --- any other module ---


def _other_item(source: Source, result: Mapping[str, t.Any]) -> Item:
    if not result.get("changed"):
        return _task_item(source, {}, "in_sync")
    item = _task_item(source, {}, "changed")
    states = set()
    for entry in _list(result.get("diff")):
        if isinstance(entry, Mapping):
            if _add_difference(item, entry):
                states.add(_state(entry.get("before"), entry.get("after")))
        elif entry:
            item.texts.append(prepared_lines("difference", clean(entry)))
            states.add("changed")
    if len(states) == 1:
        item.state = states.pop()
    if not item.fields and not item.texts and not item.notes:
        item.notes.append(NO_DETAILS_NOTE if source.diff else NO_DIFF_NOTE)
    return item


def _add_difference(item: Item, entry: Mapping[str, t.Any]) -> bool:
    """Adds one entry of a diff to an item; False when its sides are equal."""
    found = len(item.fields) + len(item.texts)
    header = _short(entry.get("after_header") or entry.get("before_header") or "content")
    for key, note in (("dst_binary", "The present file is binary."), ("src_binary", "The wanted file is binary.")):
        if entry.get(key):
            item.notes.append(note)
    for key, note in (("dst_larger", "The present"), ("src_larger", "The wanted")):
        if entry.get(key):
            item.notes.append(f"{note} file is too large to compare (limit {entry[key]} bytes).")
    if "before" in entry or "after" in entry:
        before, after = entry.get("before"), entry.get("after")
        if isinstance(before, Mapping) or isinstance(after, Mapping):
            left = before if isinstance(before, Mapping) else {} if before in _ABSENT else {"value": before}
            right = after if isinstance(after, Mapping) else {} if after in _ABSENT else {"value": after}
            item.fields += differing_fields(left, right)
        elif before != after and all(side is None or isinstance(side, (str, bytes)) for side in (before, after)):
            left_text, right_text = clean(before or ""), clean(after or "")
            if "\n" in left_text.rstrip("\n") or "\n" in right_text.rstrip("\n") or header != "content":
                item.texts.append(differing_lines(header, left_text, right_text))
            else:
                item.fields += differing_fields(
                    *({} if not side else {"content": side} for side in (left_text, right_text))
                )
        elif before != after:
            item.fields += differing_fields(
                {} if before is None else {"value": before}, {} if after is None else {"value": after}
            )
    if entry.get("prepared"):
        item.texts.append(prepared_lines(header, clean(entry["prepared"])))
    return len(item.fields) + len(item.texts) > found


def _state(before: t.Any, after: t.Any) -> str:
    if isinstance(before, Mapping) and isinstance(after, Mapping) and before and after:
        was, will = before.get("state") == "absent", after.get("state") == "absent"
        return "created" if was and not will else "removed" if will and not was else "changed"
    if before in _ABSENT and after not in _ABSENT:
        return "created"
    return "removed" if after in _ABSENT and before not in _ABSENT else "changed"


def _task_item(
    source: Source, result: Mapping[str, t.Any], state: str, *, kind: str = "", name: str = "", note: str = ""
) -> Item:
    label = _label(source)
    item = Item(
        kind=kind or source.kind,
        name=name or label or source.task,
        state=state,
        host=source.host,
        task=source.task,
        module=clean(source.module),
        groups=source.groups,
        applied=not source.check,
    )
    if state in ("failed", "unreachable"):
        item.message, item.error = _message(result), _error(result.get("error"))
    if source.delegated_to and source.delegated_to != source.host:
        item.notes.append(f"Done on {clean(source.delegated_to)} for {source.host}.")
    if note:
        item.notes.append(note)
    return item


def _label(source: Source) -> str:
    """A short name for the item of a loop, which may be a whole dictionary with a password in it."""
    if not source.position or source.label is None:
        return f"{source.task} (item {source.position})" if source.position else ""
    label = mask_value(plain(source.label))
    if isinstance(label, dict):
        named = next((label[key] for key in _NAME_KEYS if isinstance(label.get(key), (str, int))), None)
        label = (
            named
            if named is not None
            else ", ".join(f"{key}: {value}" for key, value in label.items() if not isinstance(value, (dict, list)))
        )
    elif isinstance(label, list):
        label = ", ".join(str(value) for value in label)
    return _short(label) or f"{source.task} (item {source.position})"


def _message(result: Mapping[str, t.Any]) -> str:
    text = (
        result.get("msg")
        or result.get("module_stderr")
        or result.get("stderr")
        or result.get("reason")
        or "The task failed without a message."
    )
    return mask_message(clean(text))[:_MAX_MESSAGE]


def _error(error: t.Any) -> dict[str, t.Any] | None:
    """The structured error of this collection's modules: method, path, status, code, message."""
    if not isinstance(error, Mapping):
        return None
    known = {
        key: plain(error[key])
        for key in ("method", "path", "status", "code", "message")
        if error.get(key) not in (None, "")
    }
    return {
        key: mask_message(value) if isinstance(value, str) else mask_value(value) for key, value in known.items()
    } or None


def _tenant(row: Mapping[str, t.Any]) -> str | None:
    return next((_short(row[key]) for key in _TENANT_KEYS if isinstance(row.get(key), str) and row[key]), None)


def _optional(value: t.Any) -> str | None:
    return _short(value) if value not in (None, "") else None


def _short(value: t.Any) -> str:
    text = mask_message(clean(value)).strip()
    return text if len(text) <= _MAX_NAME else text[: _MAX_NAME - 1] + "\u2026"


def _list(value: t.Any) -> list[t.Any]:
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]
