"""Organizations against simulated vCloud Directors, from the oldest release to the newest: both API families."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_org import Organization
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_org_info import Organizations
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.vcds import Vcd

# The oldest, the one that reads organizations in /cloudapi and writes them in /api, and the newest.
vcd = vcds.fixture("9.0", "10.2", "10.6")

WALLACE = {"name": "Wallace", "full_name": "Wallace Corporation", "description": "Since 2026", "can_publish": True}


def held(vcd: Vcd, name: str) -> dict[str, Any]:
    """The organization as vcd_org_info reads it; empty when there is none."""
    found = vcd.run(Organizations, name=name)["vcd_org"]
    return dict(found[0]) if found else {}


def test_an_organization_is_made_changed_and_removed_as_predicted(vcd: Vcd) -> None:
    for options, changed in (
        (WALLACE, True),
        (WALLACE, False),
        ({"name": "Wallace", "enabled": False, "description": ""}, True),
        ({"name": "Wallace", "state": "absent"}, True),
        ({"name": "Wallace", "state": "absent"}, False),
    ):
        predicted = vcd.run(Organization, check=True, **options)
        assert vcd.writes == []
        result = vcd.run(Organization, **options)
        assert result == predicted
        assert result["changed"] is changed, options
        assert (vcd.writes != []) is changed
        assert held(vcd, "Wallace") == result["vcd_org"]
        vcd.control.clear_journal()


def test_a_new_organization_is_enabled_and_has_its_name_for_full_name(vcd: Vcd) -> None:
    result = vcd.run(Organization, name="Niander")
    assert result["vcd_org"] == {
        "name": "Niander", "full_name": "Niander", "description": "", "enabled": True, "can_publish": False,
    }  # fmt: skip
    assert held(vcd, "Niander") == result["vcd_org"]


def test_what_is_left_out_stays(vcd: Vcd) -> None:
    vcd.run(Organization, **WALLACE)
    result = vcd.run(Organization, name="Wallace", full_name=" Wallace & Sons <Ltd> ")
    assert result["vcd_org"] == {**WALLACE, "enabled": True, "full_name": "Wallace & Sons <Ltd>"}
    assert held(vcd, "Wallace") == result["vcd_org"]
    (diff,) = result["diff"]
    assert (diff["before"], diff["after"]) == (
        {"full_name": "Wallace Corporation"}, {"full_name": "Wallace & Sons <Ltd>"},
    )  # fmt: skip


def test_what_the_info_module_reads_changes_nothing(vcd: Vcd) -> None:
    vcd.run(Organization, **WALLACE)
    read = vcd.run(Organizations)["vcd_org"]
    assert {org["name"] for org in read} >= {"Wallace", "Tyrell"}
    vcd.control.clear_journal()
    for org in read:
        assert vcd.run(Organization, **org)["changed"] is False
    assert vcd.writes == []


def test_a_run_without_changes_costs_one_or_two_requests(vcd: Vcd) -> None:
    vcd.run(Organization, name="Tyrell")
    assert len(vcd.requests) == (1 if vcd.version >= (36, 0) else 2)


@pytest.mark.parametrize(
    "options, told",
    [
        ({"name": "System"}, "the provider's own organization"),
        ({"name": "sYSTEM", "state": "absent"}, "the provider's own organization"),
        ({"name": "Wallace Corporation"}, "no spaces; what people may read belongs into full_name"),
        ({"name": "W" * 129}, "has 1 to 128 of the characters"),
        ({"name": ""}, "has 1 to 128 of the characters"),
        ({"name": "Wallace", "full_name": " "}, "full_name is ' ': it must have 1 to 128 characters"),
        ({"name": "Wallace", "full_name": "x" * 129}, "it must have 1 to 128 characters"),
        ({"name": "Wallace", "description": "x" * 257}, "description has 257 characters: it may have 256"),
        ({"name": "Wallace", "deployed_vm_quota": -1}, "deployed_vm_quota is -1: give a number of VMs"),
        ({"name": "Wallace", "description": "a\x07b"}, "control characters cannot be sent"),
    ],
)
def test_what_no_server_takes_is_refused_before_any_request(vcd: Vcd, options: dict[str, Any], told: str) -> None:
    result = vcd.run(Organization, **options)
    assert result["failed"] and told in result["msg"]
    assert vcd.control.journal() == []


def test_another_spelling_of_an_organization_is_named(vcd: Vcd) -> None:
    for state in ("present", "absent"):
        result = vcd.run(Organization, name="tyrell", state=state)
        assert result["failed"] and "there is the organization 'Tyrell'" in result["msg"]
    assert vcd.writes == []


def test_a_tenant_is_told_that_only_the_provider_can(vcd: Vcd) -> None:
    for options in ({"name": "Wallace"}, {"name": "Tyrell", "enabled": False}):
        for check in (True, False):
            result = vcd.run(Organization, check=check, vcd_user="admin@Tyrell", **options)
            assert result["failed"] and "only a System administrator can; the user is of 'Tyrell'" in result["msg"]
    assert vcd.run(Organization, vcd_user="admin@Tyrell", name="Tyrell")["changed"] is False
    assert vcd.writes == []


def test_a_removal_that_fails_says_why_and_what_is_left(vcd: Vcd) -> None:
    vcd.run(Organization, **WALLACE)
    vcd.control.add_fault("fail_task", service="*/vcd", times=1, message="The moon is full.")
    result = vcd.run(Organization, name="Wallace", state="absent")
    assert result["failed"]
    assert "removing organization Wallace: its task" in result["msg"] and "The moon is full." in result["msg"]
    assert "The organization was disabled before that and stays so." in result["msg"]
    assert held(vcd, "Wallace")["enabled"] is False
    assert vcd.run(Organization, name="Wallace", state="absent")["changed"] is True
    assert held(vcd, "Wallace") == {}


@pytest.mark.parametrize("end", ["canceled", "aborted"])
def test_a_removal_that_somebody_stops_has_failed(vcd: Vcd, end: str) -> None:
    vcd.run(Organization, **WALLACE)
    vcd.control.add_fault("fail_task", service="*/vcd", times=1, status=end)
    result = vcd.run(Organization, name="Wallace", state="absent")
    assert result["failed"] and f"ended with {end}" in result["msg"]


def test_a_removal_that_takes_too_long_goes_on_and_the_next_run_joins_it(vcd: Vcd) -> None:
    vcd.run(Organization, **WALLACE)
    vcd.control.task_seconds(1.5)
    result = vcd.run(Organization, name="Wallace", state="absent", wait_timeout=0)
    assert result["failed"] and "has not ended after 0 seconds; it goes on at the server" in result["msg"]
    vcd.control.clear_journal()
    again = vcd.run(Organization, name="Wallace", state="absent", wait_interval=1)
    assert again["changed"] is True
    assert held(vcd, "Wallace") == {}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_write_whose_answer_is_lost_is_looked_up(vcd: Vcd, method: str) -> None:
    if method != "POST":
        vcd.run(Organization, **WALLACE)
    vcd.control.clear_journal()
    vcd.control.add_fault("drop_reply", service="*/vcd", method=method, path="*/org*", times=1)
    options = {"POST": WALLACE, "PUT": {"name": "Wallace", "full_name": "W"}, "DELETE": {"name": "Wallace"}}[method]
    state = {"state": "absent"} if method == "DELETE" else {}
    result = vcd.run(Organization, **options, **state)
    assert result["changed"] is True
    assert held(vcd, "Wallace") == result["vcd_org"]
    made = [each for each in vcd.writes if each.startswith(method) and not each.endswith("/disable")]
    assert len(made) == 1


def test_a_refused_right_is_told(vcd: Vcd) -> None:
    vcd.control.add_fault("refuse_role", service="*/vcd", method="POST", path="*/orgs", times=1)
    result = vcd.run(Organization, **WALLACE)
    assert result["failed"] and result["error"]["status"] == 403


# Quotas, which only the older API family writes


def test_quotas_are_set_kept_and_cleared(vcd: Vcd) -> None:
    def told() -> tuple[int, int]:
        (org,) = vcd.run(Organizations, name="Wallace", with_quotas=True)["vcd_org"]
        return org["deployed_vm_quota"], org["stored_vm_quota"]

    vcd.control.clear_journal()
    for options, changed, after in (
        ({**WALLACE, "deployed_vm_quota": 200}, True, (200, 0)),
        ({"name": "Wallace", "deployed_vm_quota": 200, "stored_vm_quota": 0}, False, (200, 0)),
        ({"name": "Wallace", "full_name": "W"}, True, (200, 0)),
        ({"name": "Wallace", "stored_vm_quota": 300, "description": "Grown"}, True, (200, 300)),
        ({"name": "Wallace", "deployed_vm_quota": 0}, True, (0, 300)),
    ):
        predicted = vcd.run(Organization, check=True, **options)
        assert vcd.writes == []
        result = vcd.run(Organization, **options)
        assert (result, result["changed"]) == (predicted, changed)
        assert told() == after
        vcd.control.clear_journal()
    assert held(vcd, "Wallace") == {**WALLACE, "full_name": "W", "description": "Grown", "enabled": True}
    (org,) = vcd.run(Organizations, name="Wallace", with_quotas=True)["vcd_org"]
    vcd.control.clear_journal()
    assert vcd.run(Organization, **org)["changed"] is False
    assert len(vcd.requests) == 2


# What an organization holds


def test_an_organization_that_holds_something_is_not_removed_and_the_message_counts_it(vcd: Vcd) -> None:
    for check in (True, False):
        result = vcd.run(Organization, check=check, name="Tyrell", state="absent")
        assert result["failed"]
        assert result["msg"] == (
            "organization 'Tyrell' is not empty: it holds 1 organization VDC, 1 catalog and 2 vApps. Set recursive to "
            "remove all of that with it, or remove it first. Nothing was changed."
        )
        result = vcd.run(Organization, check=check, name="Tyrell", state="absent", recursive=True)
        assert result["failed"]
        assert "organization 'Tyrell' has 3 virtual machines running: set force to remove them" in result["msg"]
    assert vcd.writes == []


def test_an_organization_is_removed_with_all_that_it_holds(vcd: Vcd) -> None:
    options = {"name": "Tyrell", "state": "absent", "recursive": True, "force": True}
    predicted = vcd.run(Organization, check=True, **options)
    assert vcd.writes == []
    assert vcd.run(Organization, **options) == predicted
    assert held(vcd, "Tyrell") == {}


def test_machines_that_are_switched_off_need_no_force(vcd: Vcd) -> None:
    for vapp in ("tyrell-web-a03", "tyrell-db-a03"):
        vcd.control.change("vapp-power", vcds.HERE, org="Tyrell", vapp=vapp, state="off")
    assert vcd.run(Organization, name="Tyrell", state="absent", recursive=True)["changed"] is True
    assert held(vcd, "Tyrell") == {}
