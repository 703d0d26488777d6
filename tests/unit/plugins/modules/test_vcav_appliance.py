"""The module in this process against the simulator: each part of the appliance, what is refused, and half a change."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import appliance
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_appliance import Appliance
from ansible_collections.vcpp.vcloud.plugins.modules.vcav_appliance_info import ApplianceInfo

EVERYWHERE = {
    "hostname": "vcav-new.example.net",
    "dns_servers": ["192.0.2.53", "192.0.2.54"],
    "search_domains": ["example.net", "example.org"],
    "log_levels": {"com.vmware": "debug", "com.vmware.h4": "TRACE"},
    "telemetry": True,
}
LATER = {"ntp_servers": ["192.0.2.123"], "ssh_enabled": True, "admin_allow_from": ["192.0.2.0/24", "::/0"]}


def everything(estate: Any) -> dict[str, Any]:
    """All options that the release of the cloud service has."""
    return {**EVERYWHERE, **({} if estate.release == "3.0" else LATER)}


def test_every_part_is_set_once_and_shown_as_it_will_be(estate: Any) -> None:
    wanted = everything(estate)
    predicted = estate.run(Appliance, check=True, **wanted)
    assert estate.writes == []
    made = estate.run(Appliance, **wanted)
    assert made == predicted and made["changed"] is True
    state = made["vcav_appliance"]
    assert state["log_levels"] == {"com.vmware": "DEBUG", "com.vmware.h4": "TRACE"}
    assert {name: state[name] for name in wanted if name != "log_levels"} == {
        name: value for name, value in wanted.items() if name != "log_levels"
    }
    again = estate.run(Appliance, **wanted)
    assert (again["changed"], again["vcav_appliance"]) == (False, state)
    assert sorted(estate.writes) == sorted(
        [
            "POST /config/network/hostname", "POST /config/network/dns", "POST /config/telemetry",
            "PUT /diagnostics/loglevels", "PUT /diagnostics/loglevels",
        ]
        + ([] if estate.release == "3.0" else ["POST /os/ntp", "POST /os/sshd", "POST /config/admin-allow-from"])
    )  # fmt: skip
    assert estate.sessions == 0


def test_what_info_tells_changes_nothing_when_it_is_fed_back(estate: Any) -> None:
    told = estate.run(ApplianceInfo)["vcav_appliance"]
    assert set(told) == set(appliance.FIELDS) - (set(LATER) if estate.release == "3.0" else set())
    assert estate.run(Appliance, **told)["changed"] is False
    assert estate.writes == []


def test_only_what_is_given_is_read_and_written(estate: Any) -> None:
    estate.control.clear_journal()
    assert estate.run(Appliance, search_domains=[])["vcav_appliance"]["search_domains"] == []
    asked = {entry["path"] for entry in estate.control.journal() if entry["method"] == "GET"}
    assert asked == {"/diagnostics/about", "/config/network"}
    body = estate.run(ApplianceInfo)["vcav_appliance"]
    assert body["dns_servers"], "the name servers that were left out are still there"


def test_one_name_server_is_written_without_a_second(estate: Any) -> None:
    estate.run(Appliance, dns_servers=["192.0.2.53"])
    assert estate.run(ApplianceInfo)["vcav_appliance"]["dns_servers"] == ["192.0.2.53"]


def test_telemetry_before_4_names_the_environment_as_the_products_own_form_does(estate: Any) -> None:
    result = estate.run(Appliance, telemetry=True)
    environment = "PRODUCTION" if estate.release == "3.0" else None
    assert result["vcav_appliance"] == {"telemetry": True, "telemetry_environment": environment}
    assert estate.run(ApplianceInfo)["vcav_appliance"]["telemetry_environment"] == environment
    assert estate.run(Appliance, telemetry=False)["changed"] is True
    assert estate.run(Appliance, telemetry=False)["changed"] is False


def test_networks_are_compared_as_networks_and_closed_by_an_empty_list(estate: Any) -> None:
    if estate.release == "3.0":
        pytest.skip("3.0.0 has no such setting")
    assert estate.run(Appliance, admin_allow_from=["0.0.0.0/0", "::0/0"])["changed"] is False
    assert estate.run(Appliance, admin_allow_from=["::/0", "0.0.0.0/0"])["changed"] is False
    closed = estate.run(Appliance, admin_allow_from=[])
    assert (closed["changed"], closed["vcav_appliance"]["admin_allow_from"]) == (True, [])
    assert estate.run(Appliance, admin_allow_from=[])["changed"] is False


def test_a_restart_forgets_log_levels_and_the_module_sets_them_again(estate: Any) -> None:
    levels = {"log_levels": {"com.vmware": "DEBUG"}}
    assert estate.run(Appliance, **levels)["changed"] is True
    for service in estate.simulator.simulator.world.services.values():
        service.restarted()
    assert estate.run(Appliance, **levels)["changed"] is True


@pytest.mark.parametrize("option", ["ntp_servers", "ssh_enabled", "admin_allow_from"])
def test_what_the_release_lacks_is_refused_by_name(estate: Any, option: str) -> None:
    result = estate.run(Appliance, hostname="other.example.net", **{option: LATER[option]})
    if estate.release == "3.0":
        assert result["failed"] and result["msg"].startswith(f"{option} cannot be set at ")
        assert "it exists from release 3." in result["msg"] and "Nothing was changed" in result["msg"]
        assert estate.writes == []
    else:
        assert result["changed"] is True


@pytest.mark.parametrize("option", ["telemetry", "admin_allow_from"])
def test_what_belongs_to_the_cloud_service_is_refused_elsewhere(estate: Any, option: str) -> None:
    value: Any = True if option == "telemetry" else []
    result = estate.run(Appliance, vcav_url=estate.simulator.replicator(estate.here), **{option: value})
    assert f"{option} cannot be set at" in result["msg"] and "and this is a replicator service" in result["msg"]
    assert set(estate.run(ApplianceInfo, vcav_url=estate.simulator.replicator(estate.here))["vcav_appliance"]) <= {
        "hostname", "dns_servers", "search_domains", "ntp_servers", "ssh_enabled", "log_levels",
    }  # fmt: skip


def test_half_a_change_says_which_half(estate: Any) -> None:
    estate.control.add_fault("refuse_role", path="config/network/dns")
    result = estate.run(Appliance, hostname="other.example.net", dns_servers=["192.0.2.9"], telemetry=True)
    assert result["failed"] is True and result["error"]["status"] == 403
    assert "Before that, hostname had been changed; the rest was not. Run the task again." in result["msg"]
    estate.control.clear_faults()
    assert estate.run(Appliance, hostname="other.example.net", dns_servers=["192.0.2.9"], telemetry=True)["changed"]
    assert estate.writes.count("POST /config/network/hostname") == 1


def test_a_lost_answer_is_looked_up_and_the_rest_is_done(estate: Any) -> None:
    estate.control.add_fault("drop_reply", path="config/network/hostname", times=1)
    result = estate.run(Appliance, hostname="other.example.net", dns_servers=["192.0.2.9"])
    assert result["changed"] is True
    assert estate.writes == ["POST /config/network/hostname", "POST /config/network/dns"]


@pytest.mark.parametrize(("options", "words"), [
    ({}, "nothing is given"),
    ({"hostname": "-x.example.net"}, "hostname is '-x.example.net'"),
    ({"hostname": "a_b"}, "hostname is 'a_b'"),
    ({"dns_servers": []}, "dns_servers has 0 entries: one or two can be written"),
    ({"dns_servers": ["192.0.2.1", "192.0.2.2", "192.0.2.3"]}, "dns_servers has 3 entries"),
    ({"dns_servers": ["ns.example.net"]}, "dns_servers has 'ns.example.net': give addresses"),
    ({"search_domains": [""]}, "search_domains has an empty entry"),
    ({"log_levels": {"com.vmware": "LOUD"}}, "log_levels: com.vmware is 'LOUD'; the levels are ALL, TRACE"),
    ({"telemetry_environment": "LAB"}, "telemetry_environment goes with telemetry"),
    ({"admin_allow_from": ["anybody"]}, "admin_allow_from has 'anybody'"),
])  # fmt: skip
def test_what_cannot_be_is_refused_before_a_request(estate: Any, options: dict[str, Any], words: str) -> None:
    assert words in estate.run(Appliance, **options)["msg"]
    assert estate.control.count() == 0


class Api:
    """A service whose answers differ from the simulator's in what the contract leaves open."""

    endpoint, version, facts = "https://vcav.example.com", (4, 7), {"service": "CLOUD", "build": "4.7.0.1-a"}

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def has(self, feature: str) -> bool:
        return True

    def get(self, path: str) -> Any:
        return self.answers[path.rsplit("/", 1)[-1]]


def test_log_levels_may_come_as_a_list() -> None:
    api: Any = Api(loglevels=[{"logger": "com.vmware", "level": "INFO"}, {"name": "org.h4", "level": "WARN"}])
    assert appliance.read(api, ["log_levels"]) == {"log_levels": {"com.vmware": "INFO", "org.h4": "WARN"}}
    assert appliance.read(api, ["log_levels"], ["org.h4", "x"])["log_levels"] == {"org.h4": "WARN", "x": None}


def test_a_host_name_that_is_not_told_cannot_be_compared() -> None:
    api: Any = Api(network={"dnsServers": ["192.0.2.1"], "dnsSearchDomains": []})
    with pytest.raises(appliance.InputError, match="hostname cannot be compared"):
        appliance.wanted(api, {"hostname": "a.example.net"}, appliance.read(api, ["hostname"]))


def test_search_domains_are_not_bought_with_a_third_name_server() -> None:
    servers = ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    api: Any = Api(network={"hostname": "a", "dnsServers": servers, "dnsSearchDomains": []})
    present = appliance.read(api, ["search_domains"])
    with pytest.raises(appliance.InputError, match="say in dns_servers which two to keep"):
        appliance.wanted(api, {"search_domains": ["example.net"]}, present)
    kept = {"search_domains": ["example.net"], "dns_servers": servers[:2]}
    assert appliance.wanted(api, kept, present) == kept
    assert appliance.wanted(api, {"search_domains": []}, present) == {"search_domains": []}


@pytest.mark.parametrize(("build", "there"), [("3.0.0.1-a", False), ("3.0.2.1-a", True), ("3.5.0.1-a", True)])
def test_administrators_networks_came_with_3_0_2(build: str, there: bool) -> None:
    api: Any = Api()
    api.facts = {"service": "CLOUD", "build": build}
    assert (appliance.has(api, "admin_allow_from") is None) is there
