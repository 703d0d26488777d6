"""Plug-ins of the portal (contract section 5.4)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.unit.simulator.vcd.asking import HOST, Vcd
from tests.unit.simulator.vcd.portal_asking import send, upload

Maker = Callable[..., Vcd]
UI = "/cloudapi/extensions/ui"
ZIP = b"PK\x03\x04 the server does not look into it"
CSE: dict[str, Any] = {
    "pluginName": "Kubernetes Clusters", "vendor": "VMware", "version": "4.2.1", "license": "BSD-2", "link": "",
    "description": "clusters", "tenant_scoped": True, "provider_scoped": True, "enabled": True,
}  # fmt: skip


def made(vcd: Vcd, **change: Any) -> str:
    reply = send(vcd, "POST", UI, {**CSE, **change})
    assert reply.status == 201, reply.body
    return f"{UI}/{reply.document()['id']}"


def tenants(vcd: Vcd, path: str) -> list[str]:
    document = vcd.get(f"{path}/tenants").document()
    return [one["name"] for one in (document["values"] if isinstance(document, dict) else document)]


@pytest.mark.parametrize("release", ["9.1", "10.6"])
def test_metadata_is_kept_replaced_and_removed(system: Maker, release: str) -> None:
    vcd = system(release)
    assert vcd.get(UI).document() == []
    reply = send(vcd, "POST", f"{UI}/", CSE)
    document = reply.document()
    assert reply.status == 201 and re.fullmatch(r"urn:vcloud:uiPlugin:[0-9a-f-]{36}", document["id"])
    assert document == {**CSE, "id": document["id"], "plugin_status": "unavailable", "resourcePath": None}
    path = f"{UI}/{document['id']}"
    assert vcd.get(UI).document() == [document] == [vcd.get(f"{UI}/{quote(document['id'], safe='')}").document()]
    assert send(vcd, "PUT", path, document).document() == document, "fed back, read-only members and all"
    less = {name: CSE[name] for name in ("pluginName", "vendor", "version", "license", "link")}
    replaced = send(vcd, "PUT", path, less).document()
    assert (replaced["description"], replaced["enabled"], replaced["tenant_scoped"]) == (None, False, False)
    assert vcd.ask("DELETE", path).status == 204
    for method in ("GET", "PUT", "DELETE"):
        reply = send(vcd, method, path, CSE)
        assert (reply.status, reply.document()["minorErrorCode"]) == (500, "INTERNAL_SERVER_ERROR")


@pytest.mark.parametrize(
    "change",
    [
        {"pluginName": None}, {"vendor": ""}, {"version": 4}, {"license": None}, {"link": None}, {"enabled": "true"},
        {"tenantScoped": True},
    ],
)  # fmt: skip
def test_bad_metadata_is_400(system: Maker, change: dict[str, Any]) -> None:
    assert send(system("10.3"), "POST", UI, {**CSE, **change}).status == 400


def test_name_vendor_and_version_are_the_key(system: Maker) -> None:
    vcd = system("10.3")
    made(vcd)
    assert send(vcd, "POST", UI, CSE).document()["minorErrorCode"] == "DUPLICATE_NAME"
    other = made(vcd, version="4.2.2")
    assert send(vcd, "PUT", other, CSE).status == 400
    assert send(vcd, "PUT", other, {**CSE, "version": "4.2.3"}).status == 200


def test_the_archive_goes_up_as_go_vcloud_director_sends_it(system: Maker) -> None:
    """AddUIPlugin of go-vcloud-director: metadata without any switch, sha256, the transfer id cut out of the header and
    put behind the server's own address, one part with Content-Range."""
    vcd = system("10.4")
    vcd.version = "37.0"
    body = {name: CSE[name] for name in ("vendor", "license", "link", "pluginName", "version", "description")}
    path = f"{UI}/{send(vcd, 'POST', UI, body).document()['id']}"
    digest = hashlib.sha256(ZIP).hexdigest()
    spec = {"fileName": "cse-ui.zip", "size": len(ZIP), "checksum": digest, "checksumAlgo": "sha256"}
    reply = send(vcd, "POST", f"{path}/plugin", spec)
    assert reply.status == 204
    found = re.search(r"<\S+/transfer/(\S+)>", reply.header("link") or "")
    assert found
    token = vcd.headers["authorization"].split()[1]
    sent = {
        "authorization": f"bearer {token}", "x_vmware_vcloud_access_token": token,
        "content_range": f"bytes 0-{len(ZIP) - 1}/{len(ZIP)}", "accept": "*/*",
    }  # fmt: skip
    assert vcd.ask("PUT", f"https://{HOST}/transfer/{found[1]}", ZIP, **sent).status == 200
    document = vcd.get(path).document()
    assert document["plugin_status"] == "ready" and document["resourcePath"]
    assert send(vcd, "POST", f"{path}/plugin", spec).status == 400, "the old file first"
    assert [vcd.ask("DELETE", f"{path}/plugin").status for _turn in range(2)] == [204, 204]
    assert vcd.get(path).document()["plugin_status"] == "unavailable"
    assert upload(vcd, send(vcd, "POST", f"{path}/plugin", spec), ZIP + b"x").status == 400
    assert vcd.get(path).document()["plugin_status"] == "unavailable"
    assert send(vcd, "POST", f"{path}/plugin", {**spec, "fileName": "cse-ui.css"}).status == 400


@pytest.mark.parametrize(("release", "pages"), [("9.7", False), ("10.1", False), ("10.2", True), ("10.6", True)])
def test_plug_ins_are_published_to_organizations(system: Maker, release: str, pages: bool) -> None:
    vcd = system(release, tenants=("Tyrell", "Wallace", "Off-World"))
    path = made(vcd)
    assert isinstance(vcd.get(f"{path}/tenants").document(), dict if pages else list)
    assert tenants(vcd, path) == []
    ids = {name: f"urn:vcloud:org:{one.id}" for name, one in vcd.world.sites["North"].organizations.items()}
    both = [{"name": name, "id": ids[name]} for name in ("Wallace", "Tyrell")]
    reply = send(vcd, "POST", f"{path}/tenants/publish", both)
    assert reply.status == 200
    assert tenants(vcd, path) == ["Tyrell", "Wallace"]
    assert send(vcd, "POST", f"{path}/tenants/publish", both[:1]).status == 200, "again, no harm"
    assert send(vcd, "POST", f"{path}/tenants/unpublish", [{"name": "Tyrell"}]).status == 200
    assert tenants(vcd, path) == ["Wallace"]
    assert vcd.ask("POST", f"{path}/tenants/publishAll").status == 200
    assert tenants(vcd, path) == ["Off-World", "Tyrell", "Wallace"]
    vcd.world.sites["North"].remove_organization("Tyrell")
    assert tenants(vcd, path) == ["Off-World", "Wallace"]
    assert vcd.ask("POST", f"{path}/tenants/unpublishAll").status == 200
    assert tenants(vcd, path) == []
    for bad in ([{"name": "nobody"}], [{"id": "urn:vcloud:org:x"}], {"name": "Wallace"}, [{"name": "System"}]):
        assert send(vcd, "POST", f"{path}/tenants/publish", bad).status == 400


def test_a_tenant_sees_what_its_portal_loads(system: Maker) -> None:
    vcd = system("10.3")
    path, hidden = made(vcd), made(vcd, version="2", tenant_scoped=False)
    for one in (path, hidden):
        vcd.ask("POST", f"{one}/tenants/publishAll")
    vcd.log_in("admin@Tyrell")
    assert [one["version"] for one in vcd.get(UI).document()] == ["4.2.1"]
    assert (vcd.get(path).status, vcd.get(hidden).status) == (200, 500)
    for method, rest in (("POST", ""), ("PUT", path), ("DELETE", path), ("POST", f"{path}/tenants/publishAll")):
        assert send(vcd, method, rest or UI, CSE).status == 403
    assert vcd.get(f"{path}/tenants").status == 403


def test_places_in_the_portal(system: Maker) -> None:
    assert system("9.5").get(f"{UI}/extensionPoints").status != 200, "before 32.0 this is an id like any other"
    vcd = system("9.7")
    path, points = made(vcd), f"{UI}/extensionPoints"
    assert vcd.get(points).document() == {"extensionPointRegistrations": {}}
    entry = {"extensionPointId": "x:y", "pluginId": path.rpartition("/")[2], "name": "Clusters", "enabled": False}
    body = {"extensionPointRegistrations": {"urn:vmware:vcloud:primary-navigation": [entry]}}
    assert send(vcd, "PUT", points, body).document() == body == vcd.get(points).document()
    body["extensionPointRegistrations"]["other"] = [{**entry, "pluginId": "urn:vcloud:uiPlugin:x"}]
    assert send(vcd, "PUT", points, body).status == 400
    vcd.ask("DELETE", path)
    assert vcd.get(points).document() == {"extensionPointRegistrations": {"urn:vmware:vcloud:primary-navigation": []}}
