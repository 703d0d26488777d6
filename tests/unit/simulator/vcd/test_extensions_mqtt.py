"""API extensions over MQTT, their filters and tokens, external endpoints, CORS (contract sections 5.2, 5.3 and 5.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.simulator.vcd.asking import HOST, V, Vcd
from tests.unit.simulator.vcd.portal_asking import send

Maker = Callable[..., Vcd]
API, V1 = "/cloudapi/extensions/api", "/cloudapi/1.0.0"
TOKENS, ENDPOINTS, FILTERS = f"{V1}/tokens", f"{V1}/externalEndpoints", f"{V1}/apiFilters"
CSE: dict[str, Any] = {
    "name": "cse", "version": "1.0.0", "vendor": "VMWare", "priority": 100, "enabled": "true",
    "authorizationEnabled": "false", "description": "",
}  # fmt: skip
URN = "urn:vcloud:extension-api:VMWare:cse:1.0.0"


def service_id(links: str) -> str:
    """The part after `/extension/service/`, as container-service-extension cuts it out."""
    parts = links.split("/")
    return next(parts[at + 2] for at, one in enumerate(parts[:-2]) if one == "extension" and parts[at + 1] == "service")


@pytest.mark.parametrize("release", ["10.2", "10.6"])
def test_an_extension_as_container_service_extension_handles_it(system: Maker, release: str) -> None:
    vcd = system(release)
    assert vcd.get(API).document()["values"] == []
    reply = send(vcd, "POST", API, CSE)
    document = reply.document()
    topic = "topic/extension/VMWare/cse/1.0.0"
    assert reply.status == 200 and document == {
        **CSE, "id": URN, "enabled": True, "authorizationEnabled": False,
        "mqttTopics": {"monitor": f"{topic}/ext", "respond": f"{topic}/vcd"},
    }  # fmt: skip
    assert vcd.get(API).document()["values"] == [document]
    shown = vcd.get(f"{API}/{URN}")
    assert shown.document() == document
    links = shown.header("Link") or ""
    key = service_id(links)
    assert links.startswith(f"<https://{HOST}/api/admin/extension/service/{key}/")
    assert send(vcd, "POST", API, CSE).status == 400
    filters = f"/api/admin/extension/service/{key}/apifilters"
    assert vcd.xml(filters)[1].findall(f"{V}ApiFilterRecord") == []
    media = "application/vnd.vmware.admin.apiFilter+xml"
    body = (
        b'<vmext:ApiFilter xmlns:vmext="http://www.vmware.com/vcloud/extension/v1.5">'
        b"<vmext:UrlPattern>/api/mqttEndpoint/cse</vmext:UrlPattern></vmext:ApiFilter>"
    )
    made = [vcd.xml(filters, "POST", body, content_type=media)[1] for _turn in range(2)]
    (first, second) = vcd.xml(filters)[1].findall(f"{V}ApiFilterRecord")
    assert (first.get("urlPattern"), second.get("href")) == ("/api/mqttEndpoint/cse", made[1].get("href"))
    assert vcd.ask("DELETE", second.get("href") or "").status == 204
    assert vcd.xml("/api/query?type=adminService")[1].get("total") == "0", "the other kind of service is not listed"
    assert vcd.ask("DELETE", f"{API}/{URN}").status == 400, "still enabled"
    off = send(vcd, "PUT", f"{API}/{URN}", {**CSE, "enabled": "false"})
    assert off.status == 200 and off.document()["enabled"] is False
    assert vcd.ask("DELETE", f"{API}/{URN}").status == 204
    assert [vcd.ask("GET", path).status for path in (f"{API}/{URN}", filters, first.get("href") or "")] == [403] * 3


def test_tokens_of_an_extension(system: Maker) -> None:
    vcd = system("10.2")
    vcd.version = "35.0"
    send(vcd, "POST", API, CSE)
    wanted = {"name": "mqttCseToken", "type": "EXTENSION", "extensionId": URN}
    reply = send(vcd, "POST", TOKENS, wanted)
    token = reply.document()
    assert reply.status == 200 and (token["owner"]["name"], token["type"]) == ("VMWare/cse/1.0.0", "EXTENSION")
    (listed,) = vcd.get(f"{TOKENS}?filter=type==EXTENSION").document()["values"]
    assert listed == vcd.get(f"{TOKENS}/{token['id']}").document()
    assert {**token, "token": listed["token"]} == listed and token["token"] not in str(listed)
    for change in ({"type": "REFRESH"}, {"extensionId": "urn:vcloud:extension-api:a:b:1.0.0"}, {"name": ""}, {}):
        assert send(vcd, "POST", TOKENS, {**wanted, **change}).status in (400, 403)
    assert vcd.ask("DELETE", f"{TOKENS}/{token['id']}").status == 204
    assert vcd.get(f"{TOKENS}/{token['id']}").status == 403
    send(vcd, "POST", TOKENS, wanted)
    send(vcd, "PUT", f"{API}/{URN}", {**CSE, "enabled": False})
    vcd.ask("DELETE", f"{API}/{URN}")
    assert vcd.get(TOKENS).document()["values"] == [], "they go with the extension"


@pytest.mark.parametrize(
    "change",
    [
        {"name": None}, {"vendor": "V M"}, {"name": "a:b"}, {"version": "1.0"}, {"version": "1.0.0-beta"},
        {"version": "01.0.0"}, {"priority": 101}, {"priority": -1}, {"priority": "50"}, {"enabled": "yes"},
        {"enabled": None}, {"authorizationEnabled": 1}, {"colour": "red"},
    ],
)  # fmt: skip
def test_bad_extensions_are_400(system: Maker, change: dict[str, Any]) -> None:
    assert send(system("10.3"), "POST", API, {**CSE, **change}).status == 400


def test_what_identifies_an_extension_is_fixed(system: Maker) -> None:
    vcd = system("10.3")
    less = {name: CSE[name] for name in ("name", "version", "vendor", "enabled")}
    assert send(vcd, "POST", API, less).document()["priority"] == 50
    assert send(vcd, "PUT", f"{API}/{URN}", {**CSE, "version": "1.0.1"}).status == 400
    assert send(vcd, "PUT", f"{API}/{URN}", vcd.get(f"{API}/{URN}").document()).status == 200, "fed back"
    assert system("10.1").get(API).status == 404
    vcd.log_in("admin@Tyrell")
    calls = (("GET", API), ("POST", API), ("DELETE", f"{API}/{URN}"))
    assert [send(vcd, method, path, CSE).status for method, path in calls] == [403] * 3


ENDPOINT: dict[str, Any] = {
    "name": "portal", "version": "1.0.0", "vendor": "acme", "enabled": True, "description": "d",
    "rootUrl": "https://ext.acme.example",
}  # fmt: skip


def test_external_endpoints_and_their_filters(system: Maker) -> None:
    """As go-vcloud-director looks for one: `vendor==..;name==..;version==..`."""
    vcd = system("10.6")
    reply = send(vcd, "POST", ENDPOINTS, ENDPOINT)
    document = reply.document()
    assert reply.status == 201 and document["id"] == "urn:vcloud:extensionEndpoint:acme:portal:1.0.0"
    path = f"{ENDPOINTS}/{document['id']}"
    found = vcd.get(f"{ENDPOINTS}?filter=vendor==acme;name==portal;version==1.0.0").document()["values"]
    assert found == [document] == [vcd.get(path).document()]
    wanted = {
        "externalSystem": {"name": "portal", "id": document["id"]},
        "urlMatcher": {"urlPattern": "/custom/.*", "urlScope": "EXT_API"},
    }
    made = send(vcd, "POST", FILTERS, wanted)
    one = f"{FILTERS}/{made.document()['id']}"
    assert made.status == 201 and vcd.get(one).document() == {**made.document(), **wanted}
    by_system = vcd.get(f"{FILTERS}?filter=externalSystem.id=={document['id']}").document()["values"]
    assert by_system == [made.document()]
    changed = send(vcd, "PUT", one, {**wanted, "urlMatcher": {"urlPattern": "/x/.*", "urlScope": "EXT_UI_TENANT"}})
    assert changed.document()["urlMatcher"]["urlScope"] == "EXT_UI_TENANT"
    for bad in (
        {"urlMatcher": None}, {"responseContentType": "text/plain"}, {"externalSystem": {"id": "urn:x"}},
        {"urlMatcher": {"urlPattern": "/custom", "urlScope": "EXT_API"}},
        {"urlMatcher": {"urlPattern": "/custom/.*", "urlScope": "API"}},
        {"urlMatcher": {"urlPattern": "[.*", "urlScope": "EXT_API"}},
        {"urlMatcher": None, "responseContentType": "text/plain"},
    ):  # fmt: skip
        assert send(vcd, "POST", FILTERS, {**wanted, **bad}).status == 400, bad
    assert vcd.ask("DELETE", path).status == 400
    assert send(vcd, "PUT", path, {**ENDPOINT, "name": "other"}).status == 400
    assert send(vcd, "PUT", path, {**ENDPOINT, "enabled": False}).status == 200
    assert vcd.ask("DELETE", path).status == 204
    assert [vcd.get(target).status for target in (path, one)] == [403, 403]
    assert system("10.5").get(ENDPOINTS).status == 404


def test_filters_of_an_extension_are_the_same_in_both_families(system: Maker) -> None:
    vcd = system("10.6")
    send(vcd, "POST", API, CSE)
    wanted = {"externalSystem": {"id": URN}, "urlMatcher": {"urlPattern": "/api/org/.*/time", "urlScope": "API"}}
    made = send(vcd, "POST", FILTERS, wanted).document()
    key = service_id(vcd.get(f"{API}/{URN}").header("Link") or "")
    path = f"/api/admin/extension/service/{key}/apifilters"
    (record,) = vcd.xml(path)[1].findall(f"{V}ApiFilterRecord")
    assert record.get("urlPattern") == "/api/org/.*/time"
    typed = {**made, "urlMatcher": None, "responseContentType": "text/plain"}
    assert send(vcd, "PUT", f"{FILTERS}/{made['id']}", typed).document()["responseContentType"] == "text/plain"
    assert vcd.ask("DELETE", record.get("href") or "").status == 204
    assert vcd.get(FILTERS).document()["values"] == []


@pytest.mark.parametrize(
    "change", [{"rootUrl": "http://x"}, {"rootUrl": "x"}, {"version": "1"}, {"name": None}, {"vendor": "a b"}]
)
def test_bad_endpoints_are_400(system: Maker, change: dict[str, Any]) -> None:
    assert send(system("10.6"), "POST", ENDPOINTS, {**ENDPOINT, **change}).status == 400


def test_origins_that_browsers_may_come_from(system: Maker) -> None:
    vcd, path = system("10.3"), f"{V1}/site/settings/cors"
    assert vcd.get(path).document() == {"values": []}
    body = {"values": [{"origin": "https://portal.acme.example"}, {"origin": "http://localhost:4200"}]}
    assert send(vcd, "PUT", path, body).document() == body == vcd.get(path).document()
    for bad in ({"values": [{"origin": "portal"}]}, {"values": [{}]}, {}, []):
        assert send(vcd, "PUT", path, bad).status == 400
    assert system("10.2").get(path).status == 404
    vcd.log_in("admin@Tyrell")
    assert vcd.get(path).status == 403
