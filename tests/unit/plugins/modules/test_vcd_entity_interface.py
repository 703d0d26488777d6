"""The module in this process against the simulated vCD: interfaces that are defined, renamed and removed."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity_interface import Interface
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.entity_types import REPLICANT, entity_type, interface

vcd = vcds.fixture("10.2", "10.6")
before = vcds.fixture("10.0")
URN = "urn:vcloud:interface:tyrell:replicant:1.0.0"


def test_an_interface_is_defined_renamed_and_removed(vcd: Any) -> None:
    predicted = vcd.run(Interface, True, **REPLICANT)
    made = interface(vcd)
    assert predicted == made and made["id"] == URN
    assert made["vcd_entity_interface"] == {**REPLICANT, "name": "replicant"}
    assert interface(vcd)["changed"] is False
    renamed = interface(vcd, name="Replicant")
    assert renamed["diff"][0]["after"] == {"name": "Replicant"}
    assert interface(vcd, state="absent")["changed"] and interface(vcd, state="absent")["changed"] is False


def test_one_that_a_type_has_stays(vcd: Any) -> None:
    interface(vcd)
    entity_type(vcd, interfaces=[URN])
    for check in (True, False):
        failed = vcd.run(Interface, check, **REPLICANT, state="absent")
        assert failed["msg"].startswith(f"{URN} cannot be removed: urn:vcloud:type:tyrell:nexus:1.0.0 has it")
    assert not [write for write in vcd.writes if write.startswith("DELETE")]


def test_those_of_the_product_stay_as_they_are(vcd: Any) -> None:
    failed = vcd.run(Interface, vendor="vmware", nss="k8s", version="1.0.0", name="Mine")
    assert failed["msg"] == "update urn:vcloud:interface:vmware:k8s:1.0.0: it belongs to the product and is read-only"
    assert vcd.writes == []


def test_wrong_parts_are_refused_before_anything_is_sent(vcd: Any) -> None:
    for wrong, words in (
        ({"vendor": "a:b"}, "vendor is 'a:b'"), ({"version": "1"}, "version is '1'"), ({"name": ""}, "name is ''"),
    ):  # fmt: skip
        assert interface(vcd, **wrong)["msg"].startswith(words)
    assert vcd.control.count() == 0


def test_a_lost_reply_makes_no_second_one(vcd: Any) -> None:
    vcd.control.add_fault("drop_reply", service="*/vcd", method="POST", path="/cloudapi/1.0.0/interfaces", times=1)
    assert interface(vcd)["changed"]
    assert [write.split()[0] for write in vcd.writes] == ["POST"]


def test_a_tenant_is_told_that_only_the_provider_can(vcd: Any) -> None:
    for state in ("present", "absent"):
        failed = interface(vcd, vcd_user="admin@Tyrell", state=state)
        assert failed["msg"].startswith("interface urn:vcloud:interface:tyrell:")
        assert "only a System administrator can; the user is of 'Tyrell'" in failed["msg"]
    assert vcd.requests == []


def test_the_release_before_has_none_and_says_so(before: Any) -> None:
    assert interface(before)["msg"].startswith("runtime defined entities need API version 35.0")
    assert before.requests == []
