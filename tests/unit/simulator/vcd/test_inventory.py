"""What tenants have, as documents of both API families (contract section 4.4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.simulator.workloads import Workloads
from tests.unit.simulator.vcd.asking import HOST, V, Vcd

Maker = Callable[..., Vcd]
OVF = "{http://schemas.dmtf.org/ovf/envelope/1}"
RASD = "{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData}"
XML = "application/*+xml;version=36.0"
JSON = "application/*+json;version=36.0"
BASE = f"https://{HOST}"


def workloads(vcd: Vcd) -> Workloads:
    return vcd.world.sites["North"].workloads


def names(root: ElementTree.Element) -> list[str]:
    """Children without their namespace."""
    return [child.tag.rpartition("}")[2] for child in root]


def org_id(vcd: Vcd, name: str = "Tyrell") -> str:
    return vcd.world.sites["North"].organizations[name].id


def body(vcd: Vcd, target: str, **headers: str) -> Any:
    reply = vcd.get(target, **headers)
    assert reply.status == 200, reply.body
    return json.loads(reply.body)


# Organization VDCs


def test_a_vdc_has_its_elements_in_the_order_of_the_schema(system: Maker) -> None:
    vcd = system("10.3")
    (vdc,) = workloads(vcd).vdcs_of("Tyrell")
    status, root = vcd.xml(f"/api/vdc/{vdc.id}", accept=XML)
    assert (status, root.tag, root.get("name"), root.get("status")) == (200, f"{V}Vdc", "Tyrell North Allocated", "1")
    assert root.get("id") == f"urn:vcloud:vdc:{vdc.id}" and root.get("href") == f"{BASE}/api/vdc/{vdc.id}"
    assert [one for one in names(root) if one != "Link"] == [
        "Description", "AllocationModel", "ComputeCapacity", "ResourceEntities", "AvailableNetworks", "Capabilities",
        "NicQuota", "NetworkQuota", "UsedNetworkCount", "VmQuota", "IsEnabled", "VdcStorageProfiles", "VCpuInMhz2",
    ]  # fmt: skip
    entities = [
        (one.get("name"), str(one.get("type")).partition("vcloud.")[2]) for one in root.iter(f"{V}ResourceEntity")
    ]
    assert ("tyrell-web-north", "vApp+xml") in entities and ("photon-5.0", "vAppTemplate+xml") in entities
    used = [root.findtext(f"{V}ComputeCapacity/{V}{part}/{V}Used") for part in ("Cpu", "Memory")]
    assert used == ["8000", "24576"]


def test_the_administrators_view_of_a_vdc_is_for_system(vcd: Maker) -> None:
    made = vcd("10.3", tenants=("Tyrell", "Weyland"))
    (vdc,) = workloads(made).vdcs_of("Tyrell")
    made.log_in()
    status, root = made.xml(f"/api/admin/vdc/{vdc.id}", accept=XML)
    assert (status, root.tag) == (200, f"{V}AdminVdc")
    provider = root.find(f"{V}ProviderVdcReference")
    assert provider is not None and provider.get("name") == "North Provider VDC"
    made.log_in("admin@Tyrell")
    assert made.xml(f"/api/admin/vdc/{vdc.id}", accept=XML)[0] == 403
    assert made.xml(f"/api/vdc/{vdc.id}", accept=XML)[0] == 200
    made.log_in("admin@Weyland")
    status, error = made.xml(f"/api/vdc/{vdc.id}", accept=XML)
    assert (status, error.get("minorErrorCode")) == (403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN")


def test_vdcs_of_the_open_api(vcd: Maker) -> None:
    made = vcd("10.3", tenants=("Tyrell", "Weyland"))
    made.log_in()
    page = body(made, "/cloudapi/1.0.0/vdcs")
    assert [one["name"] for one in page["values"]] == ["Tyrell North Allocated", "Weyland North Allocated"]
    first = page["values"][0]
    assert set(first) == {"id", "name", "description", "allocationType", "org"}
    assert first["allocationType"] == "ALLOCATION_POOL"
    assert first["org"] == {"name": "Tyrell", "id": f"urn:vcloud:org:{org_id(made)}"}
    assert body(made, f"/cloudapi/1.0.0/vdcs/{first['id']}") == first
    assert body(made, f"/cloudapi/1.0.0/vdcs/{quote(first['id'], safe='')}") == first
    found = body(made, f"/cloudapi/1.0.0/vdcs?filter={quote('org.id==' + first['org']['id'])}")
    assert found["values"] == [first]
    made.log_in("admin@Weyland")
    assert [one["name"] for one in body(made, "/cloudapi/1.0.0/vdcs")["values"]] == ["Weyland North Allocated"]
    assert made.get(f"/cloudapi/1.0.0/vdcs/{first['id']}").status == 403
    assert made.get("/cloudapi/1.0.0/vdcs", accept="application/json;version=34.0").status == 404


def test_whoever_acts_for_a_tenant_sees_what_is_the_tenants(system: Maker) -> None:
    vcd = system("10.3", tenants=("Tyrell", "Weyland"))
    context = {"X_VMWARE_VCLOUD_TENANT_CONTEXT".lower(): org_id(vcd, "Weyland")}
    assert [one["name"] for one in body(vcd, "/cloudapi/1.0.0/vdcs", **context)["values"]] == [
        "Weyland North Allocated"
    ]
    for kind in ("vApp", "adminVApp"):
        _status, root = vcd.xml(f"/api/query?type={kind}", accept=XML, **context)
        assert {record.get("name") for record in root} == {"weyland-web-north", "weyland-db-north"}


def test_an_organization_that_the_api_made_has_nothing(system: Maker) -> None:
    vcd = system("10.3")
    made = vcd.ask(
        "POST",
        "/cloudapi/1.0.0/orgs",
        json.dumps({"name": "new", "displayName": "New", "isEnabled": True}).encode(),
        content_type="application/json",
    )
    assert made.status == 201 and json.loads(made.body)["orgVdcCount"] == 0
    assert workloads(vcd).vdcs_of("new") == []
    workloads(vcd).add_vdc("new", "new North Allocated", "Flex")
    (vdc,) = workloads(vcd).vdcs_of("new")
    assert body(vcd, f"/cloudapi/1.0.0/vdcs/urn:vcloud:vdc:{vdc.id}")["allocationType"] == "FLEX"


@pytest.mark.parametrize(
    ("model", "word", "allocated"),
    [("AllocationVApp", "ALLOCATION_VAPP", "0"), ("ReservationPool", "RESERVATION_POOL", "100000")],
)
def test_allocation_models_in_both_families(system: Maker, model: str, word: str, allocated: str) -> None:
    vcd = system("10.3")
    vdc = workloads(vcd).add_vdc("Tyrell", "Reserve", model)
    _status, root = vcd.xml(f"/api/vdc/{vdc.id}", accept=XML)
    assert root.findtext(f"{V}AllocationModel") == model
    assert root.findtext(f"{V}ComputeCapacity/{V}Cpu/{V}Allocated") == allocated
    assert body(vcd, f"/cloudapi/1.0.0/vdcs/urn:vcloud:vdc:{vdc.id}")["allocationType"] == word


def test_a_vdc_that_is_disabled(system: Maker) -> None:
    vcd = system("10.3")
    vdc = workloads(vcd).enable_vdc("Tyrell", "Tyrell North Allocated", False)
    assert vcd.xml(f"/api/vdc/{vdc.id}", accept=XML)[1].findtext(f"{V}IsEnabled") == "false"
    for kind, column in (("adminOrgVdc", "isEnabled"), ("adminVApp", "isVdcEnabled"), ("adminVM", "isVdcEnabled")):
        _status, records = vcd.xml(f"/api/query?type={kind}", accept=XML)
        assert {one.get(column) for one in records} == {"false"}
    workloads(vcd).enable_vdc("Tyrell", "Tyrell North Allocated", True)
    assert vcd.xml(f"/api/vdc/{vdc.id}", accept=XML)[1].findtext(f"{V}IsEnabled") == "true"


# Storage, provider VDCs


def test_storage_profiles_in_both_families(system: Maker) -> None:
    vcd = system("10.3")
    values = body(vcd, "/cloudapi/1.0.0/orgVdcStoragePolicies?sortDesc=name")["values"]
    assert [(one["name"], one["storageLimitMb"], one["isDefaultStoragePolicy"]) for one in values] == [
        ("North VSAN Performance", 1_048_576, True),
        ("North VSAN Capacity", 0, False),
    ]
    assert values[0]["orgVdcRef"]["name"] == "Tyrell North Allocated"
    identity = values[0]["id"].rpartition(":")[2]
    status, root = vcd.xml(f"/api/vdcStorageProfile/{identity}", accept=XML)
    assert (status, root.tag) == (200, f"{V}VdcStorageProfile")
    texts = {name: root.findtext(f"{V}{name}") for name in ("Enabled", "Units", "Limit", "Default", "StorageUsedMB")}
    # 20 GiB of machines and two templates of 16 GiB.
    assert texts == {"Enabled": "true", "Units": "MB", "Limit": "1048576", "Default": "true", "StorageUsedMB": "53248"}
    assert vcd.xml(f"/api/admin/vdcStorageProfile/{identity}", accept=XML)[1].tag == f"{V}AdminVdcStorageProfile"
    assert vcd.get("/cloudapi/1.0.0/orgVdcStoragePolicies", accept="application/json;version=35.0").status == 404


def test_the_provider_vdc_is_systems(vcd: Maker) -> None:
    made = vcd("10.3")
    made.log_in()
    (provider,) = body(made, "/cloudapi/1.0.0/providerVdcs")["values"]
    assert (provider["name"], provider["creationStatus"], provider["isEnabled"]) == (
        "North Provider VDC",
        "READY",
        True,
    )
    assert body(made, f"/cloudapi/1.0.0/providerVdcs/{provider['id']}") == provider
    assert made.get("/cloudapi/1.0.0/providerVdcs/urn:vcloud:providervdc:other").status == 403
    made.log_in("admin@Tyrell")
    assert made.get("/cloudapi/1.0.0/providerVdcs").status == 403


# Networks


def test_networks_of_the_open_api(system: Maker) -> None:
    vcd = system("9.7")
    values = body(vcd, "/cloudapi/1.0.0/orgVdcNetworks")["values"]
    assert [(one["name"], one["networkType"]) for one in values] == [
        ("Tyrell DMZ North", "ISOLATED"),
        ("Tyrell Servers North", "NAT_ROUTED"),
    ]
    isolated, routed = values
    (subnet,) = routed["subnets"]["values"]
    assert subnet["prefixLength"] == 16 and subnet["gateway"].endswith(".0.1") and routed["usedIpCount"] == 3
    assert routed["connection"]["routerRef"]["name"] == "Tyrell Edge" and isolated["connection"] is None
    assert routed["ownerRef"]["name"] == "Tyrell North Allocated" and routed["orgRef"]["name"] == "Tyrell"
    assert body(vcd, f"/cloudapi/1.0.0/orgVdcNetworks/{routed['id']}") == routed
    found = body(vcd, f"/cloudapi/1.0.0/orgVdcNetworks?filter={quote('ownerRef.id==' + routed['ownerRef']['id'])}")
    assert len(found["values"]) == 2


def test_pages_of_networks_are_smaller(system: Maker) -> None:
    vcd = system("10.3", tenants=tuple(f"Org-{number:02d}" for number in range(20)))
    assert body(vcd, "/cloudapi/1.0.0/orgVdcNetworks")["pageSize"] == 16
    page = vcd.get("/cloudapi/1.0.0/orgVdcNetworks?pageSize=128")
    document = json.loads(page.body)
    assert (document["pageSize"], document["pageCount"], document["resultTotal"], len(document["values"])) == (
        32,
        2,
        40,
        32,
    )
    link = str(page.header("Link"))
    assert 'rel="nextPage"' in link and "page=2&pageSize=32" in link
    assert vcd.get("/cloudapi/1.0.0/orgVdcNetworks?pageSize=129").status == 400


def test_a_network_in_xml(system: Maker) -> None:
    vcd = system("10.3")
    network = next(one for one in workloads(vcd).networks().values() if one.routed)
    status, root = vcd.xml(f"/api/network/{network.id}", accept=XML)
    assert (status, root.tag, root.get("name")) == (200, f"{V}OrgVdcNetwork", "Tyrell Servers North")
    assert root.findtext(f"{V}Configuration/{V}FenceMode") == "natRouted"
    scope = root.find(f"{V}Configuration/{V}IpScopes/{V}IpScope")
    assert scope is not None
    assert (scope.findtext(f"{V}Gateway"), scope.findtext(f"{V}Netmask")) == (network.gateway, "255.255.0.0")
    assert vcd.xml(f"/api/admin/network/{network.id}", accept=XML)[0] == 200


# Catalogs


def test_a_catalog_leads_to_items_and_templates(vcd: Maker) -> None:
    made = vcd("10.3", tenants=("Tyrell", "Weyland"))
    made.log_in("admin@Tyrell")
    _status, listed = made.xml("/api/query?type=catalog", accept=XML)
    (record,) = listed
    assert (record.get("name"), record.get("numberOfVAppTemplates")) == ("Tyrell Templates", "2")
    address = str(record.get("href")).removeprefix(BASE)
    _status, catalog = made.xml(address, accept=XML)
    items = {one.get("name"): str(one.get("href")).removeprefix(BASE) for one in catalog.iter(f"{V}CatalogItem")}
    assert set(items) == {"photon-5.0", "ubuntu-22.04"}
    _status, item = made.xml(items["photon-5.0"], accept=XML)
    entity = item.find(f"{V}Entity")
    assert entity is not None
    status, template = made.xml(str(entity.get("href")).removeprefix(BASE), accept=XML)
    assert (status, template.tag, template.get("status")) == (200, f"{V}VAppTemplate", "8")
    (vm,) = template.iter(f"{V}Vm")
    inside = made.xml(str(vm.get("href")).removeprefix(BASE), accept=XML)
    assert (inside[0], inside[1].get("name")) == (200, "photon-5.0")
    made.log_in("admin@Weyland")
    for forbidden in (address, items["photon-5.0"], str(entity.get("href")).removeprefix(BASE)):
        assert made.xml(forbidden, accept=XML)[0] == 403


# vApps and VMs


def test_a_vapp_holds_its_vms(system: Maker) -> None:
    vcd = system("10.3")
    vapp = workloads(vcd).find_vapp("tyrell-web-north")
    status, root = vcd.xml(f"/api/vApp/vapp-{vapp.id}", accept=XML)
    assert (status, root.tag, root.get("status"), root.get("deployed")) == (200, f"{V}VApp", "4", "true")
    assert root.get("id") == f"urn:vcloud:vapp:{vapp.id}"
    machines = root.findall(f"{V}Children/{V}Vm")
    assert [vm.get("name") for vm in machines] == ["tyrell-web-north-01", "tyrell-web-north-02"]
    networks = [one.get(f"{OVF}name") for one in root.findall(f"{OVF}NetworkSection/{OVF}Network")]
    assert networks == ["Tyrell Servers North"]
    owner = root.find(f"{V}Owner/{V}User")
    assert owner is not None and owner.get("name") == "admin"


def test_a_vm_tells_its_hardware(system: Maker) -> None:
    vcd = system("10.3")
    vm = workloads(vcd).find_vm("tyrell-db-north-01")
    status, root = vcd.xml(f"/api/vApp/vm-{vm.id}", accept=XML)
    specification = root.find(f"{V}VmSpecSection")
    assert status == 200 and specification is not None
    told = {
        name: specification.findtext(f"{V}{name}")
        for name in ("OsType", "NumCpus", "NumCoresPerSocket", "HardwareVersion", "VmToolsVersion")
    }
    assert told == {
        "OsType": "windows2019srv_64Guest",
        "NumCpus": "4",
        "NumCoresPerSocket": "1",
        "HardwareVersion": "vmx-14",
        "VmToolsVersion": "11333",
    }
    assert specification.findtext(f"{V}MemoryResourceMb/{V}Configured") == "16384"
    sizes = [one.findtext(f"{V}SizeMb") for one in specification.iter(f"{V}DiskSettings")]
    assert sizes == ["4096", "8192"]
    kinds = [one.findtext(f"{RASD}ResourceType") for one in root.iter(f"{OVF}Item")]
    assert sorted(kinds, key=str) == ["10", "10", "17", "17", "3", "4", "6"]
    system_section = root.find(f"{OVF}OperatingSystemSection/{OVF}Description")
    assert system_section is not None and system_section.text == "Microsoft Windows Server 2019 (64-bit)"
    profile = root.find(f"{V}StorageProfile")
    assert profile is not None and profile.get("name") == "North VSAN Performance"


def test_adapters_with_the_primary_one(system: Maker) -> None:
    vcd = system("10.3")
    vm = workloads(vcd).find_vm("tyrell-db-north-01")
    _status, root = vcd.xml(f"/api/vApp/vm-{vm.id}/networkConnectionSection/", accept=XML)
    assert root.findtext(f"{V}PrimaryNetworkConnectionIndex") == "1"
    told = [
        (one.get("network"), *(one.findtext(f"{V}{name}") for name in (
            "NetworkConnectionIndex", "IsConnected", "IpAddressAllocationMode", "IpAddress", "MACAddress",
        )))
        for one in root.iter(f"{V}NetworkConnection")
    ]  # fmt: skip
    assert [one[:4] for one in told] == [
        ("Tyrell Servers North", "0", "true", "POOL"),
        ("Tyrell DMZ North", "1", "true", "POOL"),
    ]
    assert [one[4] for one in told] == [nic.ip for nic in vm.nics] and len({one[5] for one in told}) == 2


def test_the_json_variant_of_a_vm_has_its_sections_in_one_array(system: Maker) -> None:
    vcd = system("10.3")
    vm = workloads(vcd).find_vm("tyrell-db-north-01")
    document = body(vcd, f"/api/vApp/vm-{vm.id}", accept=JSON)
    sections = {one["_type"]: one for one in document["section"]}
    connections = sections["NetworkConnectionSectionType"]["networkConnection"]
    assert [(one["network"], one["networkConnectionIndex"], one["isConnected"]) for one in connections] == [
        ("Tyrell Servers North", 0, True),
        ("Tyrell DMZ North", 1, True),
    ]
    assert connections[0]["macAddress"] == vm.nics[0].mac and connections[1]["ipAddress"] == vm.nics[1].ip
    assert sections["VmSpecSectionType"]["numCpus"] == 4 and document["status"] == 4
    assert [one["sizeMb"] for one in sections["VmSpecSectionType"]["diskSection"]["diskSettings"]] == [4096, 8192]
    vapp = body(vcd, f"/api/vApp/vapp-{vm.vapp.id if vm.vapp else ''}", accept=JSON)
    assert [one["name"] for one in vapp["children"]["vm"]] == ["tyrell-db-north-01"]


@pytest.mark.parametrize(
    "kind", ["vApp/vapp-", "vApp/vm-", "vAppTemplate/vappTemplate-", "vdc/", "network/", "catalog/"]
)
def test_what_is_not_there_is_forbidden(system: Maker, kind: str) -> None:
    vcd = system("10.3")
    status, error = vcd.xml(f"/api/{kind}00000000-0000-0000-0000-000000000000", accept=XML)
    assert (status, error.get("minorErrorCode")) == (403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN")


def test_an_address_of_no_kind_is_not_found(system: Maker) -> None:
    assert system("10.3").xml("/api/vApp/ship-1", accept=XML)[0] == 404


# Metadata


def test_metadata_with_their_types(system: Maker) -> None:
    vcd = system("10.3")
    vm = workloads(vcd).find_vm("tyrell-db-north-01")
    workloads(vcd).change_vm(vm, metadata={"tier": "db", "costcenter": 1001, "backup": True})
    status, root = vcd.xml(f"/api/vApp/vm-{vm.id}/metadata", accept=XML)
    kind = "{http://www.w3.org/2001/XMLSchema-instance}type"
    told = {}
    for entry in root.iter(f"{V}MetadataEntry"):
        value = entry.find(f"{V}TypedValue")
        assert value is not None and entry.findtext(f"{V}Domain") == "GENERAL"
        told[entry.findtext(f"{V}Key")] = value.get(kind), value.findtext(f"{V}Value")
    assert (status, told) == (
        200,
        {
            "backup": ("MetadataBooleanValue", "true"),
            "costcenter": ("MetadataNumberValue", "1001"),
            "tier": ("MetadataStringValue", "db"),
        },
    )
    for path in ("tier", "GENERAL/tier"):
        status, one = vcd.xml(f"/api/vApp/vm-{vm.id}/metadata/{path}", accept=XML)
        assert (status, one.findtext(f"{V}TypedValue/{V}Value")) == (200, "db")
    assert vcd.xml(f"/api/vApp/vm-{vm.id}/metadata/SYSTEM/tier", accept=XML)[0] == 403
    assert vcd.xml(f"/api/vApp/vapp-{vm.vapp.id if vm.vapp else ''}/metadata", accept=XML)[0] == 200


# Organizations


def test_below_33_an_organization_has_a_link_to_each_thing(system: Maker) -> None:
    vcd = system("9.7")
    _status, root = vcd.xml(f"/api/org/{org_id(vcd)}")
    kinds = ("vdc", "catalog", "orgNetwork")
    media = {f"application/vnd.vmware.vcloud.{kind}+xml": kind for kind in kinds}
    found = [
        (media[str(link.get("type"))], link.get("name"))
        for link in root.findall(f"{V}Link")
        if link.get("rel") == "down" and link.get("type") in media
    ]
    assert found == [
        ("vdc", "Tyrell North Allocated"),
        ("catalog", "Tyrell Templates"),
        ("orgNetwork", "Tyrell Servers North"),
        ("orgNetwork", "Tyrell DMZ North"),
    ]


def test_the_administrators_view_lists_what_an_organization_has(system: Maker) -> None:
    vcd = system("10.3")
    _status, root = vcd.xml(f"/api/admin/org/{org_id(vcd)}", accept=XML)
    told = {
        name: [one.get("name") for one in root.findall(f"{V}{name}/*")] for name in ("Catalogs", "Vdcs", "Networks")
    }
    assert told == {
        "Catalogs": ["Tyrell Templates"],
        "Vdcs": ["Tyrell North Allocated"],
        "Networks": ["Tyrell Servers North", "Tyrell DMZ North"],
    }


def test_a_urn_leads_to_its_object(vcd: Maker) -> None:
    made = vcd("10.3", tenants=("Tyrell", "Weyland"))
    made.log_in("admin@Tyrell")
    stock = workloads(made)
    vapp, vm = stock.find_vapp("tyrell-web-north"), stock.find_vm("tyrell-web-north-01")
    (template_vm,) = [one for one in stock.template_vms.values() if one.name == "photon-5.0" and one.template
                      and one.template.org == "Tyrell"]  # fmt: skip
    for urn, path in (
        (f"vapp:{vapp.id}", f"/api/vApp/vapp-{vapp.id}"),
        (f"vm:{vm.id}", f"/api/vApp/vm-{vm.id}"),
        (f"vm:{template_vm.id}", f"/api/vAppTemplate/vm-{template_vm.id}"),
        (f"vdc:{vapp.vdc_id}", f"/api/vdc/{vapp.vdc_id}"),
        (f"org:{org_id(made)}", f"/api/org/{org_id(made)}"),
    ):
        reply = made.get(f"/cloudapi/1.0.0/entity/urn:vcloud:{urn}")
        assert (reply.status, reply.header("Location")) == (303, f"{BASE}{path}")
        older = made.xml(f"/api/entity/urn:vcloud:{urn}", accept=XML)
        link = older[1].find(f"{V}Link")
        assert older[0] == 200 and link is not None and link.get("href") == f"{BASE}{path}"
    foreign = stock.find_vapp("weyland-web-north").id
    assert made.get(f"/cloudapi/1.0.0/entity/urn:vcloud:vapp:{foreign}").status == 403
    assert made.get("/cloudapi/1.0.0/entity/urn:vcloud:starship:1").status == 400


def test_the_provider_vdc_in_xml(vcd: Maker) -> None:
    made = vcd("9.7")
    made.log_in()
    _status, root = made.xml("/api/admin/")
    reference = root.find(f"{V}ProviderVdcReferences/{V}ProviderVdcReference")
    assert reference is not None
    path = str(reference.get("href")).removeprefix(BASE)
    status, provider = made.xml(path)
    assert (status, provider.tag, provider.get("name")) == (200, f"{V}ProviderVdc", "North Provider VDC")
    assert [one.get("name") for one in provider.findall(f"{V}Vdcs/{V}Vdc")] == ["Tyrell North Allocated"]
    assert provider.findtext(f"{V}ComputeCapacity/{V}Cpu/{V}Used") == "8000"
    profiles = provider.findall(f"{V}StorageProfiles/{V}ProviderVdcStorageProfile")
    used = [made.xml(str(one.get("href")).removeprefix(BASE))[1].findtext(f"{V}CapacityUsed") for one in profiles]
    assert [one.get("name") for one in profiles] == ["North VSAN Capacity", "North VSAN Performance"]
    assert used == ["0", "53248"]
    made.log_in("admin@Tyrell")
    assert made.xml(path)[0] == 403
    assert made.xml("/api/admin/")[1].find(f"{V}ProviderVdcReferences") is None


def test_who_may_use_a_vdc_or_a_catalog(vcd: Maker) -> None:
    made = vcd("10.3", tenants=("Tyrell", "Weyland"))
    made.log_in("admin@Tyrell")
    (vdc,) = workloads(made).vdcs_of("Tyrell")
    catalog = workloads(made).find_catalog("Tyrell Templates")
    paths = (f"/api/vdc/{vdc.id}/controlAccess/", f"/api/org/{org_id(made)}/catalog/{catalog.id}/controlAccess/")
    for path in paths:
        status, root = made.xml(path, accept=XML)
        assert (status, root.findtext(f"{V}IsSharedToEveryone")) == (200, "false")
    assert made.xml(paths[1].replace(org_id(made), org_id(made, "Weyland")), accept=XML)[0] == 403
    made.log_in("admin@Weyland")
    assert [made.xml(path, accept=XML)[0] for path in paths] == [403, 403]
