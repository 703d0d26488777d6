"""The query service over what tenants have: columns, who sees what, filters, metadata, thousands of rows (4.5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.simulator.machines import STATES
from tests.simulator.workloads import Workloads
from tests.unit.simulator.vcd.asking import HOST, V, Vcd

Maker = Callable[..., Vcd]
XML = "application/*+xml;version=36.0"
OLD = "application/*+xml;version=32.0"
CONTRACT = {
    "orgVdc": "name description isEnabled isBusy status orgName providerVdc providerVdcName cpuAllocationMhz "
    "cpuLimitMhz cpuUsedMhz cpuReservedMhz memoryAllocationMB memoryLimitMB memoryUsedMB memoryReservedMB "
    "storageLimitMB storageUsedMB numberOfVApps numberOfMedia numberOfDisks numberOfStorageProfiles "
    "numberOfVMs numberOfRunningVMs numberOfDeployedVApps numberOfDatastores",
    "adminOrgVdc": "name org orgName allocationModel vc vcName isVCEnabled numberOfResourcePools cpuOverheadMhz "
    "memoryOverheadMB storageOverheadMB numberOfVMs",
    "vApp": "name vdc vdcName status ownerName creationDate isDeployed isEnabled isBusy isPublic isInMaintenanceMode "
    "isAutoNature isExpired",
    "adminVApp": "name org vdc vdcName isVdcEnabled status ownerName creationDate storageKB numberOfVMs "
    "memoryAllocationMB isDeployed isEnabled isBusy isInMaintenanceMode isAutoNature isExpired",
    "vm": "name container containerName owner ownerName vdc isVAppTemplate isDeleted guestOs numberOfCpus memoryMB "
    "status network networkName ipAddress isBusy isDeployed isPublished hardwareVersion vmToolsStatus "
    "isInMaintenanceMode isAutoNature storageProfileName isAutoUndeployNotified isAutoDeleteNotified",
    "adminVM": "name container containerName status vdc org vc moref hostName datastoreName isVAppTemplate isDeleted "
    "guestOs numberOfCpus memoryMB networkName isDeployed isPublished isVdcEnabled hardwareVersion vmToolsVersion "
    "storageProfileName isAutoNature",
    "catalog": "name description isPublished isShared creationDate orgName owner ownerName numberOfVAppTemplates "
    "numberOfMedia publishSubscriptionType version status",
    "catalogItem": "name entity entityName entityType catalog catalogName owner ownerName isPublished vdc vdcName "
    "isVdcEnabled creationDate isExpired status",
    "orgVdcNetwork": "name defaultGateway netmask dns1 dns2 dnsSuffix linkType connectedTo vdc vdcName isBusy "
    "isShared isIpScopeInherited usedIpCount totalIpCount interfaceType",
    "orgVdcStorageProfile": "name isEnabled isDefaultStorageProfile storageUsedMB storageLimitMB iopsAllocated "
    "iopsLimit numberOfConditions vdc vdcName isVdcBusy",
    "adminOrgVdcStorageProfile": "name org vc storageProfileMoref isDefaultStorageProfile",
    "user": "name fullName isEnabled numberOfDeployedVMs deployedVMQuota numberOfStoredVMs storedVMQuota isLdapUser "
    "identityProviderType",
    "adminUser": "name org identityProviderType",
}
"""Columns of the contract's table that have a value here."""
ELEMENTS = {
    "orgVdc": "OrgVdcRecord", "adminOrgVdc": "AdminVdcRecord", "vApp": "VAppRecord", "adminVApp": "AdminVAppRecord",
    "vm": "VMRecord", "adminVM": "AdminVMRecord", "catalog": "CatalogRecord", "catalogItem": "CatalogItemRecord",
    "orgVdcNetwork": "OrgVdcNetworkRecord", "orgVdcStorageProfile": "OrgVdcStorageProfileRecord",
    "adminOrgVdcStorageProfile": "AdminOrgVdcStorageProfileRecord", "user": "UserRecord",
    "adminUser": "AdminUserRecord",
}  # fmt: skip


WITHOUT_VALUE = {
    "orgVdc": "networkPoolUniversalId",
    "adminOrgVdc": "networkPool task taskStatus taskStatusName taskDetails",
    "vm": "catalogName gcStatus autoUndeployDate autoDeleteDate",
    "adminVM": "catalogName gcStatus",
}
"""The others, which can be asked for and are in no record of these."""


def workloads(vcd: Vcd) -> Workloads:
    return vcd.world.sites["North"].workloads


def query(vcd: Vcd, text: str, accept: str = XML, **headers: str) -> list[ElementTree.Element]:
    status, root = vcd.xml(f"/api/query?type={text}", accept=accept, **headers)
    assert status == 200, ElementTree.tostring(root)
    return [child for child in root if child.tag != f"{V}Link"]


def names(records: list[ElementTree.Element]) -> list[str | None]:
    return [record.get("name") for record in records]


@pytest.mark.parametrize("kind", sorted(CONTRACT))
def test_records_have_the_columns_of_the_contract(vcd: Maker, kind: str) -> None:
    made = vcd("10.3")
    made.log_in("administrator@system" if kind.startswith("admin") else "admin@Tyrell")
    # Templates have no network, isolated networks no gateway to be connected to.
    narrowed = {"orgVdcNetwork": "&filter=linkType==1", "vm": "&filter=isVAppTemplate==false"}
    records = query(made, kind + narrowed.get(kind, ""))
    assert records and {record.tag for record in records} == {f"{V}{ELEMENTS[kind]}"}
    record = records[0]
    assert set(CONTRACT[kind].split()) - set(record.attrib) == set()
    status, document = made.xml(str(record.get("href")).removeprefix(f"https://{HOST}"), accept=XML)
    if kind not in ("user", "adminUser"):
        assert (status, document.get("name")) == (200, record.get("name"))


@pytest.mark.parametrize("kind", sorted(CONTRACT))
def test_every_column_of_the_contract_can_be_asked_for(vcd: Maker, kind: str) -> None:
    made = vcd("10.3")
    made.log_in("administrator@system" if kind.startswith("admin") else "admin@Tyrell")
    asked = f"{CONTRACT[kind]} {WITHOUT_VALUE.get(kind, '')}".split()
    whole, chosen = query(made, kind), query(made, f"{kind}&fields={','.join(asked)}")
    assert [set(one.attrib) - {"href"} for one in chosen] == [set(one.attrib) & set(asked) for one in whole]
    for column in asked:
        assert made.xml(f"/api/query?type={kind}&sortAsc={column}", accept=XML)[0] == 200, column


def test_references_are_addresses_or_urns(vcd: Maker) -> None:
    made = vcd("10.3")
    made.log_in("admin@Tyrell")
    vm = workloads(made).find_vm("tyrell-db-north-01")
    (record,) = query(made, "vm&filter=name==tyrell-db-north-01")
    (by_id,) = query(made, "vm&format=idrecords&filter=name==tyrell-db-north-01")
    assert vm.vapp is not None
    assert record.get("href") == f"https://{HOST}/api/vApp/vm-{vm.id}"
    assert record.get("container") == f"https://{HOST}/api/vApp/vapp-{vm.vapp.id}"
    assert (by_id.get("id"), by_id.get("href")) == (f"urn:vcloud:vm:{vm.id}", None)
    assert (by_id.get("container"), by_id.get("vdc")) == (
        f"urn:vcloud:vapp:{vm.vapp.id}",
        f"urn:vcloud:vdc:{vm.vapp.vdc_id}",
    )
    # The primary adapter, not the first one.
    assert (record.get("networkName"), record.get("ipAddress")) == ("Tyrell DMZ North", vm.nics[1].ip)
    (reference,) = query(made, "vm&format=references&filter=name==tyrell-db-north-01")
    assert (reference.tag, reference.get("id")) == (f"{V}VMReference", f"urn:vcloud:vm:{vm.id}")


def test_system_asks_the_admin_types(vcd: Maker) -> None:
    made = vcd("10.3", tenants=("Tyrell", "Weyland"))
    made.log_in()
    for plain, admin, count in (
        ("vApp", "adminVApp", 4),
        ("vm", "adminVM", 10),
        ("orgVdc", "adminOrgVdc", 2),
        ("catalog", "adminCatalog", 2),
        ("orgVdcStorageProfile", "adminOrgVdcStorageProfile", 4),
        ("vAppTemplate", "adminVAppTemplate", 4),
    ):
        assert query(made, plain) == [] and len(query(made, admin)) == count
    for both, count in (("catalogItem", 4), ("orgVdcNetwork", 4), ("providerVdc", 1)):
        assert len(query(made, both)) == count
    made.log_in("admin@Tyrell")
    assert names(query(made, "vApp")) == ["tyrell-db-north", "tyrell-web-north"]
    assert [len(query(made, kind)) for kind in ("vm", "orgVdc", "catalog", "catalogItem", "orgVdcNetwork")] == [
        5,
        1,
        1,
        2,
        2,
    ]
    for kind in ("adminVApp", "adminVM", "adminOrgVdc", "adminCatalog", "providerVdc", "adminUser", "adminRole"):
        assert made.xml(f"/api/query?type={kind}", accept=XML)[0] == 403, kind


def test_templates_are_among_the_vms(system: Maker) -> None:
    vcd = system("10.3")
    assert names(query(vcd, "adminVM&filter=isVAppTemplate==true")) == ["photon-5.0", "ubuntu-22.04"]
    assert len(query(vcd, "adminVM")) == 5
    (template,) = query(vcd, "adminVM&filter=name==photon-5.0")
    assert (template.get("catalogName"), template.get("status")) == ("Tyrell Templates", "POWERED_OFF")
    assert "/api/vAppTemplate/vm-" in str(template.get("href"))


@pytest.mark.parametrize(("number", "word"), sorted(STATES.items()))
def test_every_state_has_its_number_and_its_word(system: Maker, number: int, word: str) -> None:
    vcd = system("10.3")
    vm = workloads(vcd).find_vm("tyrell-db-north-01")
    workloads(vcd).change_vm(vm, status=number)
    (record,) = query(vcd, f"adminVM&filter=status=={word}&filterEncoded=true&fields=name,status&sortAsc=name")[:1]
    assert record.get("status") == word
    _status, document = vcd.xml(f"/api/vApp/vm-{vm.id}", accept=XML)
    assert document.get("status") == str(number)


@pytest.mark.parametrize(
    ("release", "statuses", "word"),
    [
        ("10.3", (4, 8), "PARTIALLY_POWERED_OFF"),
        ("10.2", (4, 8), "MIXED"),
        ("10.3", (4, 3), "PARTIALLY_SUSPENDED"),
        ("10.3", (8, 3), "MIXED"),
        ("10.3", (8, 8), "POWERED_OFF"),
    ],
)
def test_the_state_of_a_vapp_follows_from_its_vms(
    system: Maker, release: str, statuses: tuple[int, int], word: str
) -> None:
    vcd = system(release)
    for vm, status in zip(workloads(vcd).find_vapp("tyrell-web-north").vms.values(), statuses, strict=True):
        workloads(vcd).change_vm(vm, status=status)
    accept = f"application/*+xml;version={vcd.version}"
    (record,) = query(vcd, "adminVApp&filter=name==tyrell-web-north", accept)
    assert record.get("status") == word


def test_filters_by_reference_in_every_form(system: Maker) -> None:
    vcd = system("10.3", tenants=("Tyrell", "Weyland"))
    org = vcd.world.sites["North"].organizations["Tyrell"].id
    (vdc,) = workloads(vcd).vdcs_of("Tyrell")
    vapp = workloads(vcd).find_vapp("tyrell-web-north")
    base = f"https://{HOST}/api"
    for filters in (
        f"org=={base}/org/{org}", f"org==urn:vcloud:org:{org}", f"org=={org}", f"vdc=={base}/vdc/{vdc.id}",
        f"(org=={org};vdc==urn:vcloud:vdc:{vdc.id})",
    ):  # fmt: skip
        assert names(query(vcd, f"adminVApp&filter={quote(filters)}")) == ["tyrell-db-north", "tyrell-web-north"]
    for value in (f"{base}/vApp/vapp-{vapp.id}", f"urn:vcloud:vapp:{vapp.id}", vapp.id):
        found = query(vcd, f"adminVM&filter={quote('container==' + value)}")
        assert names(found) == ["tyrell-web-north-01", "tyrell-web-north-02"]
    twice = quote(f"org=={quote(f'{base}/org/{org}')}")
    assert len(query(vcd, f"adminVApp&filterEncoded=true&filter={twice}", OLD)) == 2


def test_filters_with_special_characters_and_order(system: Maker) -> None:
    vcd = system("10.3")
    vm = workloads(vcd).find_vm("tyrell-db-north-01")
    workloads(vcd).change_vm(vm, name="a (b), c;d \\ e")
    new = quote("name==a \\(b\\)\\, c\\;d \\\\ e", safe="")
    assert names(query(vcd, f"adminVM&filter={new}")) == [vm.name]
    old = quote("name==" + quote(vm.name, safe=""), safe="")
    assert names(query(vcd, f"adminVM&filterEncoded=true&filter={old}", OLD)) == [vm.name]
    descending = names(query(vcd, "adminVM&sortDesc=memoryMB&filter=isVAppTemplate==false"))
    assert descending[0] == vm.name and names(query(vcd, "adminVM&sortAsc=memoryMB"))[-1] == vm.name


def test_answers_change_with_what_they_tell(system: Maker) -> None:
    vcd = system("10.3")
    running = "adminVM&filter=status==POWERED_ON"
    assert len(query(vcd, running)) == 3
    workloads(vcd).find_vm("tyrell-db-north-01").powered_on = False
    assert len(query(vcd, running)) == 2
    workloads(vcd).remove_vapp(workloads(vcd).find_vapp("tyrell-web-north").id)
    assert query(vcd, running) == []
    vcd.world.sites["North"].remove_organization("Tyrell")
    for kind in ("adminVM", "adminVApp", "adminCatalog", "adminOrgVdc", "orgVdcNetwork"):
        assert query(vcd, kind) == []


# Metadata


@pytest.mark.parametrize(("user", "kind"), [("admin@Tyrell", "vApp"), ("administrator@system", "adminVApp")])
def test_what_is_made_after_a_reset_is_told_to_everybody(vcd: Maker, user: str, kind: str) -> None:
    made = vcd("10.3")
    made.world.reset()
    made.log_in(user)
    (vdc,) = workloads(made).vdcs_of("Tyrell")[:1]
    workloads(made).add_vapp("Tyrell", "made-later", vdc.id)
    assert names(query(made, f"{kind}&filter=name==made-later")) == ["made-later"]


def test_metadata_in_records_and_filters(system: Maker) -> None:
    vcd = system("10.3")
    vm = workloads(vcd).find_vm("tyrell-db-north-01")
    workloads(vcd).change_vm(vm, metadata={"tier": "db", "costcenter": 1001, "backup": True, "a b": "x"})
    (record,) = query(vcd, "adminVM&fields=name,metadata:tier,metadata:costcenter&filter=name==tyrell-db-north-01")
    entries = {
        one.findtext(f"{V}Key"): one.findtext(f"{V}TypedValue/{V}Value") for one in record.iter(f"{V}MetadataEntry")
    }
    assert (sorted(record.attrib), entries) == (["href", "name"], {"tier": "db", "costcenter": "1001"})
    (without,) = query(vcd, "adminVM&fields=name,metadata:other&filter=name==tyrell-db-north-01")
    assert len(without) == 0
    for text, count in (
        ("metadata:tier==STRING:db", 1),
        ("metadata:tier==STRING:D*", 1),
        ("metadata:tier!=STRING:db", 2),
        ("metadata:costcenter=gt=NUMBER:1000", 1),
        ("metadata:costcenter==STRING:1001", 0),
        ("metadata:backup==BOOLEAN:true;metadata:tier==STRING:db", 1),
        ("metadata:a b==STRING:x", 1),
        ("metadata@SYSTEM:tier==STRING:db", 0),
        ("(metadata:tier==STRING:web,metadata:tier==STRING:db)", 3),
    ):
        assert len(query(vcd, f"adminVM&filter={quote(text)}")) == count, text
    body = json.loads(vcd.get("/api/query?type=adminVM&fields=metadata:tier&filter=name==tyrell-db-north-01",
                              accept="application/*+json;version=36.0").body)  # fmt: skip
    assert body["record"][0]["metadata"]["metadataEntry"][0]["key"] == "tier"


@pytest.mark.parametrize(
    "text",
    [
        "adminVM&filter=metadata:tier==db",
        "adminVM&filter=metadata==db",
        "adminOrgVdc&filter=metadata:tier==STRING:db",
        "adminOrgVdc&fields=metadata:tier",
        "adminVM&sortAsc=metadata:tier",
    ],
)
def test_what_metadata_cannot_be_asked_is_400(system: Maker, text: str) -> None:
    assert system("10.3").xml(f"/api/query?type={text}", accept=XML)[0] == 400


# Old releases and many machines


def test_tenants_of_29_are_led_to_the_older_type_of_networks(vcd: Maker) -> None:
    made = vcd("9.0")
    for user, listed in (("admin@Tyrell", False), ("administrator@system", True)):
        made.log_in(user)
        _status, root = made.xml("/api/query")
        types = {link.get("name") for link in root}
        assert ("orgVdcNetwork" in types) is listed and "orgNetwork" in types
    made.log_in("admin@Tyrell")
    records = query(made, "orgNetwork", "application/*+xml;version=29.0")
    assert [(one.get("name"), one.get("linkType")) for one in records] == [
        ("Tyrell DMZ North", "2"),
        ("Tyrell Servers North", "1"),
    ]


def test_ten_thousand_machines_page_by_page(system: Maker) -> None:
    vcd = system("10.3", tenants=("Tyrell", "Weyland"))
    assert vcd.world.scale_vms(10_000) == 10_000
    seen: set[str | None] = set()
    for number in range(1, 80):
        records = query(vcd, f"adminVM&pageSize=128&page={number}&filter=isVAppTemplate==false")
        seen |= {record.get("href") for record in records}
    assert len(seen) == 10_006
