"""Two tasks that make one cluster at the same time: one makes it, the other one joins, and nothing is left over."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._cse import lookup, named_clusters, native_clusters
from ansible_collections.vcpp.vcloud.plugins.modules.cse_cluster import Cluster
from tests.unit.plugins.modules import cses
from tests.unit.plugins.modules.test_cse_cluster import NAME, options, prepare

growing = cses.fixture("3.0", "3.1")
cse = cses.fixture("1.2", "2.0", "2.6", "3.0", "3.1", "4.2")


@pytest.fixture(name="late")
def _late(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is done after a task has looked for the cluster, and has found none, and before it makes one."""
    scenes: list[Any] = []
    original = lookup.find

    def find(*args: Any, **more: Any) -> Any:
        found = original(*args, **more)
        if found is None and scenes:
            scenes.pop(0)()
        return found

    def running(way: Any) -> Any:
        found = asked(way)
        if found is None and scenes:
            scenes.pop(0)()
        return found

    # Up to 2.6 a task looks for what others do, too.
    asked = named_clusters.NamedWay.running
    if request.getfixturevalue("cse").release < "3.0":
        monkeypatch.setattr(named_clusters.NamedWay, "running", running)
    else:
        monkeypatch.setattr(lookup, "find", find)
    return scenes


@pytest.mark.parametrize("rollback", [True, False])
def test_who_is_second_joins(cse: cses.Cse, late: list[Any], warnings: list[str], rollback: bool) -> None:
    prepare(cse)
    cse.control.task_seconds(0.05)
    more = {} if cse.release == "4.2" else {"rollback": rollback}
    wish = options(cse, **more)
    first: list[Any] = []
    late.append(lambda: first.append(cse.run(Cluster, **{**wish, "wait_timeout": 0})))
    second = cse.run(Cluster, **wish)
    assert first[0].get("failed") and "not" in first[0]["msg"], "it has begun, and waits no longer"
    assert not second.get("failed"), second["msg"]
    assert any("was first" in text for text in warnings), warnings
    cse.control.task_seconds(0)
    cse.control.clear_journal()
    again = cse.run(Cluster, **wish)
    assert not again.get("failed"), again["msg"]
    assert again["changed"] is False and cse.writes == []
    assert [one.name for one in cse.site.workloads.vapps.values() if one.name == NAME] == [NAME]
    assert again["nodes"] == [{**node, "new": False} for node in second["nodes"]]


@pytest.mark.parametrize("theirs", [3, 4])
def test_who_grows_it_second_waits(
    growing: cses.Cse, monkeypatch: pytest.MonkeyPatch, warnings: list[str], theirs: int
) -> None:
    prepare(growing)
    assert not growing.run(Cluster, **options(growing)).get("failed")
    growing.control.task_seconds(0.05)
    scenes = [lambda: growing.run(Cluster, **options(growing, workers=theirs, wait_timeout=0))]
    original = native_clusters.NativeWay._update

    def update(*args: Any) -> None:
        if scenes:
            scenes.pop()()
        original(*args)

    monkeypatch.setattr(native_clusters.NativeWay, "_update", update)
    growing.control.clear_journal()
    second = growing.run(Cluster, **options(growing, workers=3))
    growing.control.task_seconds(0)
    assert not second.get("failed"), second["msg"]
    assert second["cse_cluster"]["workers"] == 3
    assert len([node for node in second["nodes"] if node["role"] == "worker"]) == 3
    assert any("at the same time" in text for text in warnings)
    assert not growing.run(Cluster, **options(growing, workers=3))["changed"]
