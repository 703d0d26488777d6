"""The module in this process against the simulated vCD: extensions over AMQP and MQTT, their filters, their end."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_api_extension import ApiExtension
from tests.unit.plugins.modules import vcds

# The oldest, the last with the older filters of queries, the first with MQTT, the newest.
vcd = vcds.fixture("9.0", "10.0", "10.2", "10.6")
with_mqtt = vcds.fixture("10.2", "10.6")
before = vcds.fixture("10.0")
AMQP = {"transport": "amqp", "namespace": "nz.kiwi.backup"}
MQTT = {"transport": "mqtt", "vendor": "kiwi", "name": "backup", "version": "1.0.0"}
SERVICE = {**AMQP, "name": "backup", "vendor": "Kiwi Cloud", "exchange": "vcdext", "routing_key": "backup"}
PATTERNS = ["/api/kiwi/restore/.*", "/api/kiwi/backup/.*"]
KINDS = [SERVICE, MQTT]


def services(vcd: Any) -> list[Any]:
    """Those of the simulator, of both kinds."""
    service = vcd.simulator.simulator.world.services[f"{vcds.HERE}/vcd"]
    return list(service.portal.extensions.services.values())


def patterns(vcd: Any) -> list[str]:
    (one,) = services(vcd)
    return sorted(each.url_pattern for each in one.filters.values())


def run(vcd: Any, check: bool = False, **options: Any) -> Any:
    return vcd.run(ApiExtension, check, **options)


def test_an_extension_over_amqp_is_registered_changed_and_removed(vcd: Any) -> None:
    options = {**SERVICE, "filters": PATTERNS, "description": "More & <more>"}
    predicted, made = run(vcd, check=True, **options), run(vcd, **options)
    assert predicted == made
    assert made["vcd_api_extension"] == {
        **SERVICE, "description": "More & <more>", "enabled": True, "priority": 50, "authorization_enabled": False,
        "filters": PATTERNS,
    }  # fmt: skip
    (there,) = services(vcd)
    assert (there.name, there.enabled, there.description) == ("backup", True, "More & <more>")
    vcd.control.clear_journal()
    again = run(vcd, **{**options, "filters": PATTERNS[::-1] + PATTERNS})
    assert again["changed"] is False and again["vcd_api_extension"]["filters"] == sorted(PATTERNS)
    assert (vcd.writes, len(vcd.requests)) == ([], 3)
    changed = run(vcd, **AMQP, priority=70, vendor="", authorization_enabled=True, name="backups", routing_key="rk2")
    assert set(changed["diff"][0]["after"]) == {"priority", "vendor", "authorization_enabled", "name", "routing_key"}
    assert patterns(vcd) == sorted(PATTERNS)  # a PUT without them keeps them
    assert run(vcd, **AMQP, enabled=False)["diff"][0]["after"] == {"enabled": False}
    assert (there.name, there.priority, there.enabled) == ("backups", 70, False)
    assert run(vcd, **AMQP, state="absent")["changed"] and services(vcd) == []
    assert run(vcd, **AMQP, state="absent")["changed"] is False


def test_an_extension_over_mqtt_is_registered_changed_and_removed(with_mqtt: Any) -> None:
    vcd = with_mqtt
    options = {**MQTT, "filters": PATTERNS, "description": "Backups"}
    predicted, made = run(vcd, check=True, **options), run(vcd, **options)
    assert predicted == made
    assert made["vcd_api_extension"] == {
        **MQTT, "description": "Backups", "enabled": True, "priority": 50, "authorization_enabled": False,
        "filters": PATTERNS,
    }  # fmt: skip
    vcd.control.clear_journal()
    assert run(vcd, **options)["changed"] is False
    assert (vcd.writes, len(vcd.requests)) == ([], 3)
    changed = run(vcd, **MQTT, priority=70, description="", authorization_enabled=True)
    assert set(changed["diff"][0]["after"]) == {"priority", "description", "authorization_enabled"}
    assert run(vcd, **MQTT, state="absent")["changed"] and services(vcd) == []


@pytest.mark.parametrize("kind", KINDS, ids=["amqp", "mqtt"])
def test_filters_are_a_set(with_mqtt: Any, kind: dict[str, str]) -> None:
    vcd = with_mqtt
    run(vcd, **kind, filters=PATTERNS[:1])
    vcd.control.clear_journal()
    changed = run(vcd, **kind, filters=[PATTERNS[1], "/api/other/.*"])
    assert changed["diff"][0]["before"] == {"filters": PATTERNS[:1]}
    # What is new is there before what is old goes.
    assert [write.split()[0] for write in vcd.writes] == ["POST", "POST", "DELETE"]
    assert patterns(vcd) == ["/api/kiwi/backup/.*", "/api/other/.*"]
    assert run(vcd, **kind, priority=60)["vcd_api_extension"]["filters"] == ["/api/kiwi/backup/.*", "/api/other/.*"]
    assert run(vcd, **kind, filters=[])["changed"] and patterns(vcd) == []


def test_many_filters_are_read_to_the_last_page_and_doubles_go_together(vcd: Any) -> None:
    many = [f"/api/kiwi/{number:03d}" for number in range(150)]
    run(vcd, **SERVICE, filters=many)
    assert run(vcd, **SERVICE, filters=many)["changed"] is False
    (there,) = services(vcd)
    one = next(iter(there.filters.values()))
    there.filters["00000000-0000-4000-8000-000000000001"] = type(one)(
        "00000000-0000-4000-8000-000000000001", one.url_pattern
    )
    assert run(vcd, **SERVICE, filters=many)["changed"] is False
    assert run(vcd, **SERVICE, filters=many[1:])["changed"]
    assert patterns(vcd) == many[1:]


@pytest.mark.parametrize("kind", KINDS, ids=["amqp", "mqtt"])
def test_one_that_is_enabled_is_disabled_before_it_is_removed(with_mqtt: Any, kind: dict[str, str]) -> None:
    vcd = with_mqtt
    run(vcd, **kind)
    vcd.control.clear_journal()
    vcd.control.add_fault("refuse_role", service="*/vcd", method="DELETE", times=1)
    assert run(vcd, **kind, state="absent")["error"]["status"] == 403
    assert [write.split()[0] for write in vcd.writes] == ["PUT", "DELETE"]
    assert run(vcd, **kind, state="absent")["changed"] and services(vcd) == []
    assert [write.split()[0] for write in vcd.writes] == ["PUT", "DELETE", "DELETE"]


@pytest.mark.parametrize("kind", KINDS, ids=["amqp", "mqtt"])
def test_a_lost_reply_makes_no_second_one(with_mqtt: Any, kind: dict[str, str]) -> None:
    vcd = with_mqtt
    for method, options in (("POST", {}), ("PUT", {"priority": 60}), ("DELETE", {"state": "absent"})):
        vcd.control.add_fault("drop_reply", service="*/vcd", method=method, path="*exten*", times=1)
        assert run(vcd, **kind, filters=PATTERNS, **options)["changed"]
        assert services(vcd) == [] or (len(services(vcd)) == 1 and patterns(vcd) == sorted(PATTERNS))


def test_two_with_one_name_are_told_apart_by_their_namespace(vcd: Any) -> None:
    run(vcd, **SERVICE)
    assert run(vcd, **{**SERVICE, "namespace": "nz.kiwi.other"})["changed"] and len(services(vcd)) == 2
    # Names are compared here, because the server does without regard to case.
    assert run(vcd, **{**AMQP, "namespace": "NZ.kiwi.backup", "state": "absent"})["changed"] is False


def test_a_new_one_over_amqp_needs_name_exchange_and_routing_key(vcd: Any) -> None:
    for option in ("name", "exchange", "routing_key"):
        failed = run(vcd, **{**SERVICE, option: None})
        assert failed["msg"].startswith(f"{option} is not set, and there is no service with the namespace")
    assert vcd.writes == []


def test_the_servers_words_about_a_wrong_filter_are_told(vcd: Any) -> None:
    failed = run(vcd, **SERVICE, filters=["/api/("])
    assert failed["error"]["status"] == 400 and "is not a regular expression" in failed["msg"]


def test_what_cannot_be_is_refused_before_anything_is_sent(vcd: Any) -> None:
    for options, words in (
        ({"transport": "amqp", "name": "backup"}, "namespace is not set: an extension over amqp is known by it"),
        ({**MQTT, "vendor": None}, "vendor is not set: an extension over mqtt is known by it"),
        ({**MQTT, "exchange": "vcdext"}, "exchange is 'vcdext': an extension over mqtt has none"),
        ({**SERVICE, "version": "1.0.0"}, "version is '1.0.0': an extension over amqp has none"),
        ({**MQTT, "version": "1.0.0-beta"}, "version is '1.0.0-beta': give three numbers"),
        ({**SERVICE, "priority": 101}, "priority is 101: it must lie between 0 and 100"),
        ({**SERVICE, "filters": [""]}, "filters has a pattern of 0 characters"),
        ({**SERVICE, "name": " "}, "name is ' '"),
        ({**SERVICE, "namespace": "nz.kiwi "}, "namespace is 'nz.kiwi ': write it without the spaces at its ends"),
    ):
        assert run(vcd, **options)["msg"].startswith(words)
    assert vcd.control.count() == 0


def test_a_tenant_lacks_the_right(vcd: Any) -> None:
    failed = run(vcd, **SERVICE, vcd_user="admin@Tyrell")
    assert failed["failed"] and failed["error"]["status"] in (400, 403)
    assert services(vcd) == []


def test_the_release_before_has_no_mqtt_and_says_so(before: Any) -> None:
    failed = run(before, **MQTT)
    assert failed["msg"].startswith("extensions over mqtt need API version 35.0 (VMware Cloud Director 10.2)")
    assert before.requests == []
