# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the drift callback makes of a run's events, with results as ansible-core 2.17 and as 2.19 pass them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.callback.drift import CallbackModule


class OldResult:
    """A result up to ansible-core 2.18."""

    def __init__(self, host: Any, task: Any, values: dict) -> None:
        self._host, self._task, self._result = host, task, values
        self._task_fields = {"check_mode": True, "diff": True}
        self.task_name = task.name


class NewResult:
    """A result of ansible-core 2.19 and newer. The old names are going away, so using them fails here."""

    def __init__(self, host: Any, task: Any, values: dict) -> None:
        self._new = (host, task, values)

    host = property(lambda self: self._new[0])
    task = property(lambda self: self._new[1])
    result = property(lambda self: self._new[2])
    task_name = property(lambda self: self._new[1].name)


class Host:
    def __init__(self, name: str, *groups: str) -> None:
        self.name = name
        self.vars: dict[str, str] = {}
        self.groups = [SimpleNamespace(name="all", depth=0, vars={})]
        self.groups += [SimpleNamespace(name=group, depth=depth, vars={}) for depth, group in enumerate(groups, 1)]

    def get_name(self) -> str:
        return self.name

    def get_groups(self) -> list:
        return self.groups


class Playbook:
    """Feeds events to a callback and reads what it wrote."""

    def __init__(self, directory: Path, style: type, **options: Any) -> None:
        self.lines: list[str] = []
        self.warnings: list[str] = []
        self.directory, self.style = directory, style
        self.callback = CallbackModule()
        self.callback._display = SimpleNamespace(
            display=lambda text, **_: self.lines.append(text), warning=lambda text, **_: self.warnings.append(text)
        )
        settings = {"directory": str(directory), "formats": ["html", "json", "junit"], "title": None, **options}
        self.callback.get_option = settings.__getitem__
        self.callback.v2_playbook_on_start(SimpleNamespace(_file_name="/somewhere/site.yml"))
        self.stats = SimpleNamespace(rescued={}, failures={}, dark={})

    def result(self, name: str, values: dict, host: Host | None = None, **task: Any) -> Any:
        keywords = {"name": name, "action": "copy", "resolved_action": "ansible.builtin.copy", "_uuid": name}
        keywords |= {"check_mode": True, "diff": True, "delegate_to": None, "_parent": None, **task}
        return self.style(host or Host("web1", "c00"), SimpleNamespace(**keywords), values)

    def end(self) -> dict:
        self.callback.v2_playbook_on_stats(self.stats)
        path = self.directory / "drift.json"
        return json.loads(path.read_text()) if path.exists() else {}


@pytest.fixture(params=[OldResult, NewResult], ids=["2.17", "2.19"])
def playbook(request: pytest.FixtureRequest, tmp_path: Path) -> Playbook:
    return Playbook(tmp_path / "out", request.param)


def states(data: dict) -> dict[str, str]:
    return {entry["name"]: entry["state"] for entry in data["objects"]}


def test_tasks_become_objects_and_the_totals_are_shown(playbook: Playbook) -> None:
    play = playbook.callback
    play.v2_runner_on_ok(playbook.result("same", {"changed": False}))
    play.v2_runner_on_ok(playbook.result("other", {"changed": True, "diff": {"before": "a\n", "after": "b\n"}}))
    data = playbook.end()
    assert states(data) == {"same": "in_sync", "other": "changed"}
    assert data["playbook"] == "site.yml"
    assert playbook.lines == [
        f"Drift: 1 of 2 objects differs in 1 site (c00 1) - page: {playbook.directory}/drift.html"
    ]
    assert playbook.warnings == []


def test_the_inventory_names_the_site_of_what_is_in_order(playbook: Playbook) -> None:
    host = Host("web1", "vcav_cloud", "a03_auckland")
    host.groups[-1].vars["vcav_site"] = "A03-Auckland"
    playbook.callback.v2_runner_on_ok(playbook.result("t", {"changed": False}, host))
    assert [site["name"] for site in playbook.end()["sites"]] == ["A03-Auckland"]


def test_the_items_of_a_loop_are_objects_and_its_end_is_none(playbook: Playbook) -> None:
    play = playbook.callback
    for name, changed in (("a", True), ("b", False)):
        play.v2_runner_item_on_ok(playbook.result("loop", {"changed": changed, "item": name, "diff": []}, loop="x"))
    play.v2_runner_on_ok(playbook.result("loop", {"changed": True, "results": [{"changed": True}]}, loop="x"))
    assert states(playbook.end()) == {"a": "changed", "b": "in_sync"}


def test_loops_of_two_hosts_may_interleave_as_in_the_free_strategy(playbook: Playbook) -> None:
    play, one, two = playbook.callback, Host("web1", "a03"), Host("web2", "c00")
    for host in (one, two, one, two):
        play.v2_runner_item_on_failed(playbook.result("loop", {"msg": "no"}, host, loop="x"))
    play.v2_runner_on_failed(playbook.result("loop", {"results": []}, two, loop="x"), ignore_errors=True)
    play.v2_runner_on_failed(playbook.result("loop", {"results": []}, one, loop="x"))
    found = [(entry["host"], entry["state"]) for entry in playbook.end()["objects"]]
    assert found == [("web1", "failed")] * 2 + [("web2", "ignored")] * 2


def test_a_loop_that_fails_before_its_first_item_is_a_failure(playbook: Playbook) -> None:
    playbook.callback.v2_runner_on_failed(playbook.result("loop", {"msg": "undefined"}, loop="x"))
    assert states(playbook.end()) == {"loop": "failed"}


def test_an_ignored_failure_is_noted_and_not_counted(playbook: Playbook) -> None:
    playbook.callback.v2_runner_on_failed(playbook.result("t", {"msg": "no"}), ignore_errors=True)
    data = playbook.end()
    assert (data["totals"]["failed"], data["totals"]["ignored"]) == (0, 1)
    assert data["objects"][0]["notes"] == ["The failure is ignored by the playbook."]


def test_a_rescued_failure_is_told_from_a_final_one_on_the_same_host(playbook: Playbook) -> None:
    handler = SimpleNamespace(_uuid="handler")
    block = SimpleNamespace(rescue=[handler], always=[], _uuid="block", _parent=None)
    inner = SimpleNamespace(rescue=[], always=[], _uuid="inner", _parent=block)
    play = playbook.callback
    play.v2_runner_on_failed(playbook.result("rescued", {"msg": "no"}, _parent=inner))
    play.v2_runner_on_failed(playbook.result("final", {"msg": "no"}, _uuid="handler", _parent=block))
    playbook.stats.rescued, playbook.stats.failures = {"web1": 1}, {"web1": 1}
    assert states(playbook.end()) == {"rescued": "ignored", "final": "failed"}


def test_an_unreachable_host_counts_unless_the_playbook_ignores_it(playbook: Playbook) -> None:
    for name in ("web1", "web2"):
        playbook.callback.v2_runner_on_unreachable(playbook.result("t", {"msg": "timed out"}, Host(name)))
    playbook.stats.dark = {"web1": 1}
    assert states(playbook.end()) == {"web1": "unreachable", "web2": "ignored"}


def test_hidden_results_stay_hidden(playbook: Playbook) -> None:
    values = {"censored": "hidden", "changed": True, "item": "hunter2", "_ansible_item_label": "hunter2"}
    playbook.callback.v2_runner_item_on_ok(playbook.result("t", values, loop="x"))
    playbook.callback.v2_runner_on_ok(playbook.result("t", {"changed": True}, loop="x"))
    playbook.end()
    assert not any("hunter2" in path.read_text() for path in playbook.directory.iterdir())


def test_a_real_run_is_about_changes(playbook: Playbook) -> None:
    playbook.callback.v2_runner_on_ok(playbook.result("t", {"changed": True}, check_mode=False))
    assert playbook.end()["mode"] == "run"
    assert playbook.lines[0].startswith("Changes: 1 of 1 object was changed in 1 site (c00 1)")


def test_nothing_is_written_half_and_the_totals_are_shown(playbook: Playbook, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where the directory should be")
    playbook.callback.v2_runner_on_ok(playbook.result("t", {"changed": True}))
    playbook.callback.v2_playbook_on_stats(playbook.stats)
    assert playbook.lines == ["Drift: 1 of 1 object differs in 1 site (c00 1)"]
    assert playbook.warnings == [
        f"drift.html, drift.json, drift.xml could not be written: no directory {tmp_path}/out (File exists)."
        " The totals are in the line that begins with 'Drift:'."
    ]


@pytest.mark.parametrize("style", [OldResult, NewResult])
def test_only_the_wanted_formats_are_written(tmp_path: Path, style: type) -> None:
    playbook = Playbook(tmp_path, style, formats=["junit"])
    playbook.callback.v2_runner_on_ok(playbook.result("t", {"changed": False}))
    playbook.end()
    assert [path.name for path in tmp_path.iterdir()] == ["drift.xml"]
    assert playbook.lines == [
        "Drift: none, 1 object in 1 site is as described",
        f"Drift files: {tmp_path}/drift.xml",
    ]
