"""pyvcloud 23.0.4, the last release of VMware's Python client, with the oldest and newest API it can speak."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.clients import ClientError, Driver
from tests.conformance.conftest import TENANT, Server

Servers = Callable[[str], Server]
Drivers = Callable[[str], Driver]

# What a release offers at most, and the highest of it that pyvcloud knows.
SPOKEN = {"9.7": "32.0", "10.3": "36.0", "10.6": "36.0"}
RELEASES = pytest.mark.parametrize("release", list(SPOKEN))


@RELEASES
def test_it_negotiates_the_highest_version_that_it_knows(pyvcloud: Drivers, server: Servers, release: str) -> None:
    session = pyvcloud(release).call("session", who="system")
    assert session["version"] == SPOKEN[release]
    assert session["version"] in pyvcloud(release).call("versions", url=server(release).url)


@RELEASES
def test_it_sees_who_has_logged_in(pyvcloud: Drivers, release: str) -> None:
    system = pyvcloud(release).call("session", who="system")
    assert (system["org"], system["roles"], system["sysadmin"]) == ("System", "System Administrator", True)
    tenant = pyvcloud(release).call("session", who="tenant")
    assert (tenant["org"], tenant["user"], tenant["sysadmin"]) == (TENANT, "admin", False)


@RELEASES
def test_it_tells_a_wrong_password_from_other_faults(pyvcloud: Drivers, server: Servers, release: str) -> None:
    vcd = server(release)
    for org, user in (("System", vcd.user), (TENANT, "admin"), ("Nobody", "admin")):
        with pytest.raises(ClientError) as caught:
            pyvcloud(release).call("login", who="nobody", url=vcd.url, user=user, org=org, password="wrong")
        assert (caught.value.kind, caught.value.status) == ("UnauthorizedException", 401)


@pytest.mark.parametrize("release", ["10.3", "10.6"])
def test_a_session_can_be_picked_up_by_either_token(pyvcloud: Drivers, server: Servers, release: str) -> None:
    driver, url = pyvcloud(release), server(release).url
    first = driver.call("session", who="system")
    with_jwt = driver.call("rehydrate", who="picked", url=url, token=first["token"], version="36.0")
    assert with_jwt["org"] == "System"
    assert len(with_jwt["short_token"]) == 32
    short = driver.call("rehydrate", who="picked", url=url, token=with_jwt["short_token"], version="36.0", jwt=False)
    assert short["user"] == first["user"]


@RELEASES
def test_a_session_ends_with_its_log_out(pyvcloud: Drivers, server: Servers, release: str) -> None:
    vcd, driver = server(release), pyvcloud(release)
    driver.call("login", who="short", url=vcd.url, user="admin", org=TENANT, password=vcd.password)
    token = driver.call("session", who="short")
    assert driver.call("again", who="short") == TENANT
    driver.call("logout", who="short")
    with pytest.raises(ClientError):
        driver.call("rehydrate", who="dead", url=vcd.url, token=token["token"], version=SPOKEN[release])


@RELEASES
def test_organizations_are_made_changed_and_removed(pyvcloud: Drivers, release: str) -> None:
    driver = pyvcloud(release)
    made = driver.call("create_org", who="system", name="rekall", full_name="Rekall Inc", enabled=True)
    assert made["name"] == "rekall"
    found = driver.call("org", who="system", name="rekall")
    assert (found["full_name"], found["enabled"]) == ("Rekall Inc", True)
    assert {TENANT, "System", "rekall"} <= set(driver.call("orgs", who="system"))
    with pytest.raises(ClientError) as caught:
        driver.call("create_org", who="system", name="rekall", full_name="Again", enabled=True)
    assert caught.value.status == 400
    assert driver.call("enable_org", who="system", name="rekall", enabled=False) is False
    assert driver.call("delete_org", who="system", name="rekall") == {"status": "success", "operationName": "orgDelete"}
    assert "rekall" not in driver.call("orgs", who="system")


@RELEASES
def test_a_tenant_sees_its_own_organization_and_makes_none(pyvcloud: Drivers, release: str) -> None:
    driver = pyvcloud(release)
    assert driver.call("orgs", who="tenant") == [TENANT]
    assert driver.call("org", who="tenant")["name"] == TENANT
    with pytest.raises(ClientError):
        driver.call("create_org", who="tenant", name="mine", full_name="Mine", enabled=True)


@RELEASES
def test_a_task_that_fails_is_told_with_its_cause(pyvcloud: Drivers, server: Servers, release: str) -> None:
    driver, control = pyvcloud(release), server(release).running.control
    driver.call("create_org", who="system", name="cyberdyne", full_name="Cyberdyne", enabled=False)
    control.add_fault("fail_task", times=1)
    with pytest.raises(ClientError) as caught:
        driver.call("delete_org", who="system", name="cyberdyne")
    assert "internal error" in caught.value.text
    assert driver.call("delete_org", who="system", name="cyberdyne")["status"] == "success"


@RELEASES
def test_the_build_is_readable(pyvcloud: Drivers, release: str) -> None:
    assert pyvcloud(release).call("description", who="system").startswith(f"{release}.")


@RELEASES
def test_queries_filter_sort_and_go_through_all_pages(pyvcloud: Drivers, server: Servers, release: str) -> None:
    server(release).running.control.scale(30, site="A03-Auckland")
    driver = pyvcloud(release)
    names = [one["name"] for one in driver.call("query", who="system", kind="organization", sort="name", page_size=10)]
    assert len(names) == 31 and names == sorted(names, key=str.lower)
    (found,) = driver.call("query", who="system", kind="organization", equal=["name", "tenant-00007"])
    assert found["name"] == "tenant-00007" and "/api/org/" in found["href"]
    (found,) = driver.call("query", who="system", kind="organization", format="idrecords", filter="name==tenant-00008")
    assert found["id"] and "href" not in found
    some = driver.call("query", who="system", kind="organization", filter="name==tenant-0001*;isEnabled==true")
    assert len(some) == 10
    assert driver.call("query", who="system", kind="organization", equal=["name", "nobody"]) == []


VDC = f"{TENANT} A03 Allocated"
WEB = "tyrell-web-a03"
WHO = pytest.mark.parametrize("who", ["system", "tenant"])


@RELEASES
@WHO
def test_vdcs_are_found_below_their_organization(pyvcloud: Drivers, release: str, who: str) -> None:
    driver = pyvcloud(release)
    assert driver.call("vdcs", who=who, org=TENANT) == [VDC]
    found = driver.call("vdc", who=who, org=TENANT, name=VDC)
    assert (found["name"], found["status"], found["enabled"]) == (VDC, "1", True)
    assert found["id"].startswith("urn:vcloud:vdc:")
    assert WEB in found["vapps"]
    assert found["storage_profiles"] == ["A03 VSAN Capacity", "A03 VSAN Performance"]


@RELEASES
@WHO
def test_networks_of_a_vdc_with_their_kind(pyvcloud: Drivers, release: str, who: str) -> None:
    found = pyvcloud(release).call("networks", who=who, org=TENANT, vdc=VDC)
    # So the client calls the numbers 2 and 1, which are isolated and routed (contract 4.5); reading the networks
    # themselves, it finds out.
    kinds = [(one["name"], one["linkType"]) for one in found]
    assert kinds == [(f"{TENANT} DMZ A03", "DLR_UPLINK"), (f"{TENANT} Servers A03", "INDEPENDENT")]
    sorts = pyvcloud(release).call("network_sorts", who=who, org=TENANT, vdc=VDC)
    assert sorts == {"routed": [f"{TENANT} Servers A03"], "isolated": [f"{TENANT} DMZ A03"], "direct": []}


@RELEASES
@WHO
def test_vapps_and_their_vms(pyvcloud: Drivers, release: str, who: str) -> None:
    driver = pyvcloud(release)
    vapp = driver.call("vapp", who=who, org=TENANT, vdc=VDC, name=WEB)
    assert (vapp["name"], vapp["status"], vapp["deployed"], vapp["on"]) == (WEB, "4", "true", True)
    assert (vapp["owner"], vapp["vms"]) == ("admin", [f"{WEB}-01", f"{WEB}-02"])
    vm = driver.call("vm", who=who, org=TENANT, vdc=VDC, vapp=WEB, name=f"{WEB}-01")
    assert (vm["status"], vm["on"], vm["cpus"]["num_cpus"], vm["memory"]) == ("4", True, 2, 4096)
    (nic,) = vm["nics"]
    assert nic["network"] == f"{TENANT} Servers A03" and nic["primary"] is True
    assert nic["ip"].count(".") == 3 and nic["mac_address"].count(":") == 5


@RELEASES
@WHO
def test_catalogs_and_what_is_in_them(pyvcloud: Drivers, release: str, who: str) -> None:
    driver = pyvcloud(release)
    (name,) = driver.call("catalogs", who=who, org=TENANT)
    found = driver.call("catalog", who=who, org=TENANT, name=name)
    assert (found["published"], found["items"]) == (False, ["photon-5.0", "ubuntu-22.04"])


@RELEASES
def test_the_list_of_query_types_is_another_one_for_tenants(pyvcloud: Drivers, release: str) -> None:
    wanted = {"organization", "orgVdc", "vApp", "vm", "catalog", "catalogItem", "task", "orgVdcNetwork", "user", "role"}
    provider = set(pyvcloud(release).call("query_types", who="system"))
    tenant = set(pyvcloud(release).call("query_types", who="tenant"))
    assert wanted <= tenant < provider
    admin = {name for name in provider if name.startswith("admin")}
    assert {"adminOrgVdc", "adminVApp", "adminVM", "adminTask", "adminUser", "adminService"} <= admin
    assert not admin & tenant
    with pytest.raises(ClientError) as caught:
        pyvcloud(release).call("query", who="tenant", kind="adminVM")
    assert caught.value.kind == "OperationNotSupportedException", "the client looks into the list first"


@RELEASES
def test_vms_are_found_by_what_they_are(pyvcloud: Drivers, release: str) -> None:
    driver = pyvcloud(release)
    on = "isVAppTemplate==false;status==POWERED_ON"
    found = driver.call("query", who="tenant", kind="vm", filter=on, sort="name")
    assert [one["name"] for one in found] == ["tyrell-db-a03-01", f"{WEB}-01", f"{WEB}-02"]
    by_vdc = driver.call("query", who="tenant", kind="vm", filter=f"{on};numberOfCpus=gt=3")
    assert [one["containerName"] for one in by_vdc] == ["tyrell-db-a03"]
    href = driver.call("query", who="tenant", kind="orgVdc")[0]["href"]
    assert len(driver.call("query", who="tenant", kind="vm", equal=["vdc", href], filter=None)) >= 3


@RELEASES
@WHO
def test_users_and_roles_of_a_tenant(pyvcloud: Drivers, release: str, who: str) -> None:
    driver = pyvcloud(release)
    (admin,) = driver.call("users", who=who, org=TENANT)
    assert (admin["name"], admin["isEnabled"]) == ("admin", "true")
    assert {"Organization Administrator", "vApp User"} <= set(driver.call("roles", who=who, org=TENANT))
    assert "vApp: Use Console" in driver.call("role_rights", who=who, org=TENANT, name="vApp User")


@RELEASES
def test_a_user_is_made_logs_in_and_goes(pyvcloud: Drivers, server: Servers, release: str) -> None:
    driver, vcd = pyvcloud(release), server(release)
    made = driver.call("create_user", who="tenant", org=TENANT, name="rachael", password="Lab-Only-2", role="vApp User")
    assert made["name"] == "rachael" and made["id"].startswith("urn:vcloud:user:") and made["enabled"] is True
    session = driver.call("login", who="rachael", url=vcd.url, user="rachael", org=TENANT, password="Lab-Only-2")
    assert session["roles"] == "vApp User"
    with pytest.raises(ClientError) as caught:
        driver.call("delete_user", who="rachael", org=TENANT, name="admin")
    assert caught.value.status == 403
    driver.call("delete_user", who="tenant", org=TENANT, name="rachael")
    with pytest.raises(ClientError):
        driver.call("again", who="rachael")


@RELEASES
def test_an_api_extension_from_registration_to_removal(pyvcloud: Drivers, release: str) -> None:
    driver = pyvcloud(release)
    name = {"name": "backup", "namespace": "com.acme.backup"}
    patterns = ["/api/acme/.*", "/api/admin/acme/.*"]
    driver.call("add_extension", who="system", **name, routing_key="backup", exchange="vcdext", patterns=patterns)
    assert "backup" in driver.call("extensions", who="system")
    found = driver.call("extension", who="system", **name)
    assert (found["enabled"], found["routingKey"], found["exchange"]) == ("true", "backup", "vcdext")
    assert driver.call("extension_filters", who="system", **name) == sorted(patterns)
    driver.call("update_extension", who="system", **name, routing_key="other")
    found = driver.call("extension", who="system", **name)
    assert found["routingKey"] == "other"
    assert driver.call("extension_filters", who="system", **name) == sorted(patterns), "filters stay"
    with pytest.raises(ClientError) as caught:
        driver.call("add_extension", who="system", **name, routing_key="b", exchange="e", patterns=[])
    assert caught.value.status == 400
    driver.call("enable_extension", who="system", **name, enabled=False)
    assert driver.call("extension", who="system", **name)["enabled"] == "false"
    driver.call("delete_extension", who="system", **name)
    assert "backup" not in driver.call("extensions", who="system")
    with pytest.raises(ClientError):
        driver.call("extensions", who="tenant")
