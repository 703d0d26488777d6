"""The table of contract vsphere-ovf.md, 6: what follows for a VM that exists. Nothing here speaks to a server."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import DELETE, NONE, UPDATE, InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere import vm
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.appliance import decide, validate
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.deploy import _why
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.lease import LeaseFailed
from ansible_collections.vcpp.vcloud.plugins.module_utils._vsphere.vm import Machine, is_usable

PASSWORD = "guestinfo.cis.appliance.root.password"


def info(key: str, value: str | None = None, default: str = "", kind: str = "string") -> Any:
    """A property as vCenter has it; `key` is [class.]id."""
    class_id, _dot, name = key.rpartition(".") if key.startswith("net.") else ("", "", key)
    return SimpleNamespace(
        classId=class_id, id=name, instanceId="", type=kind, value=value, defaultValue=default,
        userConfigurable=True, label="",
    )  # fmt: skip


def machine(*, on: bool = False, record: dict[str, Any] | None = None, **more: Any) -> Machine:
    """An appliance with an address, a default MTU, a switch and a password."""
    infos = [
        info("net.address", "192.0.2.20/24"), info("net.mtu", None, "1500", "uint16"),
        info("ssh", "True", "", "boolean"), info(PASSWORD, None, "", "password"),
    ]  # fmt: skip
    told = record if record is not None else {"deployment_option": "cloud", "complete": True}
    found = {
        "name": "vcam",
        "runtime.powerState": "poweredOn" if on else "poweredOff",
        "config.vAppConfig": SimpleNamespace(property=infos, product=[]),
        "config.extraConfig": [SimpleNamespace(key=vm.RECORD, value=json.dumps(told))],
        **more,
    }
    return Machine(SimpleNamespace(_moId="vm-1"), found)


def wish(**options: Any) -> dict[str, Any]:
    """The options of a task."""
    return {
        "name": "vcam", "datacenter": "C00", "folder": None, "source": None, "cluster": None, "host": None,
        "resource_pool": None, "service_url": None, "expected_address": None, "wait_for_ip": False, "state": "present",
        "properties": None, "secret_properties": None, "deployment_option": None, "on_difference": "fail",
        "allow_power_cycle": False, **options,
    }  # fmt: skip


SAME = {"net.address": "192.0.2.20/24", "net.mtu": 1500, "ssh": True}
OTHER = {"net.mtu": 9000}


@pytest.mark.parametrize(("on", "state"), [(True, "present"), (False, "powered_off")])
def test_equal_and_as_wished_changes_nothing(on: bool, state: str) -> None:
    decision = decide(machine(on=on), wish(properties=SAME, state=state, deployment_option="cloud"))
    assert (decision.action, decision.power, decision.differences) == (NONE, None, ())


@pytest.mark.parametrize(("on", "state"), [(False, "present"), (True, "powered_off")])
def test_equal_and_otherwise_switched_is_switched(on: bool, state: str) -> None:
    decision = decide(machine(on=on), wish(properties=SAME, state=state))
    assert (decision.action, decision.power, decision.edits) == (UPDATE, state, {})


@pytest.mark.parametrize("state", ["present", "powered_off"])
def test_a_difference_of_one_that_is_off_is_edited(state: str) -> None:
    decision = decide(machine(), wish(properties=OTHER, state=state))
    assert (decision.action, decision.edits) == (UPDATE, {"net.mtu": "9000"})
    assert decision.differences == ("properties.net.mtu",)


def test_a_difference_of_one_that_is_on_fails_and_names_it() -> None:
    with pytest.raises(InputError, match=r"'vcam' is switched on.*net.mtu is '1500', wanted '9000'.*on_difference"):
        decide(machine(on=True), wish(properties=OTHER))


def test_one_that_is_on_and_shall_be_off_is_edited_once_it_is() -> None:
    decision = decide(machine(on=True), wish(properties=OTHER, state="powered_off"))
    assert (decision.action, decision.power, decision.edits) == (UPDATE, "powered_off", {"net.mtu": "9000"})


def test_applying_to_one_that_is_on_needs_leave_to_switch_it_off() -> None:
    asked = wish(properties=OTHER, on_difference="apply")
    with pytest.raises(InputError, match="allow_power_cycle"):
        decide(machine(on=True), asked)
    assert decide(machine(on=True), {**asked, "allow_power_cycle": True}).edits == {"net.mtu": "9000"}


def test_ignoring_leaves_the_difference_and_tells_it() -> None:
    decision = decide(machine(on=True), wish(properties=OTHER, on_difference="ignore", deployment_option="tunnel"))
    assert (decision.action, decision.edits) == (NONE, {})
    assert decision.differences == ("properties.net.mtu", "deployment_option")


def test_replacing_happens_only_for_a_difference_and_one_that_is_on_needs_leave() -> None:
    asked = wish(properties=OTHER, on_difference="replace")
    assert decide(machine(), asked).action == "replace"
    with pytest.raises(InputError, match="deleted with its disks.*allow_power_cycle"):
        decide(machine(on=True), asked)
    assert decide(machine(on=True), {**asked, "allow_power_cycle": True}).action == "replace"
    assert decide(machine(on=True), {**asked, "properties": SAME}).action == NONE


def test_another_deployment_option_cannot_be_applied() -> None:
    for reaction in ("fail", "apply"):
        with pytest.raises(InputError, match="'cloud', which cannot be changed to 'tunnel'"):
            decide(machine(), wish(deployment_option="tunnel", on_difference=reaction, allow_power_cycle=True))
    assert decide(machine(), wish(deployment_option="tunnel", on_difference="replace")).action == "replace"


def test_a_deployment_option_that_nobody_wrote_down_is_not_compared() -> None:
    assert decide(machine(on=True, record={}), wish(deployment_option="tunnel")).action == NONE


def test_secrets_are_not_compared_and_never_read() -> None:
    found = machine(on=True)
    assert decide(found, wish(secret_properties={PASSWORD: "another"})).action == NONE
    assert PASSWORD not in found.values
    assert vm.describe(found, "C00", None)["secret_keys"] == [PASSWORD]


def test_truth_in_another_case_and_a_number_are_no_difference() -> None:
    assert decide(machine(on=True), wish(properties={"ssh": "true", "net.mtu": "1500"})).action == NONE


def test_a_key_that_the_machine_does_not_have_means_that_it_is_another_appliance() -> None:
    with pytest.raises(InputError, match="has no property 'net.mtux'.*mean 'net.mtu'"):
        decide(machine(), wish(properties={"net.mtux": 1}))


def test_a_password_among_the_properties_is_refused() -> None:
    with pytest.raises(InputError, match="secret_properties"):
        decide(machine(), wish(properties={PASSWORD: "x"}))


def test_a_wrong_value_is_refused_for_a_machine_that_exists_too() -> None:
    with pytest.raises(InputError, match="net.address.*its prefix"):
        decide(machine(), wish(properties={"net.address": "192.0.2.20"}))


def test_an_import_that_never_finished_can_be_removed_or_replaced_and_nothing_else() -> None:
    half = machine(record={"complete": False})
    with pytest.raises(InputError, match="never finished.*state absent"):
        decide(half, wish())
    assert decide(half, wish(on_difference="replace")).action == "replace"
    assert decide(half, wish(state="absent")).action == DELETE


def test_a_machine_from_no_ovf_is_told_from_one() -> None:
    other = {"config.vAppConfig": None, "config.extraConfig": [SimpleNamespace(key="a", value="b")]}
    assert not machine(**other).is_appliance
    assert machine().is_appliance
    assert not machine(
        **{**other, "config.extraConfig": [SimpleNamespace(key=vm.RECORD, value="no json")]}
    ).is_appliance


def test_addresses_that_lead_nowhere_are_left_out_and_the_primary_one_is_first() -> None:
    cards = [SimpleNamespace(ipAddress=["fe80::1", "192.0.2.21", "192.0.2.20"]), SimpleNamespace(ipAddress=None)]
    found = machine(**{"guest.ipAddress": "192.0.2.20", "guest.net": cards})
    assert found.addresses == ["192.0.2.20", "192.0.2.21"]
    assert not is_usable("169.254.3.4") and not is_usable("fe80::1%eth0") and not is_usable("nonsense")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": " "}, "^name is"),
        ({"datacenter": ""}, "^datacenter is"),
        ({"properties": {"a.password": "x"}}, "sounds like a secret"),
        ({"source": "ftp://a"}, "^source is"),
        ({"resource_pool": "p"}, "cluster or the host"),
        ({"service_url": "host:443"}, "^service_url"),
        ({"service_url": "https://a:b@host/"}, "^service_url"),
        ({"expected_address": "192.0.2.1"}, "wait_for_ip"),
        ({"expected_address": "192.0.2.1/24", "wait_for_ip": True}, "without a prefix"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        validate(wish(**options))
    validate(wish(wait_for_ip=True, expected_address="192.0.2.1", service_url="https://host/docs"))


@pytest.mark.parametrize("code", ["NoDiskSpace", "InsufficientStorageSpace"])
def test_a_datastore_that_turns_out_to_be_full_is_told_with_what_to_do(code: str) -> None:
    problem = LeaseFailed(type(f"vim.fault.{code}", (), {"msg": "Insufficient disk space on datastore."})())
    told = _why(SimpleNamespace(), problem, wish(datastore="AKL"))  # type: ignore[arg-type]
    assert told == (
        f"vCenter gave it up: {code}: Insufficient disk space on datastore. The datastore is full: free some space, or "
        "name another one in datastore. Nothing was left behind."
    )
