"""The module in this process against the simulator: the policies of a site and how much they are used."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import policies
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_policy import Policy
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_policy_info import Policies


def test_policies_come_sorted_with_their_usage_in_the_same_order(estate: Any) -> None:
    estate.add_policy("Silver", "Tyrell")
    estate.add_policy("Bronze")
    result = estate.run(Policies)
    assert [row["name"] for row in result["vcav_policy"]] == ["Bronze", "Default Policy", "Silver"]
    assert result["usage"] == [
        {"name": "Bronze", "organizations": 0, "default": False},
        {"name": "Default Policy", "organizations": len(estate.tenants) - 1, "default": True},
        {"name": "Silver", "organizations": 1, "default": False},
    ]


def test_every_readable_field_of_the_release_is_there_and_no_other(estate: Any) -> None:
    (row,) = estate.run(Policies)["vcav_policy"]
    version = tuple(map(int, estate.release.split(".")))
    assert set(row) == {name for name, field in policies.available(version).items() if field.readable}


def test_one_policy_is_found_by_its_name_and_the_default_policy_by_its_other_name(estate: Any) -> None:
    estate.add_policy("Silver")
    assert [row["name"] for row in estate.run(Policies, name="Silver")["vcav_policy"]] == ["Silver"]
    assert [row["name"] for row in estate.run(Policies, name="default")["vcav_policy"]] == ["Default Policy"]
    result = estate.run(Policies, name="silver")
    assert (result["vcav_policy"], result["usage"]) == ([], [])


def test_what_is_read_can_be_given_to_the_module_and_changes_nothing(estate: Any) -> None:
    estate.add_policy("Silver")
    for row in estate.run(Policies)["vcav_policy"]:
        result = estate.run(Policy, **{**row, "max_incoming": str(row["max_incoming"])})
        assert (result["changed"], result["vcav_policy"]) == (False, row)
    assert estate.writes == []
