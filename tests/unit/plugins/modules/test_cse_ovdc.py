"""The module in this process against simulated CSEs: VDCs are enabled in the way of each release."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.cse_ovdc import OrgVdc
from ansible_collections.vcpp.vcloud.plugins.modules.cse_ovdc_info import OrgVdcs
from tests.unit.plugins.modules import cses
from tests.unit.plugins.modules.cses import ORG, VDC

cse = cses.fixture("1.2", "2.0", "2.6", "3.0", "3.1")
named = cses.fixture("1.2", "2.0", "2.6")
second = cses.fixture("2.6")
native = cses.fixture("3.1")
polled = cses.fixture("4.2")


def enabled(bench: Any, check: bool = False, **options: Any) -> Any:
    return bench.run(OrgVdc, check, vdc=VDC, org=ORG, wait_interval=1, **options)


def test_a_vdc_is_enabled_read_and_disabled(cse: Any) -> None:
    predicted = enabled(cse, True, runtimes=["native"])
    assert cse.writes == [] and predicted["changed"] is True, predicted
    made = enabled(cse, runtimes=["native"])
    assert made == predicted and made["cse_ovdc"] == {"vdc": VDC, "org": ORG, "runtimes": ["native"]}
    cse.control.clear_journal()
    assert enabled(cse, runtimes=["native", "native"])["changed"] is False
    assert cse.writes == [] and len(cse.requests) <= 3
    told = cse.run(OrgVdcs, org=ORG)["cse_ovdc"]
    assert {"vdc": VDC, "org": ORG, "runtimes": ["native"]} in told and len(told) > 0
    gone = enabled(cse, runtimes=[])
    assert gone["diff"][0]["before"] == {"runtimes": ["native"]} and gone["cse_ovdc"]["runtimes"] == []
    assert enabled(cse, runtimes=[])["changed"] is False


def test_runtimes_of_3_are_a_set(native: Any) -> None:
    assert enabled(native, runtimes=["TKGm", "native"])["cse_ovdc"]["runtimes"] == ["TKGm", "native"]
    assert enabled(native, runtimes=["native", "TKGm"])["changed"] is False
    native.cluster()
    failed = enabled(native, runtimes=["TKGm"])
    assert "it is in use by VMs" in failed["msg"]
    assert "As long as clusters of native are in it" in failed["msg"] and "remove_from_vms: true" in failed["msg"]
    assert enabled(native, runtimes=["TKGm"], remove_from_vms=True)["changed"] is True


def test_compute_policies_of_2(second: Any) -> None:
    made = enabled(second, compute_policies=["small", "System Default", "large"])
    assert made["cse_ovdc"]["compute_policies"] == ["large", "small"], made
    assert enabled(second, compute_policies=["large", "small"])["changed"] is False
    changed = enabled(second, compute_policies=["medium"], runtimes=["native"])
    assert changed["diff"][0]["after"] == {"compute_policies": ["medium"], "runtimes": ["native"]}
    (row,) = second.run(OrgVdcs, org=ORG, vdc=VDC, with_compute_policies=True)["cse_ovdc"]
    assert row["compute_policies"] == ["medium"] and row["runtimes"] == ["native"]
    assert "Compute policy 'huge' not found" in enabled(second, compute_policies=["huge", "medium"])["msg"]
    assert enabled(second, compute_policies=[])["cse_ovdc"]["compute_policies"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"runtimes": ["TKGm"]}, "runtimes has TKGm, and CSE 2.6.1 knows native. Leave it out"),
        ({"runtimes": ["native"], "vdc": "nowhere"}, "did you mean"),
        ({}, "one of the following is required"),
        ({"runtimes": [], "vcd_user": f"admin@{ORG}"}, "only a System administrator can"),
        ({"runtimes": [], "org": ""}, "org is ''"),
    ],
)
def test_what_cannot_be_is_refused(second: Any, options: dict[str, Any], words: str) -> None:
    failed = second.run(OrgVdc, **{"vdc": VDC, "org": ORG, **options})
    assert failed.get("failed") and second.writes == []
    if words != "did you mean":
        assert words in failed["msg"]
    else:
        assert "nowhere" in failed["msg"]


@pytest.mark.parametrize("runtimes", [["native"], []])
def test_a_vdc_of_pks_is_never_taken_away_from_it(named: Any, runtimes: list[str]) -> None:
    named.control.change("cse-ovdc", cses.HERE, org=ORG, vdc=VDC, runtimes=["pks"])
    command = "disablek8s" if named.release == "1.2" else "disable"
    for check in (True, False):
        refused = enabled(named, check, runtimes=runtimes)
        assert refused.get("failed"), refused
        assert f"runtimes is {runtimes}, but organization VDC {VDC} of {ORG} is enabled for PKS" in refused["msg"]
        assert f"vcd cse ovdc {command} '{VDC}' --org '{ORG}'" in refused["msg"]
    assert named.writes == []
    (row,) = named.run(OrgVdcs, org=ORG, vdc=VDC)["cse_ovdc"]
    assert row["runtimes"] == ["ent-pks"]
    if named.release == "2.6":
        assert enabled(named, compute_policies=["small"])["cse_ovdc"]["runtimes"] == ["ent-pks"]
    named.control.change("cse-ovdc", cses.HERE, org=ORG, vdc=VDC, runtimes=[])
    assert enabled(named, runtimes=["native"])["changed"] is True


def test_policies_and_vdcs_that_a_release_does_not_have(native: Any) -> None:
    assert "compute_policies is set, but CSE 3.1.4" in enabled(native, compute_policies=[])["msg"]


def test_4_enables_none(polled: Any) -> None:
    assert "CSE 4.2 enables no organization VDCs" in enabled(polled, runtimes=["TKGm"])["msg"]
    assert "CSE 4.2 enables no organization VDCs" in polled.run(OrgVdcs)["msg"]
