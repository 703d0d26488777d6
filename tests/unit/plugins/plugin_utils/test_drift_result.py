# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of tasks, read as objects: modules of this collection, any other, plural ones, failures, hidden ones."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_model import Item
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._drift_result import Source, items_of


def source(module: str = "ansible.builtin.copy", **more: Any) -> Source:
    values = {"host": "web1", "task": "The task", "module": module, "check": True, "groups": ("c00",), **more}
    return Source(**values)


def entry(name: str, before: dict, after: dict, **more: Any) -> dict:
    known = {"kind": "vcav_policy", "name": name, "site": "A03-Auckland", "endpoint": "https://a", **more}
    return {"before": before, "after": after, "object": known}


def one(items: list[Item]) -> Item:
    assert len(items) == 1
    return items[0]


@pytest.mark.parametrize(
    ("before", "after", "state"),
    [({}, {"a": 1}, "created"), ({"a": 1}, {}, "removed"), ({"a": 1}, {"a": 2}, "changed"), ({}, {}, "in_sync")],
)
def test_the_sides_of_a_named_object_say_what_would_become_of_it(before: dict, after: dict, state: str) -> None:
    item = one(items_of(source(), {"changed": state != "in_sync", "diff": [entry("gold", before, after)]}, "ok"))
    assert (item.state, item.kind, item.name, item.site) == (state, "vcav_policy", "gold", "A03-Auckland")


def test_another_modules_object_is_its_task_and_its_kind_the_module() -> None:
    item = one(items_of(source(), {"changed": False}, "ok"))
    assert (item.name, item.kind, item.site, item.state) == ("The task", "copy", None, "in_sync")


def test_the_entries_of_one_file_become_one_object_with_text_and_fields() -> None:
    diff = [
        {"before": "a\n", "after": "b\n", "before_header": "/etc/x"},
        {"before": {"path": "/etc/x", "mode": "0644"}, "after": {"path": "/etc/x", "mode": "0600"}},
    ]
    item = one(items_of(source(), {"changed": True, "diff": diff}, "ok"))
    assert item.state == "changed"
    assert item.fields == [{"name": "mode", "before": "0644", "after": "0600"}]
    assert item.texts[0]["name"] == "/etc/x"


def test_a_file_that_would_appear_is_created() -> None:
    diff = {"before": {"path": "/x", "state": "absent"}, "after": {"path": "/x", "state": "directory"}}
    assert one(items_of(source(), {"changed": True, "diff": diff}, "ok")).state == "created"


def test_a_binary_file_says_why_nothing_is_shown() -> None:
    item = one(items_of(source(), {"changed": True, "diff": [{"src_binary": 1}]}, "ok"))
    assert item.notes == ["The wanted file is binary."]


@pytest.mark.parametrize(("diff", "word"), [(True, "without saying"), (False, "--diff")])
def test_a_change_without_a_diff_says_why(diff: bool, word: str) -> None:
    assert word in one(items_of(source(diff=diff), {"changed": True}, "ok")).notes[0]


def test_the_item_of_a_loop_names_the_object_and_its_password_stays_out() -> None:
    label = {"name": "gold", "password": "hunter2"}
    assert one(items_of(source(label=label, position=1), {"changed": True}, "ok")).name == "gold"
    label = {"colour": "red", "password": "hunter2"}
    assert "hunter2" not in one(items_of(source(label=label, position=1), {"changed": True}, "ok")).name


@pytest.mark.parametrize("key", ["outcomes", "results"])
def test_every_row_of_a_plural_module_is_an_object(key: str) -> None:
    result = {
        "changed": True,
        "msg": "1 of 2 changes failed",
        "diff": [entry("Tyrell", {"policy": "a"}, {"policy": "b"}, tenant="Tyrell")],
        key: [
            {"org": "Tyrell", "policy": "b", "changed": True},
            {"org": "Acme", "policy": "b", "changed": False},
            {"org": "Weyland", "policy": "b", "changed": False, "error": {"status": 403, "message": "no right"}},
        ],
    }
    items = items_of(source("vcpp.vcloud.vcav_policy_assignments"), result, "failed")
    assert [(item.name, item.tenant, item.state, item.site, item.kind) for item in items] == [
        ("Tyrell", "Tyrell", "changed", "A03-Auckland", "vcav_policy"),
        ("Acme", "Acme", "in_sync", "A03-Auckland", "vcav_policy"),
        ("Weyland", "Weyland", "failed", "A03-Auckland", "vcav_policy"),
    ]
    assert items[2].error == {"status": 403, "message": "no right"}


@pytest.mark.parametrize(
    "rows",
    [
        [{"org": "Acme", "policy": "b"}, {"org": "Tyrell", "policy": "b"}],
        [{"policy": "b", "orgs": ["Acme", "Tyrell"]}],
    ],
)
def test_what_a_plural_module_manages_and_found_in_order_is_in_sync(rows: list) -> None:
    result = {
        "changed": True,
        "vcav_policy_assignments": rows,
        "outcomes": [{"org": "Tyrell", "policy": "b", "changed": True}],
        "diff": [entry("Tyrell", {"policy": "a"}, {"policy": "b"}, tenant="Tyrell")],
    }
    plural = source("vcpp.vcloud.vcav_policy_assignments")
    items = items_of(plural, result, "ok")
    assert [(item.name, item.tenant, item.state) for item in items] == [
        ("Tyrell", "Tyrell", "changed"),
        ("Acme", "Acme", "in_sync"),
    ]
    quiet = {**result, "changed": False, "outcomes": [], "diff": []}
    assert [(item.name, item.state) for item in items_of(plural, quiet, "ok")] == [
        ("Acme", "in_sync"),
        ("Tyrell", "in_sync"),
    ]


def test_a_row_that_failed_takes_the_plan_of_its_entry_along() -> None:
    result = {
        "diff": [entry("gold", {}, {"a": 1}, tenant="Acme"), entry("gold", {}, {"a": 2}, tenant="Tyrell")],
        "results": [
            {"policy": "gold", "org": "Tyrell", "changed": False, "error": "refused"},
            {"policy": "gold", "org": "Acme", "changed": True},
        ],
    }
    items = items_of(source(), result, "failed")
    assert [(item.tenant, item.state, item.message) for item in items] == [
        ("Acme", "created", None),
        ("Tyrell", "failed", "refused"),
    ]
    assert items[1].fields == [{"name": "a", "after": 2}]


def test_a_failure_that_no_row_explains_is_not_lost() -> None:
    result = {"msg": "connection lost", "outcomes": [{"org": "Acme", "changed": False}]}
    assert [item.state for item in items_of(source(), result, "failed")] == ["in_sync", "failed"]


def test_the_results_of_a_package_module_are_no_rows() -> None:
    assert one(items_of(source("apt"), {"changed": False, "results": ["nothing to do"]}, "ok")).state == "in_sync"


def test_an_unchanged_module_without_a_diff_is_known_by_its_noun() -> None:
    result = {"changed": False, "vcav_policy": {"name": "gold", "min_rpo": 5}}
    assert one(items_of(source("vcpp.vcloud.vcav_policy"), result, "ok")).name == "gold"


def test_a_plan_that_could_not_be_carried_out_is_one_failed_object() -> None:
    result = {
        "msg": "POST /policies: 409",
        "error": {"method": "POST", "path": "/policies", "status": 409, "code": "X", "message": "exists"},
        "diff": [entry("gold", {}, {"a": 1})],
    }
    item = one(items_of(source(), result, "failed"))
    assert (item.name, item.state, item.message) == ("gold", "failed", "POST /policies: 409")
    assert item.error is not None and item.error["status"] == 409


def test_hidden_results_are_counted_and_not_shown() -> None:
    censored = {"censored": "the output has been hidden", "changed": True}
    item = one(items_of(source(label="hunter2", position=2), censored, "ok"))
    assert (item.state, item.name) == ("changed", "The task (item 2, hidden)")


def test_arguments_of_modules_are_never_read() -> None:
    result = {"changed": True, "invocation": {"module_args": {"content": "hunter2"}}, "msg": "x"}
    assert "hunter2" not in repr(items_of(source(), result, "ok"))


@pytest.mark.parametrize("module", ["ansible.builtin.debug", "setup", "vcpp.vcloud.vcav_site_info", "x.y.z_facts"])
def test_tasks_that_read_or_steer_are_no_objects_but_their_failures_are(module: str) -> None:
    assert items_of(source(module), {"changed": True}, "ok") == []
    assert one(items_of(source(module), {"msg": "no"}, "failed")).state == "failed"


def test_what_check_mode_cannot_predict_is_said() -> None:
    skipped = {"skipped": True, "msg": "remote module (x) does not support check mode"}
    assert one(items_of(source(), skipped, "skipped")).state == "unchecked"
    assert items_of(source(), {"skipped": True, "skip_reason": "Conditional result was False"}, "skipped") == []


def test_an_unreachable_host_is_the_object() -> None:
    item = one(items_of(source(), {"msg": "timed out"}, "unreachable"))
    assert (item.kind, item.name, item.state, item.message) == ("host", "web1", "unreachable", "timed out")


def test_secrets_in_messages_are_masked() -> None:
    assert "hunter2" not in repr(items_of(source(), {"msg": "wrong password=hunter2"}, "failed"))


def test_changed_when_false_is_respected() -> None:
    result = {"changed": False, "diff": [entry("gold", {"a": 1}, {"a": 2})]}
    assert one(items_of(source(), result, "ok")).state == "in_sync"


def test_a_delegated_task_says_where_it_was_done() -> None:
    item = one(items_of(source(delegated_to="localhost"), {"changed": False}, "ok"))
    assert item.notes == ["Done on localhost for web1."]
