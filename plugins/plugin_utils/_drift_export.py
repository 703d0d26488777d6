# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drift report for machines: JSON and JUnit. Pure: a report in, text out.

JSON, format 1 (a later format that a reader of 1 could misread gets another number; keys may be added)::

    {"format": 1, "generator": "vcpp.vcloud.drift",
     "mode": "check" | "run",              # predicted differences | changes that were made
     "title": str | null, "playbook": str, "started": ISO 8601 with offset, "duration_seconds": float,
     "totals": {"objects", "differ", "created", "changed", "removed", "in_sync", "failed", "unreachable", "ignored",
                "unchecked", "sites", "sites_that_differ", "tenants", "tenants_that_differ"},
                # integers; objects = differ + in_sync
     "sites": [{"name", "objects", "differ", <the states as above>, "tenants"}],   # by name
     "objects": [{                                                # sorted by site, tenant, kind, name
        "site": str, "tenant": str | null, "kind": str, "name": str, "endpoint": str | null,
        "state": "created" | "changed" | "removed" | "in_sync" | "failed" | "unreachable" | "ignored" | "unchecked",
        "applied": bool,                   # true: the task ran without check mode
        "host": str, "task": str, "module": str,
        # a missing side: no such field there
        "fields": [{"name": str, "before"?: any, "after"?: any, "hidden"?: true}],
        "texts": [{"name": str, "lines": [["-" | "+" | " " | "@", str]], "left_out": int}],
        "message": str | null, "error": {"method"?, "path"?, "status"?, "code"?, "message"?} | null,
        "notes": [str]}]}

JUnit: one test case per object, its class is ``<site>.<kind>``; a difference is a failure, a failed task or an
unreachable host an error, what check mode cannot check is skipped, ignored failures pass with a note.
"""

from __future__ import annotations

import json
import typing as t
from xml.etree import ElementTree

from ._drift_model import DIFFER, Item, Report

FORMAT = 1


def report_data(report: Report) -> dict[str, t.Any]:
    """The report as the JSON document described above."""
    run = report.run
    return {
        "format": FORMAT,
        "generator": "vcpp.vcloud.drift",
        "mode": report.mode,
        "title": run.title,
        "playbook": run.playbook,
        "started": run.started,
        "duration_seconds": round(run.seconds, 1),
        "totals": report.totals,
        "sites": report.sites,
        "objects": [_object(item) for item in report.items],
    }


def to_json(report: Report) -> str:
    """The JSON file."""
    return json.dumps(report_data(report), indent=1, ensure_ascii=False) + "\n"


def _object(item: Item) -> dict[str, t.Any]:
    who = ("site", "tenant", "kind", "name", "endpoint", "state", "applied", "host", "task", "module")
    what = ("fields", "texts", "message", "error", "notes")
    return {key: getattr(item, key) for key in (*who, *what)}


def to_junit(report: Report) -> str:
    """The JUnit file: one test suite per site."""
    root = ElementTree.Element("testsuites", _suite_counts(report.heading, report.items))
    root.set("time", f"{report.run.seconds:.1f}")
    by_site: dict[str, list[Item]] = {}
    for item in report.items:
        by_site.setdefault(item.site or "", []).append(item)
    for site, items in by_site.items():
        suite = ElementTree.SubElement(root, "testsuite", _suite_counts(site, items))
        suite.set("timestamp", report.run.started)
        for item in items:
            name = f"{item.tenant}: {item.name}" if item.tenant and item.tenant != item.name else item.name
            case = ElementTree.SubElement(
                suite, "testcase", {"classname": f"{_class(site)}.{_class(item.kind)}", "name": name}
            )
            _outcome(case, item, report.mode)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _outcome(case: ElementTree.Element, item: Item, mode: str) -> None:
    if item.state in DIFFER:
        said = item.state if mode == "run" else f"would be {item.state}"
        ElementTree.SubElement(case, "failure", {"type": item.state, "message": said}).text = _details(item)
    elif item.state in ("failed", "unreachable"):
        first = (item.message or item.state).split("\n")[0]
        ElementTree.SubElement(case, "error", {"type": item.state, "message": first}).text = _details(item)
    elif item.state == "unchecked":
        ElementTree.SubElement(case, "skipped", {"message": " ".join(item.notes) or "not checked"})
    elif item.state == "ignored":
        ElementTree.SubElement(case, "system-out").text = _details(item)


def _details(item: Item) -> str:
    lines = [item.message] if item.message else []
    for entry in item.fields:
        sides = [
            json.dumps(entry[side], ensure_ascii=False) if side in entry else "(none)" for side in ("before", "after")
        ]
        lines.append(f"{entry['name']}: {sides[0]} -> {sides[1]}" + (" (hidden)" if entry.get("hidden") else ""))
    for text in item.texts:
        lines.append(f"{text['name']}:")
        lines += [f"{sign}{line}" for sign, line in text["lines"]]
        if text["left_out"]:
            lines.append(f"... {text['left_out']} more lines")
    lines += item.notes
    lines.append(f"task: {item.task}; host: {item.host}; module: {item.module}")
    return "\n".join(lines)


def _suite_counts(name: str, items: list[Item]) -> dict[str, str]:
    states = [item.state for item in items]
    return {
        "name": name,
        "tests": str(len(items)),
        "failures": str(sum(state in DIFFER for state in states)),
        "errors": str(sum(state in ("failed", "unreachable") for state in states)),
        "skipped": str(states.count("unchecked")),
    }


def _class(text: str) -> str:
    """Readers split class names at dots, so a site's dots must not look like one."""
    return text.replace(".", "_")
