# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drift report as data: objects, their states, totals by site, and the order in which they are shown.

Pure: takes items (see ``_drift_result``), gives a :class:`Report`; ``_drift_html`` and ``_drift_export`` only write
it down.

States of an object
  created, changed, removed   it differs; in a real run: it was brought in line
  in_sync                     it was compared and is as described
  failed, unreachable         no answer, or the change did not succeed
  ignored                     failed, but the playbook ignores it or has a rescue for it
  unchecked                   the module cannot predict, so check mode skipped it
"Checked" are the objects with an answer: those that differ and those in sync. The others are counted beside them.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field, replace

DIFFER = ("created", "changed", "removed")
STATES = ("failed", "unreachable", *DIFFER, "ignored", "unchecked", "in_sync")
# Which state an object has that several tasks looked at: the first of these that any of them found.
_PRECEDENCE = {state: rank for rank, state in enumerate(STATES)}


@dataclass
class Item:
    """What one task said about one object. Texts are clean and masked already."""

    kind: str
    name: str
    state: str
    host: str
    task: str
    module: str
    site: str | None = None
    groups: tuple[str, ...] = ()
    tenant: str | None = None
    endpoint: str | None = None
    # The modules of this collection say which object they mean; then two tasks can mean the same one.
    named: bool = False
    # Check mode was off for this task: what is shown has happened.
    applied: bool = False
    fields: list[dict[str, t.Any]] = field(default_factory=list)
    texts: list[dict[str, t.Any]] = field(default_factory=list)
    message: str | None = None
    error: dict[str, t.Any] | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """About the run itself. Times are ISO 8601 with offset, ``seconds`` is the duration."""

    playbook: str
    started: str
    seconds: float
    check: bool
    title: str | None = None


@dataclass(frozen=True)
class Report:
    """Everything the pages show. ``mode`` is ``check`` (drift, predicted) or ``run`` (changes, made)."""

    run: Run
    mode: str
    items: list[Item]
    totals: dict[str, int]
    sites: list[dict[str, t.Any]]

    @property
    def heading(self) -> str:
        """``Drift`` for a prediction, ``Changes`` for what was done."""
        return "Drift" if self.mode == "check" else "Changes"


def build_report(run: Run, items: t.Iterable[Item]) -> Report:
    """Puts the items of a run in order: sites resolved, sightings of one object merged, sorted, counted."""
    items = _merge(_with_sites(list(items)))
    items.sort(key=_order)
    answered = [item for item in items if item.state in DIFFER or item.state == "in_sync"]
    check = run.check or (bool(answered) and not any(item.applied for item in answered))
    mode = "check" if check else "run"
    for item in items:
        if item.state in DIFFER and item.applied == check:
            item.notes.append(
                "Changed by this run: its task does not use check mode."
                if check
                else "Predicted only: its task uses check mode."
            )
    names = sorted({item.site or "" for item in items}, key=natural)
    sites = [_count(name, group) for name, group in _by_site(items, names)]
    totals = {key: sum(site[key] for site in sites) for key in ("objects", "differ", *STATES)}
    totals["sites"] = sum(1 for site in sites if site["objects"])
    totals["sites_that_differ"] = sum(1 for site in sites if site["differ"])
    totals["tenants"] = len({item.tenant for item in items if item.tenant})
    totals["tenants_that_differ"] = len({item.tenant for item in items if item.tenant and item.state in DIFFER})
    return Report(run=run, mode=mode, items=items, totals=totals, sites=sites)


def summary_line(report: Report, page: str | None) -> str:
    """The one line for the terminal, also shown when nothing could be written."""
    totals, head = report.totals, report.heading
    objects, differ, sites = totals["objects"], totals["differ"], totals["sites_that_differ"]
    verb = (
        ("differs" if differ == 1 else "differ")
        if report.mode == "check"
        else ("was changed" if differ == 1 else "were changed")
    )
    if differ:
        text = f"{head}: {differ:,} of {plural(objects, 'object')} {verb}"
        text += f" in {plural(sites, 'site')} ({_site_list(report)})"
    elif objects:
        said = "is as described" if objects == 1 else "are as described"
        where = f" in {plural(totals['sites'], 'site')}"
        text = f"{head}: none, {plural(objects, 'object')}{where} {said}"
    else:
        text = f"{head}: no objects were checked"
    extra = [f"{totals[state]:,} {state}" for state in ("failed", "unreachable") if totals[state]]
    if totals["ignored"]:
        extra.append(f"{totals['ignored']:,} failed and ignored")
    if totals["unchecked"]:
        extra.append(f"{totals['unchecked']:,} not checkable")
    if extra:
        text += "; " + ", ".join(extra)
    return f"{text} - page: {page}" if page else text


def plural(number: int, noun: str) -> str:
    """``1 site``, ``2 sites``, ``5,000 objects``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def natural(text: str | None) -> list[t.Any]:
    """A sort key that reads numbers as numbers and ignores case, then falls back on the text itself."""
    text = text or ""
    return [
        *((1, int(part), "") if part.isdecimal() else (0, 0, part.lower()) for part in re.split(r"([0-9]+)", text)),
        (2, 0, text),
    ]


def _order(item: Item) -> tuple[t.Any, ...]:
    return (
        natural(item.site),
        item.tenant is not None,  # what belongs to the whole site stands first
        natural(item.tenant),
        natural(item.kind),
        natural(item.name),
        natural(item.host),
        item.task,
        item.state,
    )


def _with_sites(items: list[Item]) -> list[Item]:
    """Gives each item a site: its own, else the host's group, else the host.

    A host is usually in several groups. One that a module has called a site wins (``a03_auckland`` is A03-Auckland:
    group names cannot have hyphens), else the outermost one, in alphabetical order.
    """
    known: dict[str, str] = {}
    for name in sorted({item.site for item in items if item.site}):
        known.setdefault(_letters(name), name)
    for item in items:
        if not item.site:
            names = [known[_letters(group)] for group in item.groups if _letters(group) in known]
            item.site = names[0] if names else item.groups[0] if item.groups else item.host
    return items


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _merge(items: list[Item]) -> list[Item]:
    """Makes one of the items that mean the same object; the others stay, also when they look alike."""
    merged: dict[tuple[t.Any, ...], Item] = {}
    for number, item in enumerate(items):
        key: tuple[t.Any, ...] = (number,)
        if item.named:
            key = (item.site, item.tenant, item.kind, item.name, item.endpoint)
        first = merged.get(key)
        if first is None:
            merged[key] = replace(item, fields=list(item.fields), texts=list(item.texts), notes=list(item.notes))
            continue
        if _PRECEDENCE[item.state] < _PRECEDENCE[first.state]:
            # The task that found the worse state explains it.
            first.state, first.task, first.host, first.module = item.state, item.task, item.host, item.module
            first.applied = item.applied
        first.fields += [entry for entry in item.fields if entry not in first.fields]
        first.fields.sort(key=lambda entry: entry["name"])
        first.texts += [entry for entry in item.texts if entry not in first.texts]
        first.notes += [note for note in item.notes if note not in first.notes]
        first.message = first.message or item.message
        first.error = first.error or item.error
    return list(merged.values())


def _by_site(items: list[Item], names: list[str]) -> t.Iterator[tuple[str, list[Item]]]:
    groups: dict[str, list[Item]] = {name: [] for name in names}
    for item in items:
        groups[item.site or ""].append(item)
    yield from groups.items()


def _count(name: str, items: list[Item]) -> dict[str, t.Any]:
    counts: dict[str, t.Any] = {"name": name}
    states = dict.fromkeys(STATES, 0)
    for item in items:
        states[item.state] += 1
    counts["differ"] = sum(states[state] for state in DIFFER)
    counts["objects"] = counts["differ"] + states["in_sync"]
    counts.update(states)
    counts["tenants"] = len({item.tenant for item in items if item.tenant})
    return counts


def _site_list(report: Report, limit: int = 5) -> str:
    """``A03-Auckland 2, C00-Christchurch 1``; the ones with most differences when there are too many."""
    sites = [site for site in report.sites if site["differ"]]
    shown = (
        sites
        if len(sites) <= limit
        else sorted(sites, key=lambda site: (-site["differ"], natural(site["name"])))[: limit - 1]
    )
    text = ", ".join(f"{site['name']} {site['differ']:,}" for site in shown)
    return text if len(shown) == len(sites) else f"{text}, and {len(sites) - len(shown)} more"
