# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback that collects a run's results for the drift report. What they mean and how they look is in
``plugin_utils/_drift_*``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: drift
type: aggregate
short_description: Writes what differs as a page, JSON and JUnit
version_added: "0.1.0"
description:
  - Turns a run with C(--check --diff) of any playbook into one self-contained HTML page, a JSON file and a JUnit
    file.
  - The page shows totals first, then by site, tenant and object what differs, field by field, before and after. It
    needs neither a server nor a network, and can be searched, filtered and printed.
  - Without check mode the same files show what was changed.
  - Modules of this collection say which object, site and tenant a difference belongs to. For any other module the
    task, or the item of its loop, is the object, the module is its kind, and the site is what the variable C(vcav_site)
    of the host or of one of its groups in the inventory says, else the host's group, or the host without a group. Among
    several groups the one wins that has the name of a known site, else the outermost, in alphabetical order.
  - Tasks that only read or steer (such as M(ansible.builtin.debug), M(ansible.builtin.set_fact) and C(*_info)
    modules) are no objects, but their failures are reported.
  - The files are C(drift.html), C(drift.json) and C(drift.xml). Files of an earlier run are replaced; a file that
    cannot be written whole is not written, and the totals are on the screen in any case.
  - The plugin only reports. It changes neither the run nor its exit code; a pipeline decides by C(drift.xml) or by
    C(totals.differ) in C(drift.json).
author: The vcpp.vcloud authors (@vcpp)
requirements:
  - Enable it in the configuration, C(callbacks_enabled = vcpp.vcloud.drift), or by E(ANSIBLE_CALLBACKS_ENABLED).
options:
  directory:
    description: Where to write the files, made when it does not exist. A relative path starts at the current directory.
    type: path
    default: drift
    env:
      - name: VCPP_DRIFT_DIR
    ini:
      - section: callback_drift
        key: directory
  formats:
    description: Which files to write. An empty list writes none and shows only the totals.
    type: list
    elements: str
    choices: [html, json, junit]
    default: [html, json, junit]
    env:
      - name: VCPP_DRIFT_FORMATS
    ini:
      - section: callback_drift
        key: formats
  title:
    description:
      - What the page is about, such as the estate's name.
      - When omitted, the page is called V(Drift), or V(Changes) in a run without check mode.
    type: str
    env:
      - name: VCPP_DRIFT_TITLE
    ini:
      - section: callback_drift
        key: title
notes:
  - Secrets are not in the files. Results of tasks with C(no_log) are counted, not shown; arguments of modules are
    never read; and whatever stands under a name that looks like a password, token or key is masked, also inside
    texts.
  - Run with C(--diff). Without it the page can say that an object differs, but not in what.
"""

EXAMPLES = r"""
# ansible.cfg
#
# [defaults]
# callbacks_enabled = vcpp.vcloud.drift
#
# [callback_drift]
# directory = reports/drift
# title = Kiwi Cloud
#
# Then: ansible-playbook site.yml --check --diff
"""

import datetime
import os
import time
import typing as t

from ansible import context
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.callback import CallbackBase

from ..plugin_utils._drift_export import to_json, to_junit
from ..plugin_utils._drift_files import FILES, write_files
from ..plugin_utils._drift_html import to_html
from ..plugin_utils._drift_model import Item, Run, build_report, natural, summary_line
from ..plugin_utils._drift_result import Source, items_of
from ..plugin_utils._drift_text import clean

WRITERS: dict[str, t.Callable[..., str]] = {"html": to_html, "json": to_json, "junit": to_junit}
SITE = "vcav_site"  # the variable by which an inventory gives its hosts the site's own name
RESCUED_NOTE = "The failure was rescued by the playbook."
IGNORED_NOTE = "The failure is ignored by the playbook."


class CallbackModule(CallbackBase):
    """Collects items while the playbook runs and writes the report when it ends."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "vcpp.vcloud.drift"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(*args, **kwargs)
        self._items: list[Item] = []
        # Failures that may turn out to be rescued, with the answer of the task's own block: (item, has a rescue).
        self._failures: list[tuple[Item, bool]] = []
        # Items of loops that are still running, by host and task. Whether errors are ignored is known only at a
        # loop's end.
        self._loops: dict[tuple[str, str], list[Item]] = {}
        self._positions: dict[tuple[str, str], int] = {}
        self._playbook = ""
        self._started = time.time()
        self._clock = time.monotonic()

    # --- events ---

    def v2_playbook_on_start(self, playbook: t.Any) -> None:
        """The clock starts here; the base name of the file is all that the report needs."""
        self._playbook = clean(os.path.basename(str(getattr(playbook, "_file_name", "") or "")))
        self._started, self._clock = time.time(), time.monotonic()

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """A task, or the end of a loop whose items came before."""
        if not self._end_of_loop(result, ignored=False):
            self._add(result, "ok")

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        """A failed task; a loop may also fail as a whole, before its first item."""
        if not self._end_of_loop(result, ignored=ignore_errors):
            self._add_failure(result, self._add(result, "failed"), ignore_errors)

    def v2_runner_on_skipped(self, result: t.Any) -> None:
        """Skipped by a condition, or because check mode cannot predict."""
        if not self._end_of_loop(result, ignored=False):
            self._add(result, "skipped")

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        """The host is the object that is missing."""
        self._end_of_loop(result, ignored=False)
        self._add(result, "unreachable")

    def v2_runner_item_on_ok(self, result: t.Any) -> None:
        """One item of a loop."""
        self._add_loop_item(result, "ok")

    def v2_runner_item_on_failed(self, result: t.Any) -> None:
        """One item of a loop."""
        self._add_loop_item(result, "failed")

    def v2_runner_item_on_skipped(self, result: t.Any) -> None:
        """One item of a loop."""
        self._add_loop_item(result, "skipped")

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        """The end: settles what was rescued, writes the files, says where they are."""
        self._settle(stats)
        started = datetime.datetime.fromtimestamp(self._started).astimezone().isoformat(timespec="seconds")
        run = Run(
            playbook=self._playbook,
            started=started,
            seconds=time.monotonic() - self._clock,
            check=bool(context.CLIARGS.get("check")),
            title=clean(self.get_option("title") or "") or None,
        )
        report = build_report(run, self._items)
        directory = os.path.abspath(os.path.expanduser(self.get_option("directory")))
        formats = [kind for kind in FILES if kind in self.get_option("formats")]
        written, problems = (
            write_files(directory, {kind: WRITERS[kind](report) for kind in formats}) if formats else ({}, [])
        )
        line = summary_line(report, written.get("html"))
        self._display.display(line, color=_colour(report.totals))
        if written and "html" not in written:
            self._display.display(f"{report.heading} files: {', '.join(written.values())}")
        for problem in problems:
            self._display.warning(
                f"{problem} The totals are in the line that begins with '{report.heading}:'.", formatted=True
            )

    # --- collecting ---

    def _add(self, result: t.Any, outcome: str, label: t.Any = None, position: int = 0) -> list[Item]:
        items = items_of(self._source(result, label, position), _values(result), outcome)
        self._items += items
        return items

    def _add_failure(self, result: t.Any, items: list[Item], ignored: bool) -> None:
        for item in items:
            if item.state == "failed" and ignored:
                item.state = "ignored"
                item.notes.append(IGNORED_NOTE)
            elif item.state == "failed":
                self._failures.append((item, _has_rescue(_task(result))))

    def _add_loop_item(self, result: t.Any, outcome: str) -> None:
        key = _key(result)
        position = self._positions[key] = self._positions.get(key, 0) + 1
        values = _values(result)
        label = (
            None
            if values.get("censored") or values.get("_ansible_no_log")
            else values.get("_ansible_item_label", values.get("item"))
        )
        self._loops.setdefault(key, []).extend(self._add(result, outcome, label, position))

    def _end_of_loop(self, result: t.Any, ignored: bool) -> bool:
        """True when the items of this loop have been collected one by one; their failures are judged now."""
        key = _key(result)
        if not self._positions.pop(key, 0):
            return False
        self._add_failure(result, self._loops.pop(key, []), ignored)
        return True

    def _source(self, result: t.Any, label: t.Any, position: int) -> Source:
        host, task = _host(result), _task(result)
        groups = [group for group in host.get_groups() if group.name not in ("all", "ungrouped")]
        groups.sort(key=lambda group: (group.depth, natural(group.name)))
        named = [holder.vars.get(SITE) for holder in (host, *reversed(groups))]
        site = next((name for name in named if isinstance(name, str) and "{{" not in name), None)
        return Source(
            host=clean(host.get_name()),
            task=clean(result.task_name or "").strip(),
            module=clean(getattr(task, "resolved_action", None) or task.action),
            groups=(clean(site),) if site else tuple(clean(group.name) for group in groups),
            check=_switch(result, "check_mode"),
            diff=_switch(result, "diff"),
            label=label,
            position=position,
            delegated_to=task.delegate_to if isinstance(task.delegate_to, str) else None,
        )

    def _settle(self, stats: t.Any) -> None:
        """Finds the failures that a rescue has caught, and the hosts whose absence is ignored.

        The statistics count both by host. Only where a host has rescued and final failures does the position in the
        playbook decide.
        """
        for item, has_rescue in self._failures:
            rescued, final = stats.rescued.get(item.host, 0), stats.failures.get(item.host, 0)
            if rescued and (not final or has_rescue):
                item.state = "ignored"
                item.notes.append(RESCUED_NOTE)
        for item in self._items:
            if item.state == "unreachable" and not stats.dark.get(item.host, 0):
                item.state = "ignored"
                item.notes.append(IGNORED_NOTE)


# --- ansible-core by version ---
# Up to 2.18 a result has _result, _task and _host; from 2.19 on result, task and host, and the former are going away.


def _values(result: t.Any) -> t.Any:
    return result.result if hasattr(type(result), "result") else result._result


def _task(result: t.Any) -> t.Any:
    return result.task if hasattr(type(result), "task") else result._task


def _host(result: t.Any) -> t.Any:
    return result.host if hasattr(type(result), "host") else result._host


def _key(result: t.Any) -> tuple[str, str]:
    return _host(result).get_name(), str(_task(result)._uuid)


def _switch(result: t.Any, name: str) -> bool:
    """A keyword of the task. Where it is a template, its value is among the result's own fields (before 2.21)."""
    value = getattr(_task(result), name, None)
    if isinstance(value, str):
        fields = getattr(result, "_task_fields", None) or {}
        value = fields.get(name, value)
    return (
        boolean(value, strict=False)
        if value is not None
        else bool(context.CLIARGS.get("check" if name == "check_mode" else name))
    )


def _has_rescue(task: t.Any) -> bool:
    """Whether a block around the task has a rescue, seen from inside its own section of that block."""
    child, parent = task, getattr(task, "_parent", None)
    while parent is not None:
        if getattr(parent, "rescue", None):
            handlers = [*parent.rescue, *(getattr(parent, "always", None) or [])]
            if child._uuid not in [entry._uuid for entry in handlers]:
                return True
        child, parent = parent, getattr(parent, "_parent", None)
    return False


def _colour(totals: dict[str, int]) -> str:
    if totals["failed"] or totals["unreachable"]:
        return "red"
    return "yellow" if totals["differ"] else "green"
