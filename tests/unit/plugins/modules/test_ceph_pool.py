"""Pools on a recorded cluster: what is compared, in which order it is set, and what stays of a deletion that fails."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._ceph import pools
from ansible_collections.vcpp.vcloud.plugins.module_utils._command import CommandError
from ansible_collections.vcpp.vcloud.plugins.modules.ceph_pool import Pool
from tests.unit.plugins.modules.cephs import Ceph, ceph

__all__ = ["ceph"]
FORBIDDEN = (1, "Error EPERM: pool deletion is disabled; set the mon_allow_pool_delete config option to true")


def test_the_number_of_placement_groups_is_the_autoscalers_where_that_is_on(ceph: Ceph) -> None:
    same = ceph.run(Pool, name="kube", pg_num=64, size=3, applications=["rbd"])
    assert same["changed"] is False and "pg_num" not in same["ceph_pool"]
    assert len(ceph.asked) == 2 and ceph.written == []


def test_mode_and_number_change_in_one_task_the_mode_first(ceph: Ceph) -> None:
    changed = ceph.run(Pool, name="kube", pg_num=64, pg_autoscale_mode="off")
    assert changed["diff"][0]["after"] == {"pg_autoscale_mode": "off", "pg_num": 64}
    pools.change(ceph.cluster, "kube", {"pg_num": 64, "pg_autoscale_mode": "off"}, [])
    assert ceph.written == ["ceph osd pool set kube pg_autoscale_mode off", "ceph osd pool set kube pg_num 64"]


def test_the_number_that_a_pool_is_on_the_way_to_is_compared(ceph: Ceph) -> None:
    ceph.pool("archive").update(pg_num=16, pg_num_target=32)
    assert ceph.run(Pool, name="archive", pg_num=32)["changed"] is False


def test_what_is_written_otherwise_and_means_the_same_is_no_change(ceph: Ceph) -> None:
    assert ceph.run(Pool, name="archive", quota_size="5120Mi", bulk=True)["changed"] is False
    assert ceph.run(Pool, name="archive", quota_size="0")["diff"][0]["after"] == {"quota_size": "0B"}


def test_a_changed_size_leaves_the_least_number_alone_as_far_as_it_can(ceph: Ceph) -> None:
    assert ceph.run(Pool, name="kube", size=5)["ceph_pool"]["min_size"] == 2
    ceph.pool("kube").update(min_size=3)
    assert ceph.run(Pool, name="kube", size=2)["diff"][0]["after"] == {"min_size": 2, "size": 2}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "archive", "pg_num": 30}, "Give 16 or 32, or leave it to the autoscaler"),
        ({"name": "new", "size": 2, "min_size": 3}, "min_size is 3, more than size"),
        ({"name": "kube", "min_size": 4}, "min_size is 4, more than the 3 copies"),
        ({"name": "new", "size": 1}, "size is 1: with a single copy"),
        ({"name": "kube", "size": 1}, "Give 2 or more"),
        ({"name": "new", "applications": ["rdb"]}, "applications has 'rdb'; did you mean 'rbd'?"),
        ({"name": "new", "quota_size": "10"}, "give a number with a unit"),
        ({"name": "new", "crush_rule": "replicatedrule"}, "did you mean 'replicated_rule'"),
        ({"name": "kube", "state": "absent"}, "allow_delete is false"),
        ({"name": "kube", "state": "absent", "allow_delete": True}, "holds a, b. Nothing was deleted"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(ceph: Ceph, options: dict[str, object], said: str) -> None:
    refused = ceph.run(Pool, check=False, **options)
    assert refused["failed"] and said in refused["msg"]
    assert ceph.written == []


def test_an_application_may_be_ones_own_and_a_single_copy_that_is_there_may_stay(ceph: Ceph) -> None:
    for name in ("backup", "rbd2", "rgw-logs"):
        assert ceph.run(Pool, name="new", applications=[name])["changed"] is True
    ceph.pool("kube").update(size=1, min_size=1)
    assert ceph.run(Pool, name="kube", size=1)["changed"] is False


def test_a_number_that_is_odd_already_may_stay(ceph: Ceph) -> None:
    ceph.pool("archive").update(pg_num=30, pg_num_target=30)
    assert ceph.run(Pool, name="archive", pg_num=30)["changed"] is False


def test_a_new_pool_is_made_with_what_cannot_wait_and_then_given_the_rest(ceph: Ceph) -> None:
    values = {"name": "new", "pg_num": 8, "pg_autoscale_mode": "off", "size": 2, "applications": ["rbd", "backup"]}
    pools.create(ceph.cluster, values)
    assert ceph.written == [
        "ceph osd pool create new 8 8 --autoscale-mode off",
        "ceph osd pool set new size 2",
        "ceph osd pool application enable new backup --yes-i-really-mean-it",
        "rbd pool init new",
    ]


@pytest.mark.parametrize("before", [None, "false"])
def test_the_monitors_forbid_deletions_again_also_when_one_fails(ceph: Ceph, before: str | None) -> None:
    if before:
        ceph.answers["ceph config dump"].append({"section": "mon", "name": pools.SWITCH, "value": before})
    ceph.failures["ceph osd pool rm"] = [FORBIDDEN, (16, "Error EBUSY: pool 'kube' is in use by CephFS")]
    with pytest.raises(CommandError, match="EBUSY"):
        pools.delete(ceph.cluster, "kube")
    assert ceph.written[1] == f"ceph config set mon {pools.SWITCH} true"
    back = f"ceph config set mon {pools.SWITCH} {before}" if before else f"ceph config rm mon {pools.SWITCH}"
    assert ceph.written[-1] == back


def test_where_deletions_are_allowed_nobody_is_told_anything(ceph: Ceph) -> None:
    pools.delete(ceph.cluster, "kube")
    assert ceph.written == ["ceph osd pool rm kube kube --yes-i-really-really-mean-it"]


def test_a_moment_passes_until_every_monitor_knows(ceph: Ceph) -> None:
    ceph.failures["ceph osd pool rm"] = [FORBIDDEN, FORBIDDEN]
    pools.delete(ceph.cluster, "kube")
    assert [command.split()[1] for command in ceph.written] == ["osd", "config", "osd", "osd", "config"]


def test_objects_of_other_applications_are_data_and_those_of_ceph_itself_are_not(ceph: Ceph) -> None:
    pool = {"name": "archive", "applications": ["backup"]}
    ceph.answers["ceph df"]["pools"] = [{"name": "archive", "stats": {"objects": 700}}]
    assert pools.contents(ceph.cluster, pool) == ["700 objects of backup"]
    ceph.answers["ceph df"]["pools"] = [{"name": "archive", "stats": {"objects": 1}}]
    assert pools.contents(ceph.cluster, pool) == []
    ceph.answers["rbd trash ls kube"] = [{"id": "1", "name": "old"}]
    assert pools.contents(ceph.cluster, {"name": "kube", "applications": ["rbd"]}) == ["a", "b", "old (in the trash)"]
