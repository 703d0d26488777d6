"""The module in this process against the simulator: policies for many organizations, pruning, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_policy_assignments import Assignments
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_policy_assignments_info import AssignmentsInfo


def assigned(estate: Any) -> dict[str, str]:
    rows = estate.run(AssignmentsInfo)["vcav_policy_assignments"]
    return {row["org"]: row["policy"] for row in rows if row["policy"] != "Default Policy"}


def test_only_what_differs_is_written_and_a_second_run_writes_nothing(estate: Any) -> None:
    estate.add_policy("Silver", "Tyrell")
    rows = [{"org": "Tyrell", "policy": "Silver"}, {"org": "tenant-00001", "policy": "Silver"}]
    result = estate.run(Assignments, assignments=rows)
    assert result["outcomes"] == [{"org": "tenant-00001", "policy": "Silver", "changed": True}]
    assert result["vcav_policy_assignments"] == rows
    (entry,) = result["diff"]
    assert (entry["before"], entry["after"]) == ({"policy": "Default Policy"}, {"policy": "Silver"})
    assert (entry["object"]["tenant"], entry["object"]["site"]) == ("tenant-00001", estate.here)
    assert estate.run(Assignments, assignments=rows)["changed"] is False
    assert len(estate.writes) == 1


def test_many_organizations_of_one_policy_are_one_row(estate: Any) -> None:
    estate.add_policy("Silver")
    rows = [{"policy": "Silver", "orgs": ["Tyrell", "tenant-00002"]}, {"policy": "default", "orgs": []}]
    result = estate.run(Assignments, assignments=rows)
    assert [row["org"] for row in result["outcomes"]] == ["Tyrell", "tenant-00002"]
    assert assigned(estate) == {"Tyrell": "Silver", "tenant-00002": "Silver"}
    assert result["vcav_policy_assignments"] == [{"policy": "Silver", "orgs": ["Tyrell", "tenant-00002"]}]
    again = estate.run(Assignments, assignments=result["vcav_policy_assignments"])
    assert (again["changed"], again["outcomes"]) == (False, [])
    assert again["vcav_policy_assignments"] == result["vcav_policy_assignments"]


def test_the_default_policy_is_assigned_by_its_other_name_and_called_by_its_own(estate: Any) -> None:
    estate.add_policy("Silver", "Tyrell")
    rows = [{"org": "Tyrell", "policy": "default"}]
    result = estate.run(Assignments, assignments=rows)
    assert result["vcav_policy_assignments"] == [{"org": "Tyrell", "policy": "Default Policy"}]
    assert estate.run(Assignments, assignments=rows)["changed"] is False


def test_who_is_not_named_keeps_the_policy_unless_it_is_pruned(estate: Any) -> None:
    estate.add_policy("Silver", "Tyrell", "tenant-00001")
    rows = [{"org": "Tyrell", "policy": "Silver"}]
    assert estate.run(Assignments, assignments=rows)["changed"] is False
    result = estate.run(Assignments, assignments=rows, prune=True)
    assert result["outcomes"] == [{"org": "tenant-00001", "policy": "Default Policy", "changed": True}]
    assert assigned(estate) == {"Tyrell": "Silver"}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"org": "Tyrell", "policy": "Sliver"}, "policy 'Sliver' does not exist at HERE; did you mean 'Silver'?"),
        ({"org": "Tyrel", "policy": "Silver"}, "organization 'Tyrel' does not exist at HERE; did you mean 'Tyrell'?"),
        ({"orgs": ["Xx", "Yy"], "policy": "Silver"}, "organization 'Xx' (and 1 more) does not exist at HERE."),
    ],
)
def test_an_unknown_name_is_refused_before_any_change_and_only_warned_of_in_check_mode(
    estate: Any, monkeypatch: pytest.MonkeyPatch, row: dict[str, Any], words: str
) -> None:
    warnings: list[str] = []
    # In one process warnings are kept from module to module, each release of ansible-core in its own form.
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: warnings.append(text))
    words = words.replace("HERE", estate.here)
    estate.add_policy("Silver")
    rows = [{"org": "tenant-00003", "policy": "Silver"}, row]
    result = estate.run(Assignments, assignments=rows)
    assert result["failed"] is True
    assert result["msg"] == f"assignments: {words} Nothing was changed."
    predicted = estate.run(Assignments, check=True, assignments=rows)
    assert predicted["changed"] is True
    assert warnings == [f"assignments: {words} Predicted as if an earlier task of this run created it."]
    assert estate.writes == []


def test_an_organization_that_is_named_twice_is_refused_before_a_request(estate: Any) -> None:
    rows = [{"org": "Tyrell", "policy": "default"}, {"orgs": ["Tyrell"], "policy": "default"}]
    result = estate.run(Assignments, assignments=rows)
    assert result["msg"] == "assignments[1]: 'Tyrell' is named twice; give each organization one policy"
    assert estate.control.count() == 0


@pytest.mark.parametrize("row", [{"policy": "default"}, {"policy": "default", "org": "Tyrell", "orgs": []}])
def test_a_row_has_either_one_organization_or_many(estate: Any, row: dict[str, Any]) -> None:
    result = estate.run(Assignments, assignments=[row])
    assert result["failed"] is True and "org" in result["msg"]
    assert estate.control.count() == 0


def test_one_refusal_leaves_the_others_made_and_is_told_by_name(estate: Any) -> None:
    estate.add_policy("Silver")
    estate.control.add_fault("refuse_role", method="PATCH", path="*Tyrell")
    result = estate.run(Assignments, assignments=[{"policy": "Silver", "orgs": ["Tyrell", "tenant-00001"]}])
    assert (result["failed"], result["changed"]) == (True, True)
    assert "1 of 2 changes failed, 1 were made. First: Tyrell: " in result["msg"]
    assert [(row["org"], row["changed"], "error" in row) for row in result["outcomes"]] == [
        ("Tyrell", False, True), ("tenant-00001", True, False),
    ]  # fmt: skip
    assert assigned(estate) == {"tenant-00001": "Silver"}
