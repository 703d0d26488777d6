"""Objects of plug-ins and of the system (contract section 12), and what a server is shipped with (section 22)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.simulator.vcd import VcdService
from tests.simulator.vro.store import Clash
from tests.unit.simulator.vro.asking import VERSIONS, Vro, attributes

Make = Callable[..., Vro]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_objects_of_the_sites_vcloud_director(vro: Make, version: str) -> None:
    asked = vro(version)
    (host,) = asked.rows("catalog/vCloud/Host")
    assert host["url"] == "https://vcd.example.test" and host["@fullType"] == "vCloud:Host"
    rows = asked.rows("catalog/vCloud/VM/")
    assert len(rows) == len(asked.world.sites["North"].workloads.vms)
    start = f"{host['dunesId']}////https://vcd.example.test/api/vApp/vm-"
    assert all(str(one["dunesId"]).startswith(start) and len(str(one["dunesId"])) == len(start) + 36 for one in rows)
    # The same machine by the id encoded once, twice, and by its address as it is.
    identity = str(rows[0]["dunesId"])
    once = quote(identity, safe="")
    links = asked.get("catalog/vCloud/VM/")
    for target in (f"catalog/vCloud/VM/{once}/", f"catalog/vCloud/VM/{quote(once, safe='')}", links["link"][0]["href"]):
        document = asked.get(target)
        assert attributes(document)["dunesId"] == identity and document["rel"] == "down"
    assert asked.ask("GET", "catalog/vCloud/VM/nobody").status == 404
    assert asked.ask("GET", "catalog/vCloud/Media").status == 404


@pytest.mark.parametrize("version", VERSIONS)
def test_relations_lead_from_the_host_to_the_machines(vro: Make, version: str) -> None:
    asked = vro(version)
    place = asked.get("catalog/vCloud/Host")["link"][0]["href"]
    names = []
    for relation in ("organizations", "vdcs", "vapps", "vms"):
        links = asked.get(place)["relations"]["link"]
        assert [attributes(one)["name"] for one in links if one["rel"] == "down"] == [relation]
        below = asked.get(f"{place}{relation}/")["link"]
        names.append(attributes(below[0])["displayName"])
        place = below[0]["href"]
    assert names[0] == "Tyrell" and str(names[-1]).startswith(str(names[-2]))
    assert asked.ask("GET", f"{place}disks/").status == 404


@pytest.mark.parametrize("version", VERSIONS)
def test_the_inventory_is_a_tree_of_documents(vro: Make, version: str) -> None:
    asked = vro(version)
    (node,) = [one for one in asked.get("inventory")["relations"]["link"] if attributes(one)["displayName"] == "vCloud"]
    depth = 0
    while True:
        below = asked.get(node["href"])["relations"]["link"]
        if not below:
            break
        node, depth = below[0], depth + 1
    assert depth == 5 and str(attributes(node)["@fullType"]) == "vCloud:VM"
    folders = asked.get("inventory/System")["relations"]["link"]
    assert [attributes(one)["path"] for one in folders].count("Library") == 3
    assert asked.ask("GET", "inventory/Nothing").status == 404


def test_the_vcenter_shows_machines_and_appliances(vro: Make) -> None:
    asked = vro("7.6")
    (connection,) = asked.rows("catalog/VC/SdkConnection")
    assert connection["id"] == "vc.example.test" and connection["name"] == "https://vc.example.test:443/sdk"
    rows = asked.rows("catalog/VC/VirtualMachine")
    assert all(str(one["id"]).startswith("vc.example.test,id:vm-") and one["type"] == "VirtualMachine" for one in rows)
    moref = next(iter(asked.rows("catalog/vCloud/VM")))["moref"]
    assert f"vc.example.test,id:{moref}" in [one["id"] for one in rows]
    assert {"cloud", "tunnel"} <= {one["name"] for one in rows}
    asked.store.sdk_connections["vc.example.test"].enabled = False
    assert asked.rows("catalog/VC/VirtualMachine") == []


def test_rest_hosts_and_their_operations(vro: Make) -> None:
    asked = vro("8.18")
    assert asked.rows("catalog/REST/RESTHost") == []
    host = asked.store.add_rest_host("Avamar", "https://ave.example.test", "Basic", authPassword="s3cret")
    asked.store.add_rest_operation(host, "clients", "get", "/rest-api/{tenant}/clients")
    assert b"s3cret" not in asked.ask("GET", f"catalog/REST/RESTHost/{host.id}").body
    (row,) = asked.rows(f"catalog/REST/RESTHost/{host.id}/operations")
    assert (row["method"], row["hostId"], row["type"]) == ("GET", host.id, "REST:RESTOperation")
    with pytest.raises(Clash, match="Avamar"):
        asked.store.add_rest_host("Avamar", "https://other.example.test")
    with pytest.raises(Clash, match="clients"):
        asked.store.add_rest_operation(host, "clients", "POST", "/")
    found = asked.server.catalog.find("REST:RESTHost", host.id)
    assert found is not None and found.thing is host
    assert asked.server.catalog.find("REST:RESTHost", "nobody") is None
    assert asked.server.catalog.find_all("REST:Nothing") == []


def test_some_lists_of_9_x_are_below_relations(vro: Make) -> None:
    assert set(vro("9.1").get("catalog/VC/VirtualMachine")) == {"relations"}
    assert vro("9.1").get("catalog/VC/VirtualMachine?maxResult=1")["relations"]["total"] > 1
    assert set(vro("9.1").get("catalog/vCloud/VM")) == {"link", "start", "total"}
    assert set(vro("8.18").get("catalog/VC/VirtualMachine")) == {"link", "start", "total"}


@pytest.mark.parametrize("version", VERSIONS)
def test_queries_of_the_catalog(vro: Make, version: str) -> None:
    asked = vro(version)
    names = [one["displayName"] for one in asked.rows("catalog/vCloud/VM?sortOrders=%2BdisplayName")]
    assert names == sorted(str(one) for one in names)
    assert [one["displayName"] for one in asked.rows("catalog/vCloud/VM?sortOrders=-displayName")] == names[::-1]
    assert [
        one["displayName"] for one in asked.rows("catalog/vCloud/VM?sortOrders=%2BdisplayName&maxResult=2&startIndex=1")
    ] == names[1:3]
    page = asked.get("catalog/vCloud/VM?maxResult=2&startIndex=1&queryCount=true")
    assert (page["start"], page["total"], len(page["link"])) == (1, len(names), 2)
    web = asked.rows("catalog/vCloud/VM?conditions=displayName~web&conditions=description~x")
    assert web == []
    assert len(asked.rows("catalog/vCloud/VM?conditions=displayName~web")) == 4
    assert asked.rows(f"catalog/vCloud/VM?keys=displayName&conditions=displayName={names[0]}") == [
        {"displayName": names[0]}
    ]
    assert asked.ask("GET", "catalog/vCloud/VM?maxResult=many").status == 400
    assert {one["name"] for one in asked.rows("catalog")} >= {"System", "vCloud", "VC", "REST"}
    assert {one["name"] for one in asked.rows("catalog/vCloud")} == {"Host", "Organization", "Vdc", "VApp", "VM"}
    assert asked.ask("GET", "catalog/vCloud/VM/metadata/icon", accept="image/png").body.startswith(b"\x89PNG")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_library_is_there_under_its_ids(vro: Make, version: str) -> None:
    asked = vro(version)
    shipped = {one["name"]: one["id"] for one in asked.rows("catalog/System/Workflow")}
    assert shipped["Add a REST host"] == "8F8080808080808080808080808080808080808001299080088268176866967b3"
    assert shipped["Remove a REST host"] == "99808080808080808080808080808080A8808080012995053491651398b094fa1"
    assert shipped["Add a vCenter Server instance"] == "f246b7b5-fe89-4da5-a640-36ffc6874069"
    workflow = asked.store.workflows[str(shipped["Add a REST host"])]
    assert asked.store.path_of(asked.store.categories[workflow.category_id]) == "Library/HTTP-REST/Configuration"
    names = [one.name for one in workflow.inputs]
    assert ("parallelRequestExecution" in names) == (version >= "8" or version == "9.1")
    # By folder, as PowervRO asks for it.
    found = asked.rows(f"catalog/System/WorkflowCategory/{workflow.category_id}/workflows")
    assert [one["name"] for one in found][0] == "Add a REST host"
    before = {one.id for one in asked.store.elements()}
    asked.store.clear()
    asked.service.reset()
    assert {one.id for one in asked.store.elements()} == before


@pytest.mark.parametrize("version", VERSIONS)
def test_a_plug_in_that_cannot_reach_its_product_fails(vro: Make, version: str) -> None:
    asked = vro(version)
    vcd = VcdService(asked.world, asked.world.sites["North"])
    asked.world.add_service(vcd)
    asked.world.restart(vcd, 60)
    for target in ("catalog/vCloud/VM", "catalog/vCloud/VM/x", "catalog/vCloud/Organization"):
        reply = asked.ask("GET", target)
        assert reply.status == 500 and b"Cannot connect to https://vcd.example.test" in reply.body
    assert asked.rows("catalog/vCloud/Host") and asked.rows("catalog/REST/RESTHost") == []
    asked.world.advance(61)
    assert asked.rows("catalog/vCloud/VM")
