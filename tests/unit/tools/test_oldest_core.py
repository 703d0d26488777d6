# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-test leaves out is only what is shown elsewhere, and nothing that is asked for by name."""

from __future__ import annotations

from tests.tools.ansible_test import (
    OLDEST_CORE,
    REPRESENTATIVES,
    ROOT,
    brief,
    one_release,
    read_by_siblings,
    shown_by_others,
)

TARGETS = ROOT / "tests" / "integration" / "targets"


def test_only_targets_whose_sibling_reads_with_them_are_left_out() -> None:
    left_out = read_by_siblings(TARGETS)
    assert "vcav_policy_info" in left_out
    # These have no sibling that could read with them.
    assert not {"vcav_site_info", "vcav_org_info", "vcav_task_info", "vcd_task_info"} & set(left_out)
    assert brief("integration", "2.21", [], TARGETS)[:2] == ["--exclude", left_out[0]]


def test_sanity_of_the_oldest_core_looks_at_what_is_shipped_and_all_look_at_what_is_named() -> None:
    assert brief("sanity", OLDEST_CORE, [], TARGETS) == ["--exclude", "tests/", "--skip-test", "pylint"]
    assert brief("sanity", "2.21", [], TARGETS) == []
    assert brief("sanity", OLDEST_CORE, ["--test", "pep8"], TARGETS) == []
    assert brief("integration", OLDEST_CORE, ["vcav_policy_info"], TARGETS) == []


def test_the_oldest_core_proves_the_newest_release_alone_unless_a_target_is_named() -> None:
    assert one_release(OLDEST_CORE, [])
    assert not one_release("2.21", [])
    assert not one_release(OLDEST_CORE, ["vcav_policy"])


def test_where_some_do_each_product_has_one_and_what_has_tasks_of_its_own_is_there() -> None:
    left_out = set(shown_by_others(TARGETS))
    targets = {path.parents[1].name for path in TARGETS.glob("*/tasks/main.yml")}
    kept = {name for name in targets - left_out if not name.startswith("setup_")}
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}
    assert {name.partition("_")[0] for name in modules} <= {name.partition("_")[0] for name in kept}
    assert set(REPRESENTATIVES) | {"vcav_session", "inventory_vcloud", "lookup_vro_object"} <= kept
    assert {"vcav_license", "vcav_policy_info", "cse_node"} <= left_out
    assert brief("integration", OLDEST_CORE, [], TARGETS, some=True)[:2] == ["--exclude", min(left_out)]
