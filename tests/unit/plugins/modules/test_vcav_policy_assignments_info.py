"""The module in this process against the simulator: which organization has which policy, and who breaks it."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_policy_assignments import Assignments
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_policy_assignments_info import AssignmentsInfo


def test_every_organization_comes_once_sorted_by_name(estate: Any) -> None:
    estate.add_policy("Silver", "tenant-00001")
    result = estate.run(AssignmentsInfo)
    assert [row["org"] for row in result["vcav_policy_assignments"]] == sorted(estate.tenants)
    assert {row["org"]: row["policy"] for row in result["vcav_policy_assignments"]}["tenant-00001"] == "Silver"
    assert (result["changed"], result["violations"], estate.writes) == (False, [], [])


def test_the_list_can_be_assigned_as_it_is_and_changes_nothing(estate: Any) -> None:
    estate.add_policy("Silver", "tenant-00001")
    rows = estate.run(AssignmentsInfo)["vcav_policy_assignments"]
    assert estate.run(Assignments, assignments=rows)["changed"] is False


def test_one_policy_is_read_alone_and_the_default_policy_by_its_other_name(estate: Any) -> None:
    estate.add_policy("Silver", "tenant-00001")
    silver = estate.run(AssignmentsInfo, policy="Silver")["vcav_policy_assignments"]
    assert silver == [{"org": "tenant-00001", "policy": "Silver"}]
    default = estate.run(AssignmentsInfo, policy="default")["vcav_policy_assignments"]
    assert {row["policy"] for row in default} == {"Default Policy"} and len(default) == len(estate.tenants) - 1


def test_an_unknown_policy_is_an_error_that_names_the_nearest(estate: Any) -> None:
    estate.add_policy("Silver")
    result = estate.run(AssignmentsInfo, policy="Sliver")
    assert result["msg"] == "policy is 'Sliver': this site has no such policy; did you mean 'Silver'?"


class Status:
    """Stands for the service: one policy, two organizations, one of which breaks it."""

    site = "North"

    def get(self, path: str, **_query: Any) -> Any:
        if path == "policies":
            return [{"id": "p1", "displayName": "Silver", "orgs": 2}]
        return [
            {"org": "Wallace", "configuredReplications": 2, "quotaViolation": False, "nonRpoCompliant": []},
            {"org": "Tyrell", "configuredReplications": 12, "quotaViolation": True, "nonRpoCompliant": ["vm-1"]},
        ]


def test_who_breaks_the_policy_is_told_with_the_reasons() -> None:
    class Context:
        api, params = Status(), {"site": None, "policy": None}

    module = AssignmentsInfo()
    result = module.execute(Context())
    assert [row["org"] for row in result["vcav_policy_assignments"]] == ["Tyrell", "Wallace"]
    assert result["violations"] == [
        {
            "org": "Tyrell", "policy": "Silver", "configured_replications": 12, "quota_violation": True,
            "rpo_violations": ["vm-1"], "instance_violations": [],
        }
    ]  # fmt: skip
