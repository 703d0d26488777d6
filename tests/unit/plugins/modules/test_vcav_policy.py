"""The module in this process against the simulator: a policy is made, changed, handed over and removed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_policy import Policy
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_policy_assignments_info import AssignmentsInfo
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_policy_info import Policies


def of(estate: Any, policy: str) -> list[str]:
    """The organizations of a policy."""
    return [row["org"] for row in estate.run(AssignmentsInfo, policy=policy)["vcav_policy_assignments"]]


def names(estate: Any) -> list[str]:
    return [row["name"] for row in estate.run(Policies)["vcav_policy"]]


def test_a_policy_is_created_once_with_the_documented_values(estate: Any) -> None:
    made = estate.run(Policy, name="Gold", min_rpo=240)
    assert made["changed"] is True
    documented = {"name": "Gold", "min_rpo": 240, "max_instances": 24, "max_incoming": 10}
    assert made["vcav_policy"].items() >= documented.items()
    assert made["diff"][0]["before"] == {}
    assert made["diff"][0]["object"]["name"] == "Gold"
    again = estate.run(Policy, name="Gold", min_rpo=240)
    assert again["changed"] is False and "diff" not in again
    assert estate.writes == ["POST /policies"]


def test_a_change_keeps_what_is_left_out(estate: Any) -> None:
    estate.run(Policy, name="Gold", min_rpo=240, max_instances=4)
    result = estate.run(Policy, name="Gold", max_incoming="-1")
    assert result["diff"][0]["after"] == {"max_incoming": "unlimited"}
    assert result["vcav_policy"].items() >= {"min_rpo": 240, "max_instances": 4, "max_incoming": "unlimited"}.items()


def test_check_mode_predicts_and_writes_nothing(estate: Any) -> None:
    assert estate.run(Policy, check=True, name="Gold")["vcav_policy"]["name"] == "Gold"
    assert estate.writes == []
    assert names(estate) == ["Default Policy"]


def test_the_old_switch_sets_both_new_ones_where_the_release_has_them(estate: Any) -> None:
    policy = estate.run(Policy, name="Gold", allow_incoming=False)["vcav_policy"]
    switches = {key: value for key, value in policy.items() if key.startswith("allow_incoming")}
    assert set(switches) == (
        {"allow_incoming"} if estate.release == "3.0" else {"allow_incoming_migrations", "allow_incoming_protections"}
    )
    assert not any(switches.values())


def test_the_default_policy_can_be_changed_by_its_other_name(estate: Any) -> None:
    result = estate.run(Policy, name="default", min_rpo=60)
    assert (result["vcav_policy"]["name"], result["vcav_policy"]["min_rpo"]) == ("Default Policy", 60)
    assert names(estate) == ["Default Policy"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"min_rpo": 4}, "min_rpo is 4: it must lie between 5 and 1440"),
        ({"max_incoming": "many"}, "max_incoming is 'many'"),
        ({"replace_with": "default"}, "replace_with is 'default': it goes with state absent only"),
    ],
)
def test_what_cannot_be_is_refused_before_a_request(estate: Any, options: dict[str, Any], words: str) -> None:
    assert words in estate.run(Policy, name="Gold", **options)["msg"]
    assert estate.control.count() == 0


def test_a_field_that_the_release_lacks_is_refused(estate: Any) -> None:
    result = estate.run(Policy, name="Gold", allow_outgoing_onprem_protections=True)
    if estate.release == "3.0":
        assert "exists from release 4.6 on and this site runs 3.0" in result["msg"]
        assert estate.writes == []
    else:
        assert result["vcav_policy"]["allow_outgoing_onprem_protections"] is True


def test_a_policy_without_organizations_is_removed_and_stays_away(estate: Any) -> None:
    estate.add_policy("Silver")
    removed = estate.run(Policy, name="Silver", state="absent")
    assert (removed["changed"], removed["vcav_policy"], removed["diff"][0]["after"]) == (True, {}, {})
    assert estate.run(Policy, name="Silver", state="absent")["changed"] is False
    assert len(estate.writes) == 1


@pytest.mark.parametrize("check", [False, True])
def test_a_policy_in_use_is_not_removed_without_an_heir(estate: Any, check: bool) -> None:
    estate.add_policy("Silver", "Tyrell", "tenant-00001")
    result = estate.run(Policy, check, name="Silver", state="absent")
    assert "is assigned to 2 organizations: set replace_with" in result["msg"]
    assert estate.writes == []


@pytest.mark.parametrize(("heir", "hint"), [("Silver", ""), ("Glod", "did you mean 'Gold'?")])
def test_an_heir_must_be_another_policy_of_the_site(estate: Any, heir: str, hint: str) -> None:
    estate.add_policy("Gold")
    estate.add_policy("Silver", "Tyrell")
    result = estate.run(Policy, name="Silver", state="absent", replace_with=heir)
    assert f"replace_with is '{heir}': there is no other policy of that name" in result["msg"]
    assert hint in result["msg"]
    assert estate.writes == []


@pytest.mark.parametrize("name", ["default", "Default Policy"])
def test_the_default_policy_is_never_removed(estate: Any, name: str) -> None:
    result = estate.run(Policy, name=name, state="absent", replace_with=None)
    assert "the default policy cannot be removed" in result["msg"]
    assert estate.writes == []


def test_the_heir_takes_every_organization_over_before_the_policy_goes(estate: Any) -> None:
    estate.add_policy("Gold")
    estate.add_policy("Silver", "Tyrell", "tenant-00001")
    result = estate.run(Policy, name="Silver", state="absent", replace_with="Gold")
    assert result["changed"] is True
    assert [each.split()[0] for each in estate.writes] == ["PATCH", "PATCH", "DELETE"]
    assert of(estate, "Gold") == ["Tyrell", "tenant-00001"]
    assert names(estate) == ["Default Policy", "Gold"]


def test_a_policy_stays_where_an_organization_could_not_be_moved_and_the_next_run_ends_it(estate: Any) -> None:
    estate.add_policy("Silver", "Tyrell", "tenant-00001")
    absent = {"name": "Silver", "state": "absent", "replace_with": "default"}
    estate.control.add_fault("refuse_role", method="PATCH", path="*Tyrell", times=1)
    result = estate.run(Policy, **absent)
    assert "1 of its 2 organizations were moved to 'Default Policy', 1 were not" in result["msg"]
    assert "First: Tyrell: " in result["msg"]
    assert of(estate, "Silver") == ["Tyrell"]
    assert estate.run(Policy, **absent)["changed"] is True
    assert names(estate) == ["Default Policy"]


def test_a_lost_answer_makes_no_second_policy(estate: Any) -> None:
    estate.control.add_fault("drop_reply", method="POST", path="policies", times=1)
    assert estate.run(Policy, name="Gold")["changed"] is True
    assert names(estate) == ["Default Policy", "Gold"]
    assert estate.writes.count("POST /policies") == 1
