"""The module in this process against simulated CSEs: templates in one form, and what a cluster can be upgraded to."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.cse_template_info import Templates
from tests.unit.plugins.modules import cses

cse = cses.fixture("1.2", "2.0", "2.6", "3.0", "3.1")
upgrading = cses.fixture("2.6", "3.0", "3.1")
first = cses.fixture("1.2")
polled = cses.fixture("4.2")


def rows(bench: Any, **options: Any) -> list[dict[str, Any]]:
    result = bench.run(Templates, **{**bench.tenant, **options})
    assert result["changed"] is False, result
    return list(result["cse_template"])


def test_templates_have_one_form_in_every_release(cse: Any) -> None:
    found = rows(cse)
    assert {(one["name"], one["revision"]) for one in found} == {
        (one.name, None if cse.release < "2.1" else one.revision) for one in cse.server.templates
    }
    keys = set(found[0])
    assert all(set(one) == keys for one in found)
    assert [one["name"] for one in found if one["default"]] == [
        one.name for one in cse.server.templates if one.is_default
    ]
    assert len(cse.requests) <= 3


def test_they_are_chosen(cse: Any) -> None:
    name = cse.server.templates[0].name
    found = rows(cse, name=name)
    assert {one["name"] for one in found} == {name}
    assert [one["revision"] for one in found] == sorted((one["revision"] for one in found), key=lambda it: -(it or 0))
    if cse.release == "3.1":
        assert {one["container_runtime"] for one in rows(cse, kind="TKGm")} == {"containerd 1.4.6"}
        assert {one["kind"] for one in rows(cse, kind="native")} == {"native"}
        assert [one["revision"] for one in rows(cse, name="ubuntu-16.04_k8-1.21_weave-2.8.1", revision=2)] == [2]


def test_what_a_cluster_can_be_upgraded_to(upgrading: Any) -> None:
    upgrading.cluster()
    found = rows(upgrading, cluster="k8s1")
    assert found and all(one["cpu"] == 2 and one["memory_mb"] == 2048 for one in found)
    assert all(one["upgrade_from"] for one in found) and len(found) < len(rows(upgrading))
    failed = upgrading.run(Templates, **upgrading.tenant, cluster="k8s2")
    assert failed["msg"].startswith("there is no cluster 'k8s2'") and "did you mean 'k8s1'?" in failed["msg"]


def test_the_first_releases_upgrade_nothing(first: Any) -> None:
    failed = first.run(Templates, **first.tenant, cluster="k8s1")
    assert failed["msg"] == "cluster is 'k8s1', but CSE 1.2.7 has no upgrades. Leave cluster out"


def test_4_has_no_list(polled: Any) -> None:
    failed = polled.run(Templates, **polled.tenant)
    assert "CSE 4.2 has no list of templates" in failed["msg"] and "vcpp.vcloud.vcd_query" in failed["msg"]
    failed = polled.run(Templates, **polled.tenant, cluster="k8s1")
    assert "upgrades by the name of an OVA" in failed["msg"]
    assert "give a name, or leave it out" in polled.run(Templates, name=" ")["msg"]
