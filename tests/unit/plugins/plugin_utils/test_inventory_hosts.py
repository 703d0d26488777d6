"""What was read becomes hosts: names, addresses, variables, groups, and what happens when names meet."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._inventory_hosts import Estate, address, build
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._inventory_options import DEFAULT_GROUPS, Address, Settings

SETTINGS = Settings((), (Address("primary"),), False, (), "suffix", "vcloud_", frozenset(DEFAULT_GROUPS), (), "fail")
NICS = [
    {"index": 0, "primary": False, "network": "Back", "ip_address": "10.0.0.1", "external_address": None},
    {"index": 1, "primary": True, "network": "Front", "ip_address": "10.0.1.1", "external_address": "203.0.113.1"},
    {"index": 2, "primary": False, "network": "Spare", "ip_address": None, "external_address": None},
]


def machine(name: str = "web01", **more: Any) -> dict[str, Any]:
    """A row as the reader makes it."""
    identity = str(uuid.uuid5(uuid.NAMESPACE_DNS, name + repr(sorted(more.items()))))
    row = {
        "kind": "vm", "site": "A03-Auckland", "name": name, "org": "Tyrell", "vdc": "Gold", "vapp": "Shop",
        "power_state": "powered_on", "guest_os": "Ubuntu Linux (64-bit)", "network": "Front", "ip_address": "10.0.1.1",
        "id": identity,
    }  # fmt: skip
    return {**row, **more}


def appliance(role: str, url: str, site: str = "A03-Auckland") -> dict[str, Any]:
    host, _colon, port = url.removeprefix("https://").partition(":")
    return {
        "kind": "appliance", "name": host, "port": int(port or 443), "url": url, "role": role, "site": site,
        "release": None,
    }  # fmt: skip


def made(*rows: dict[str, Any], taken: dict[str, str] | None = None, name_of: Any = None, **changed: Any) -> Estate:
    return build(rows, dataclasses.replace(SETTINGS, **changed), name_of=name_of, taken=taken)


def members(estate: Estate) -> dict[str, list[str]]:
    """The hosts of every group, those of groups inside it too."""
    found: dict[str, list[str]] = {}
    for host in estate.hosts:
        for group in host.groups:
            name: str | None = group
            while name:
                if host.name not in found.setdefault(name, []):
                    found[name].append(host.name)
                name = estate.groups[name]
    return found


# Addresses


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        ([Address("primary")], "10.0.1.1"),
        ([Address("nic", "0")], "10.0.0.1"),
        ([Address("nic", "2")], None),
        ([Address("nic", "2"), Address("nic", "7"), Address("nic", "1")], "10.0.1.1"),
        ([Address("network", "Back")], "10.0.0.1"),
        ([Address("network", "Nowhere"), Address("primary")], "10.0.1.1"),
        ([Address("external")], "203.0.113.1"),
        ([], None),
    ],
)
def test_the_first_way_that_leads_to_an_address_wins(ways: list[Address], expected: str | None) -> None:
    assert address(machine(nics=NICS), ways) == expected
    assert address(machine(nics=NICS, ip_address=None), ways) == expected


def test_the_record_alone_tells_primary_address_and_network() -> None:
    assert address(machine(), [Address("network", "Front")]) == "10.0.1.1"
    assert address(machine(), [Address("network", "Back")]) is None


def test_a_machine_without_address_is_a_host_without_ansible_host_or_none_at_all() -> None:
    kept = made(machine(ip_address=None))
    assert "ansible_host" not in kept.hosts[0].variables
    assert made(machine(ip_address=None), machine("db01"), require_address=True).hosts[0].name == "db01"


# Variables


def test_variables_are_the_fields_of_the_row_behind_the_prefix() -> None:
    (host,) = made(machine()).hosts
    assert host.variables["vcloud_org"] == "Tyrell"
    assert host.variables["vcloud_id"] == host.key
    assert host.variables["ansible_host"] == "10.0.1.1"
    (host,) = made(machine(), hostvars_prefix="").hosts
    assert host.variables["org"] == "Tyrell"


def test_every_value_of_a_server_is_marked_and_nothing_else() -> None:
    def mark(told: dict[str, Any]) -> dict[str, Any]:
        return {name: ("marked", value) for name, value in told.items()}

    estate = build([machine(), appliance("cloud", "https://vcav")], SETTINGS, mark)
    values = [value for host in estate.hosts for value in host.variables.values()]
    assert values and all(isinstance(value, tuple) for value in values)


# Groups


def test_groups_lie_in_one_another_where_the_names_say_so() -> None:
    estate = made(machine(), machine("db01", vapp="Data", guest_os="CentOS 7 (64-bit)", power_state="powered_off"))
    assert {inner: outer for inner, outer in estate.groups.items() if outer} == {
        "vdc_Tyrell_Gold": "org_Tyrell",
        "vapp_Tyrell_Gold_Shop": "vdc_Tyrell_Gold",
        "vapp_Tyrell_Gold_Data": "vdc_Tyrell_Gold",
    }
    found = members(estate)
    assert found["org_Tyrell"] == found["site_A03_Auckland"] == ["web01", "db01"]
    assert found["vapp_Tyrell_Gold_Data"] == found["power_state_powered_off"] == ["db01"]
    assert found["network_Tyrell_Front"] == ["web01", "db01"]
    assert found["os_CentOS_7__64_bit_"] == ["db01"]
    assert estate.warnings == []


def test_a_vapp_is_in_its_organization_where_vdcs_make_no_groups() -> None:
    groups = made(machine(), group_by=frozenset({"org", "vapp"})).groups
    assert groups == {"org_Tyrell": None, "vapp_Tyrell_Gold_Shop": "org_Tyrell"}
    assert made(machine(), group_by=frozenset()).hosts[0].groups == []


def test_every_network_of_a_machine_whose_nics_are_known_makes_a_group() -> None:
    groups = made(machine(nics=NICS), group_by=frozenset({"network"})).hosts[0].groups
    assert groups == ["network_Tyrell_Back", "network_Tyrell_Front", "network_Tyrell_Spare"]


def test_metadata_makes_groups_of_key_and_value() -> None:
    row = machine(metadata={"role": "front end", "backup": True})
    assert made(row, group_by=frozenset({"metadata"})).hosts[0].groups == [
        "metadata_role_front_end",
        "metadata_backup_True",
    ]


def test_vapps_of_the_same_name_in_two_organizations_are_two_groups() -> None:
    found = members(made(machine(), machine("web02", org="Wallace")))
    assert found["vapp_Tyrell_Gold_Shop"] == ["web01"]
    assert found["vapp_Wallace_Gold_Shop"] == ["web02"]


@pytest.mark.parametrize(
    "other", [{"org": "Ty-rell", "vdc": "Gold"}, {"org": "Ty", "vdc": "rell_Gold"}], ids=["characters", "joints"]
)
def test_two_tenants_never_share_a_group_because_their_names_look_alike(other: dict[str, str]) -> None:
    estate = made(machine(org="Ty_rell"), machine("spy", **other))
    for group, hosts in members(estate).items():
        if group.startswith(("org_", "vdc_", "vapp_", "network_")):
            assert len(hosts) == 1, group
    assert any("Ty_rell" in warning and other["org"] in warning for warning in estate.warnings)


def test_names_of_groups_that_look_alike_stay_the_same_whatever_else_there_is() -> None:
    rows = [machine(org="a-b"), machine("x", org="a_b"), machine("y", org="c")]
    groups = {host.name: host.groups for host in made(*rows[:2]).hosts}
    later = {host.name: host.groups for host in made(*reversed(rows)).hosts}
    assert {name: later[name] for name in groups} == groups


# Names


def test_a_name_that_two_machines_have_is_given_to_neither() -> None:
    estate = made(machine(), machine(org="Wallace"), machine("db01"))
    names = [host.name for host in estate.hosts]
    assert names == [f"web01-{estate.hosts[0].key[:8]}", f"web01-{estate.hosts[1].key[:8]}", "db01"]
    assert "'web01' (2)" in estate.warnings[0]


def test_a_third_machine_of_the_name_renames_nobody() -> None:
    two = {host.key: host.name for host in made(machine(), machine(org="Wallace")).hosts}
    three = {host.key: host.name for host in made(machine(org="Nexus"), machine(), machine(org="Wallace")).hosts}
    assert {key: three[key] for key in two} == two


def test_machines_of_one_name_can_be_a_failure_that_says_what_to_do() -> None:
    with pytest.raises(InputError, match=r"duplicate_hostnames is fail.*'web01' \(2\).*hostnames.*vcloud_org"):
        made(machine(), machine(org="Wallace"), duplicate_hostnames="fail")


def test_a_name_that_another_source_has_given_to_another_machine_is_not_given_again() -> None:
    here = machine()
    assert made(here, taken={"web01": "somebody else"}).hosts[0].name == f"web01-{here['id'][:8]}"
    assert made(here, taken={"web01": here["id"]}).hosts[0].name == "web01"


def test_names_come_from_the_variables_and_fall_back_to_the_servers() -> None:
    estate = made(machine(), name_of=lambda variables: f"{variables['vcloud_name']}.{variables['vcloud_org']}")
    assert estate.hosts[0].name == "web01.Tyrell"
    assert made(machine(), name_of=lambda variables: "").hosts[0].name == "web01"
    nameless = machine("")
    assert made(nameless).hosts[0].name == nameless["id"]


def test_a_warning_shows_a_few_names_and_counts_the_rest() -> None:
    rows = [machine(f"vm{number}", org=org) for number in range(9) for org in ("a", "b")]
    assert "'vm4' (2) and 4 more" in made(*rows).warnings[0]


# Once each


def test_a_machine_that_two_entries_choose_is_one_host() -> None:
    row = machine()
    assert len(made(row, dict(row)).hosts) == 1


def test_appliances_are_grouped_by_their_kind_and_site() -> None:
    cloud = appliance("cloud", "https://vcav-a03.example.com")
    estate = made(cloud, appliance("replicator", "https://vcar01.example.com:8043"))
    found = members(estate)
    assert found["vcav"] == ["vcav-a03.example.com", "vcar01.example.com"]
    assert found["vcav_cloud"] == ["vcav-a03.example.com"]
    assert found["site_A03_Auckland"] == found["vcav"]
    variables = estate.hosts[1].variables
    assert variables["vcav_url"] == "https://vcar01.example.com:8043"
    assert (variables["vcav_site"], variables["ansible_host"]) == ("A03-Auckland", "vcar01.example.com")


def test_a_manager_on_the_appliance_of_its_cloud_service_is_no_host_of_its_own() -> None:
    (host,) = made(
        appliance("cloud", "https://vcav-a03.example.com"), appliance("manager", "https://vcav-a03.example.com:8441")
    ).hosts
    assert host.variables["vcav_url"] == "https://vcav-a03.example.com"
    assert host.variables["vcloud_manager_url"] == "https://vcav-a03.example.com:8441"
    assert host.groups == ["vcav_cloud", "vcav_manager", "site_A03_Auckland"]


def test_a_paired_site_is_its_own_appliance_where_the_file_has_that() -> None:
    a03, c00 = appliance("cloud", "https://a03"), appliance("cloud", "https://c00", "C00-Christchurch")
    seen = appliance("paired_site", "https://public-c00:443", "C00-Christchurch")
    assert [host.name for host in made(a03, seen, c00).hosts] == ["a03", "c00"]
    alone = made(a03, seen).hosts[1]
    assert (alone.name, alone.groups) == ("public-c00", ["vcav_paired_site", "site_C00_Christchurch"])
    assert "vcav_url" not in alone.variables, "whoever runs a play on vcav has no login for another provider's site"


# Clusters


def test_nodes_are_grouped_by_cluster_and_by_part() -> None:
    def node(name: str, role: str, number: str, **more: Any) -> dict[str, Any]:
        return machine(name, identity=number * 8, cluster="k8s", cluster_id="1", cluster_role=role, vapp="k8s", **more)

    rows = [node("mstr-a", "control_plane", "1"), node("node-a", "worker", "2"), machine("web01", identity="3" * 8)]
    other = node("node-b", "worker", "4", org="Wallace")
    found = members(made(*rows, other, group_by=frozenset({"cluster", "cluster_role"})))
    assert found == {
        "cluster_Tyrell_Gold_k8s": ["mstr-a", "node-a"],
        "cluster_Tyrell_Gold_k8s_control_plane": ["mstr-a"],
        "cluster_Tyrell_Gold_k8s_worker": ["node-a"],
        "cluster_Wallace_Gold_k8s": ["node-b"],
        "cluster_Wallace_Gold_k8s_worker": ["node-b"],
        "cluster_role_control_plane": ["mstr-a"],
        "cluster_role_worker": ["node-a", "node-b"],
    }
    only = members(made(*rows, group_by=frozenset({"cluster_role"})))
    assert set(only) == {"cluster_role_control_plane", "cluster_role_worker"}
