"""What tenants run: the same for both products, changed behind everybody's back, and by the thousand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from tests.simulator import changes
from tests.simulator.bulk import grow
from tests.simulator.cli import main
from tests.simulator.estate import parse_estate
from tests.simulator.machines import GIB, OFF, ON, SUSPENDED
from tests.simulator.running import Running, running_simulator
from tests.simulator.vcd import VcdService
from tests.simulator.wire import Request
from tests.simulator.world import World

from .vcav.asking import NORTH, SOUTH
from .vcav.replicating import Replicating
from .vcd.asking import HOST, PASSWORD, basic, estate

A = "A03-Auckland"


@pytest.fixture(name="pair", scope="module")
def two_sites() -> Replicating:
    return Replicating("4.7")


Order = Callable[..., dict[str, Any]]


@pytest.fixture(name="order")
def orders(pair: Replicating) -> Order:
    """The control listener's changes without a control listener."""
    simulator: Any = SimpleNamespace(sites=pair.sites)

    def order(what: str, site: str = NORTH, **given: Any) -> dict[str, Any]:
        return changes.change(simulator, {"what": what, "site": site, **given})

    return order


def vcd_names(pair: Replicating, site: str, kind: str) -> dict[str, str]:
    """Name -> bare id of what the vCD of a site lists."""
    vcd = VcdService(pair.world, pair.world.sites[site])
    accept = f"application/*+json;version={vcd.offers[-1].version}"
    login = {"host": HOST, "accept": accept, "authorization": basic("administrator@System", PASSWORD)}
    token = vcd.handle(Request("POST", "/cloudapi/1.0.0/sessions/provider", login)).header(
        "X-VMWARE-VCLOUD-ACCESS-TOKEN"
    )
    sent = {"host": HOST, "accept": accept, "authorization": f"Bearer {token}"}
    answer = vcd.handle(Request("GET", f"/api/query?type={kind}&format=idrecords&pageSize=128", sent)).document()
    return {one["name"]: one["id"].rpartition(":")[2] for one in answer["record"] if not one.get("isVAppTemplate")}


def vcav_names(pair: Replicating, site: str, kind: str) -> dict[str, str]:
    return {one["name"]: one["id"] for one in pair.ask("GET", f"/inventory/{kind}", site=site).document()["items"]}


# One set of workloads for both products


@pytest.mark.parametrize(("vcav", "vcd"), [("vdcs", "adminOrgVdc"), ("vapps", "adminVApp"), ("vms", "adminVM")])
def test_both_products_show_the_same_things_under_the_same_ids(pair: Replicating, vcav: str, vcd: str) -> None:
    found = vcav_names(pair, NORTH, vcav)
    assert found and vcd_names(pair, NORTH, vcd) == found


def test_a_failover_appears_in_the_vcd_of_its_destination(pair: Replicating) -> None:
    source = pair.service().workloads.find_vm("acme-db-north-01")
    made = pair.protect("acme-db-north")
    pair.done(made, "failover")
    assert "acme-db-north" in vcd_names(pair, SOUTH, "adminVApp")
    recovered = pair.service(site=SOUTH).workloads.find_vm("acme-db-north-01")
    assert vcd_names(pair, SOUTH, "adminVM")["acme-db-north-01"] == recovered.id
    alike = ("guest", "cpus", "memory_mb", "hardware", "tools", "metadata")
    assert [getattr(recovered, name) for name in alike] == [getattr(source, name) for name in alike]
    assert [nic.network for nic in recovered.nics] == ["Acme Servers South"]
    assert recovered.id != source.id


# Changes behind everybody's back


def test_a_vm_is_added_with_everything_that_it_has(pair: Replicating, order: Order) -> None:
    order("vapp-add", org="Acme", vapp="shop", metadata={"tier": "shop"}, description="A shop", vms={"shop-1": {
        "gib": [2, 3], "os": "rhel8_64Guest", "cpus": 4, "memory_mb": 8192, "power": "suspended", "tools": 0,
        "networks": ["Acme Servers North", "Acme DMZ North"], "primary": 1, "metadata": {"a": 1, "b": "x"},
        "storage_profile": "North VSAN Capacity", "hardware": 19, "description": "The first",
    }})  # fmt: skip
    workloads = pair.service().workloads
    vm, vapp = workloads.find_vm("shop-1"), workloads.find_vapp("shop")
    assert (vm.size, vm.cpus, vm.memory_mb, vm.status, vm.tools) == (5 * GIB, 4, 8192, SUSPENDED, 0)
    assert vm.guest.name == "Red Hat Enterprise Linux 8 (64-bit)" and vm.metadata == {"a": 1, "b": "x"}
    assert [nic.network for nic in vm.nics] == ["Acme Servers North", "Acme DMZ North"]
    assert vm.primary_nic == vm.nics[1] and vm.profile and vm.profile[1] == "North VSAN Capacity"
    assert vapp.metadata == {"tier": "shop"} and vapp.description == "A shop"
    order("vm-set", vm="shop-1", fields={"name": "till", "metadata": {"a": None, "c": True}, "power": "on"})
    assert (vm.name, vm.metadata, vm.status) == ("till", {"b": "x", "c": True}, ON)
    order("vm-set", vm="till", fields={"nics": [{"network": "Acme DMZ North", "ip": "192.0.2.7", "mode": "MANUAL",
                                                 "connected": False}, {}]})  # fmt: skip
    assert [(nic.ip, nic.mode, nic.connected) for nic in vm.nics] == [
        ("192.0.2.7", "MANUAL", False),
        (None, "NONE", False),
    ]
    order("vapp-remove", vapp="shop")
    assert vm.id not in workloads.vms


def test_power_of_vms_and_vapps(pair: Replicating, order: Order) -> None:
    workloads = pair.service().workloads
    vapp = workloads.find_vapp("tyrell-web-north")
    before = workloads.mark
    order("vm-power", vm="tyrell-web-north-01", power="off")
    assert workloads.mark != before and [vm.status for vm in vapp.vms.values()] == [OFF, ON]
    order("vapp-power", vapp="tyrell-web-north", state="suspended")
    assert {vm.status for vm in vapp.vms.values()} == {SUSPENDED}
    order("vapp-power", vapp="tyrell-web-north", power="FAILED_CREATION")
    assert vapp.status(partial=True) == -1
    order("vapp-power", vapp="tyrell-web-north", power="on")
    assert vapp.status(partial=True) == ON
    order("vm-power", vm="tyrell-web-north-01", power="WAITING_FOR_INPUT")
    assert vapp.status(partial=True) == 10


def test_catalogs_and_vdcs_come_and_go(pair: Replicating, order: Order) -> None:
    workloads = pair.service().workloads
    order("catalog-add", org="Tyrell", catalog="Golden")
    order("template-add", catalog="Golden", template="win", fields={"os": "Microsoft Windows Server 2019 (64-bit)"})
    catalog = workloads.find_catalog("Golden")
    (item,) = catalog.items.values()
    assert item.template is not None and item.template.vdc_id == workloads.vdcs_of("Tyrell")[0].id
    order("catalog-remove", catalog="Golden")
    assert catalog.id not in workloads.catalogs and item.template.id not in workloads.templates
    order("vdc-add", org="Tyrell", vdc="Flexible", fields={"allocation": "Flex"})
    order("vapp-add", org="Tyrell", vapp="there", vdc="Flexible", vms={})
    assert [one.allocation for one in workloads.vdcs_of("Tyrell")] == ["AllocationPool", "Flex"]
    order("vdc-set", org="Tyrell", vdc="Flexible", fields={"enabled": False})
    assert [one.enabled for one in workloads.vdcs_of("Tyrell")] == [True, False]
    order("vdc-remove", org="Tyrell", vdc="Flexible")
    assert all(one.name != "there" for one in workloads.vapps_of("Tyrell"))


@pytest.mark.parametrize(
    "given",
    [
        {"what": "vm-power", "vm": "acme-web-north-01", "power": "dancing"},
        {"what": "vm-power", "vm": "nobody", "power": "on"},
        {"what": "vm-set", "vm": "acme-web-north-01", "fields": {"colour": "red"}},
        {"what": "vm-set", "vm": "acme-web-north-01", "fields": {"networks": "Nowhere"}},
        {"what": "vm-set", "vm": "acme-web-north-01", "fields": {"storage_profile": "Nothing"}},
        {"what": "vapp-set", "vapp": "acme-web-north", "fields": {}},
        {"what": "vdc-add", "org": "Acme", "vdc": "x", "fields": {"allocation": "Magic"}},
        {"what": "vdc-set", "org": "Acme", "vdc": "Acme North Allocated", "fields": {"enabled": "perhaps"}},
        {"what": "vdc-set", "org": "Acme", "vdc": "x", "fields": {"enabled": True}},
        {"what": "catalog-add", "org": "Acme", "catalog": "Acme Templates"},
        {"what": "catalog-add", "org": "Nobody", "catalog": "x"},
        {"what": "template-add", "catalog": "Nothing", "template": "x"},
    ],
)
def test_changes_that_are_none_are_told(order: Order, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        order(**given)


# By the thousand


def test_a_bulk_has_the_variety_of_an_estate_and_is_always_the_same() -> None:
    worlds = [World(parse_estate(estate(tenants=("Tyrell", "Weyland")))) for _number in range(2)]
    sites = [world.sites["North"] for world in worlds]
    for world in worlds:
        assert world.scale_vms(1000) == 1000 and world.scale_vms(800) == 0 and world.scale_vms(1200) == 200
    first, second = (list(site.workloads.vms.values()) for site in sites)
    assert [(vm.id, vm.name, vm.status, vm.nics, vm.metadata) for vm in first] == [
        (vm.id, vm.name, vm.status, vm.nics, vm.metadata) for vm in second
    ]
    bulk = [vm for vm in first if vm.vapp and vm.vapp.bulk]
    assert len(bulk) == 1200 and len({vm.id for vm in bulk}) == 1200 and len({vm.name for vm in bulk}) == 1200
    addresses = [nic.ip for vm in bulk for nic in vm.nics if nic.ip]
    macs = [nic.mac for vm in bulk for nic in vm.nics]
    assert len(set(macs)) == len(macs) and max(Counter(addresses).values()) <= 2
    states = Counter(vm.status for vm in bulk)
    assert states[ON] == 900 and states[OFF] == 204 and states[SUSPENDED] == 60
    assert len({vm.guest for vm in bulk}) == 7 and {len(vm.nics) for vm in bulk} == {0, 1, 2}
    assert {nic.mode for vm in bulk for nic in vm.nics} == {"POOL", "DHCP", "MANUAL", "NONE"}
    assert {vm.vapp.org for vm in bulk if vm.vapp} == {"Tyrell", "Weyland"}
    assert {bool(vm.metadata) for vm in bulk} == {True, False}


def test_a_bulk_needs_a_vdc() -> None:
    world = World(parse_estate(estate(tenants=())))
    with pytest.raises(ValueError, match="VDC"):
        grow(world.sites["North"].workloads, [], 1)


@pytest.fixture(name="simulator", scope="module")
def with_many_vms() -> Iterator[Running]:
    with running_simulator(vcd_version="10.3", vms=40) as simulator:
        yield simulator


def vcd(simulator: Running, path: str, accept: str = "application/json;version=36.0") -> requests.Response:
    base = simulator.vcd(A)
    with requests.Session() as http:
        http.trust_env = False
        http.headers["Accept"] = accept
        user, _at, org = simulator.vcd_user(A).partition("@")
        login = (f"{user}@{org or 'System'}", simulator.vcd_password(A))
        address = f"{base}/cloudapi/1.0.0/sessions/provider"
        token = http.post(address, auth=login, verify=simulator.ca_path, timeout=10).headers[
            "X-VMWARE-VCLOUD-ACCESS-TOKEN"
        ]
        headers = {"Authorization": f"Bearer {token}"}
        return http.get(f"{base}{path}", headers=headers, verify=simulator.ca_path, timeout=10)


def test_a_run_may_have_a_vcd_of_any_release_and_many_vms(
    simulator: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "10.3.0." in vcd(simulator, "/api/admin/", "application/*+xml;version=36.0").text
    query = "/api/query?type=adminVM&pageSize=128&filter=isVAppTemplate==false"

    def total() -> int:
        return int(vcd(simulator, query, "application/*+json;version=36.0").json()["total"])

    alone = total() - 40
    assert main(["scale", "--vms", "100", "--site", A, "--state", str(simulator.state_path)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["added"] == 60 and total() == 100 + alone
    assert simulator.control.scale_vms(100)["added"] == 60
    simulator.control.reset()
    assert total() == 40 + alone


def test_workloads_are_changed_on_the_command_line(simulator: Running, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str) -> None:
        assert main([*arguments, "--state", str(simulator.state_path)]) == 0, capsys.readouterr().err
        capsys.readouterr()

    run("vapp-add", A, "Tyrell", "shop", "shop-1=2")
    run("vm-add", A, "shop", "shop-2", "gib=8", "os=rhel8_64Guest", 'metadata={"tier": "shop"}')
    run("vm-set", A, "shop-2", "networks=Tyrell Servers A03,Tyrell DMZ A03")
    run("vm-power", A, "shop-2", "off")
    run("catalog-add", A, "Tyrell", "Golden")
    run("template-add", A, "Golden", "win")
    query = "/api/query?type=adminVM&filter=name==shop-2&fields=name,guestOs,status,metadata:tier"
    (record,) = vcd(simulator, query, "application/*+json;version=36.0").json()["record"]
    assert (record["guestOs"], record["status"]) == ("Red Hat Enterprise Linux 8 (64-bit)", "POWERED_OFF")
    assert record["metadata"]["metadataEntry"][0]["typedValue"]["value"] == "shop"
