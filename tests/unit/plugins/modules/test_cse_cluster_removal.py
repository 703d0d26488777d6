"""Clusters that are removed: by force where their creation never ended, and what each release says of that option."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.cse_cluster import Cluster
from tests.unit.plugins.modules import cses
from tests.unit.plugins.modules.test_cse_cluster import NAME, fail, options, prepare

named = cses.fixture("1.2", "2.6")
older = cses.fixture("3.0", "3.1")
native = cses.fixture("3.1")
polled = cses.fixture("4.2")


def absent(cse: cses.Cse, check: bool = False, **more: Any) -> dict[str, Any]:
    """The cluster is to be gone."""
    return cse.run(Cluster, check=check, **options(cse, state="absent", **more))


def vapps(cse: cses.Cse) -> list[str]:
    """The names of the vApps of the site that are clusters of the tests."""
    return [one.name for one in cse.site.workloads.vapps.values() if one.name == NAME]


def hang(cse: cses.Cse, step: str) -> None:
    """A creation that never ends, which nobody waits for any more."""
    prepare(cse)
    fail(cse, step, hang=True)
    late = cse.run(Cluster, **options(cse, wait_timeout=0))
    assert late["failed"] and "not" in late["msg"]
    cse.control.clear_journal()


def test_force_removes_what_never_ended(native: cses.Cse) -> None:
    hang(native, "init")
    assert vapps(native) == [NAME]
    waited = absent(native, wait_timeout=0)
    assert waited["failed"] and "state: absent with force: true" in waited["msg"], waited["msg"]
    assert native.writes == []
    predicted = absent(native, True, force=True)
    assert predicted["changed"] and native.writes == []
    gone = absent(native, force=True)
    assert not gone.get("failed"), gone["msg"]
    assert gone["changed"] and gone["diff"] == predicted["diff"] and gone["cse_cluster"] == {} and gone["nodes"] == []
    (write,) = native.writes
    assert write.startswith("POST ") and write.endswith("/action/force-delete")
    assert vapps(native) == []
    assert not absent(native, force=True)["changed"]
    made = native.run(Cluster, **options(native))
    assert not made.get("failed"), made["msg"]


def test_force_removes_a_sound_cluster_too(native: cses.Cse) -> None:
    prepare(native)
    assert native.run(Cluster, **options(native))["changed"]
    assert absent(native, force=True)["changed"] and vapps(native) == []


def test_what_is_not_resolved_is_removed_by_force_alone(native: cses.Cse) -> None:
    prepare(native)
    assert native.run(Cluster, **options(native))["changed"]
    native.control.clear_journal()
    for entity in native.server.vcd.entities.living.values():
        entity.state = "RESOLUTION_ERROR"
    for check in (True, False):
        refused = absent(native, check)
        assert refused.get("failed"), refused
        assert f"cluster {NAME} is RESOLUTION_ERROR" in refused["msg"] and "Give force: true" in refused["msg"]
    assert native.writes == []
    assert absent(native, force=True)["changed"] and vapps(native) == []


def test_a_release_that_cannot_force_says_so(older: cses.Cse) -> None:
    prepare(older)
    spoken = {"vcd_api_version": "35.0"} if older.release == "3.1" else {}
    assert older.run(Cluster, **options(older, **spoken))["changed"]
    older.control.clear_journal()
    for check in (True, False):
        refused = absent(older, check, force=True, **spoken)
        assert refused.get("failed"), refused
        assert f"force is true, but CSE {older.release}" in refused["msg"], refused["msg"]
        assert "3.1.2" in refused["msg"] and "Leave it out" in refused["msg"]
    assert older.writes == []
    assert absent(older, **spoken)["changed"] and vapps(older) == []


def test_the_oldest_need_no_force(named: cses.Cse) -> None:
    prepare(named)
    fail(named, "init")
    assert named.run(Cluster, **options(named, rollback=False))["failed"]
    assert vapps(named) == [NAME]
    gone = absent(named, force=True)
    assert not gone.get("failed"), gone["msg"]
    assert gone["changed"] and vapps(named) == []


@pytest.mark.parametrize("force", [True, False])
def test_4_always_forces(polled: cses.Cse, force: bool) -> None:
    hang(polled, "control_plane")
    predicted = absent(polled, True, force=force)
    assert predicted["changed"] and polled.writes == []
    gone = absent(polled, force=force)
    assert not gone.get("failed"), gone["msg"]
    assert gone["changed"] and gone["diff"] == predicted["diff"] and vapps(polled) == []
    assert [write.partition(" ")[0] for write in polled.writes] == ["PUT"]
    assert not absent(polled, force=force)["changed"]
