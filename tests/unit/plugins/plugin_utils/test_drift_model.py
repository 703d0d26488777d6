# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's order, totals and wording."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_model import (
    Item,
    Report,
    Run,
    build_report,
    summary_line,
)


def item(name: str, state: str = "in_sync", **more: Any) -> Item:
    values = {"kind": "vcav_policy", "host": "h", "task": "t", "module": "m", "site": "A03-Auckland", **more}
    return Item(name=name, state=state, **values)


def report(*items: Item, check: bool = True) -> Report:
    run = Run(playbook="site.yml", started="2026-11-20T02:15:04+13:00", seconds=3.0, check=check)
    return build_report(run, items)


def test_checked_are_the_objects_with_an_answer() -> None:
    states = ["created", "changed", "removed", "in_sync", "failed", "unreachable", "ignored", "unchecked"]
    totals = report(*[item(state, state) for state in states]).totals
    assert (totals["objects"], totals["differ"], totals["in_sync"]) == (4, 3, 1)
    assert (totals["failed"], totals["unreachable"], totals["ignored"], totals["unchecked"]) == (1, 1, 1, 1)


def test_the_order_does_not_depend_on_the_order_of_results() -> None:
    items = [
        item(f"{name}-{number}", site=site, tenant=tenant)
        for name in ("a", "B")
        for number in (10, 9)
        for site in ("C00", "A03")
        for tenant in ("Tyrell", None)
    ]
    shuffled = [*items]
    random.Random(7).shuffle(shuffled)
    names = [(entry.site, entry.tenant, entry.name) for entry in report(*items).items]
    assert names == [(entry.site, entry.tenant, entry.name) for entry in report(*shuffled).items]
    assert names[:5] == [
        ("A03", None, "a-9"),
        ("A03", None, "a-10"),
        ("A03", None, "B-9"),
        ("A03", None, "B-10"),
        ("A03", "Tyrell", "a-9"),
    ]


def test_two_tasks_that_mean_one_object_are_one_and_the_worse_state_counts() -> None:
    merged = report(
        item("gold", named=True),
        item("gold", "changed", named=True, task="second", fields=[{"name": "a", "before": 1, "after": 2}]),
        item("gold", named=True, site="C00"),
    )
    assert [(entry.site, entry.state, entry.task) for entry in merged.items] == [
        ("A03-Auckland", "changed", "second"),
        ("C00", "in_sync", "t"),
    ]
    assert merged.totals["objects"] == 2


def test_tasks_of_other_modules_that_look_alike_stay_apart() -> None:
    assert report(item("copy"), item("copy")).totals["objects"] == 2


def test_a_host_without_a_named_site_joins_the_site_its_group_is_called_after() -> None:
    items = report(item("x"), item("motd", site=None, groups=("appliances", "a03_auckland"), host="vcam")).items
    assert {entry.site for entry in items} == {"A03-Auckland"}


def test_else_the_outermost_group_is_the_site_and_without_groups_the_host() -> None:
    sites = [entry.site for entry in report(item("a", site=None, groups=("c00", "x")), item("b", site=None)).items]
    assert sites == ["c00", "h"]


def test_the_page_of_a_real_run_is_about_changes() -> None:
    done = report(item("a", "changed", applied=True), check=False)
    assert (done.mode, done.heading) == ("run", "Changes")
    assert done.items[0].notes == []


def test_a_run_whose_tasks_all_use_check_mode_is_a_prediction() -> None:
    assert report(item("a", "changed"), check=False).mode == "check"


def test_what_a_check_run_really_changed_is_said() -> None:
    assert "does not use check mode" in report(item("a", "changed", applied=True)).items[0].notes[0]


@pytest.mark.parametrize(
    ("items", "check", "line"),
    [
        (
            [
                item("a", "changed"),
                item("b", "created"),
                item("c", "removed", site="C00-Christchurch"),
                item("d", site="C00-Christchurch"),
            ],
            True,
            "Drift: 3 of 4 objects differ in 2 sites (A03-Auckland 2, C00-Christchurch 1) - page: /p",
        ),
        ([item("a", "changed")], True, "Drift: 1 of 1 object differs in 1 site (A03-Auckland 1) - page: /p"),
        ([item("a"), item("b")], True, "Drift: none, 2 objects in 1 site are as described - page: /p"),
        ([], True, "Drift: no objects were checked - page: /p"),
        (
            [item("a", "changed", applied=True), item("b", "failed"), item("c", "unreachable"), item("d", "ignored")],
            False,
            "Changes: 1 of 1 object was changed in 1 site (A03-Auckland 1);"
            " 1 failed, 1 unreachable, 1 failed and ignored - page: /p",
        ),
        ([item("a", "failed")], True, "Drift: no objects were checked; 1 failed - page: /p"),
    ],
)
def test_the_line_on_the_terminal(items: list[Item], check: bool, line: str) -> None:
    assert summary_line(report(*items, check=check), "/p") == line


def test_many_sites_are_summed_up_and_the_worst_come_first() -> None:
    items = [item(str(number), "changed", site=f"S{site}") for site in range(9) for number in range(site + 1)]
    assert "in 9 sites (S8 9, S7 8, S6 7, S5 6, and 5 more)" in summary_line(report(*items), None)
