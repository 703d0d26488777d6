"""API extensions over AMQP, asked as pyvcloud asks (contract section 5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.unit.simulator.vcd.asking import V, Vcd

Maker = Callable[..., Vcd]
X = "{http://www.vmware.com/vcloud/extension/v1.5}"
ADMIN = "application/vnd.vmware.admin"
ROOT = "/api/admin/extension"
SERVICE = f"{ROOT}/service"
SPACES = 'xmlns="http://www.vmware.com/vcloud/v1.5" xmlns:vmext="http://www.vmware.com/vcloud/extension/v1.5"'


def service(
    name: str = "svc", enabled: str = "true", filters: str | None = None, more: str = "", **change: str
) -> bytes:
    """As E_VMEXT of pyvcloud makes it: Description in the other namespace, filters only where they are given."""
    fields = {"Namespace": "com.acme.svc", "Enabled": enabled, "RoutingKey": "rk", "Exchange": "vcdext", **change}
    body = "".join(f"<vmext:{key}>{value}</vmext:{key}>" for key, value in fields.items())
    if filters is not None:
        one = f"<vmext:ApiFilter><vmext:UrlPattern>{filters}</vmext:UrlPattern></vmext:ApiFilter>"
        body += f"<vmext:ApiFilters>{one}</vmext:ApiFilters>"
    return f'<vmext:Service {SPACES} name="{name}">{more}{body}</vmext:Service>'.encode()


def link(root: ElementTree.Element, rel: str, media: str | None = None) -> str:
    """The address of a linked resource, found by `rel` and the whole type, as pyvcloud finds it."""
    for one in root.findall(f"{V}Link"):
        if one.get("rel") == rel and (media is None or one.get("type") == media):
            return one.get("href") or ""
    raise AssertionError(f"no link {rel} {media}")


def add(vcd: Vcd, body: bytes) -> tuple[int, ElementTree.Element]:
    """add_extension of pyvcloud: session link, extension, services, post."""
    session = vcd.xml("/api/session")[1]
    root = vcd.xml(link(session, "down", f"{ADMIN}.vmwExtension+xml"))[1]
    services = vcd.xml(link(root, "down", f"{ADMIN}.extensionServices+xml"))[1]
    address = link(services, "add", f"{ADMIN}.service+xml")
    return vcd.xml(address, "POST", body, content_type=f"{ADMIN}.service+xml")


def record(vcd: Vcd, style: str = "records", text: str = "name==svc") -> ElementTree.Element:
    """One record, through the list of query types."""
    kinds = vcd.xml("/api/query")[1]
    media = f"application/vnd.vmware.vcloud.query.{style}+xml"
    (one,) = [x for x in kinds.findall(f"{V}Link") if (x.get("name"), x.get("type")) == ("adminService", media)]
    root = vcd.xml(f"{one.get('href')}&filterEncoded=true&filter={quote(text, safe='')}")[1]
    (found,) = [child for child in root if child.tag != f"{V}Link"]
    return found


@pytest.mark.parametrize("release", ["9.7", "10.4", "10.6"])
def test_a_service_lives_as_pyvcloud_handles_it(system: Maker, release: str) -> None:
    vcd = system(release)
    status, made = add(vcd, service(filters="/api/acme.*", more="<Description>ours</Description>"))
    assert status == 201 and made.tag == f"{X}Service" and made.get("name") == "svc"
    children = [child.tag.rpartition("}")[2] for child in made if not child.tag.endswith("}Link")]
    assert children == [
        "Description", "Namespace", "Enabled", "AuthorizationEnabled", "RoutingKey", "Priority", "Exchange",
        "ApiFilters",
    ]  # fmt: skip
    assert made.findtext(f"{X}Priority") == "50" and made.findtext(f"{X}AuthorizationEnabled") == "false"
    found = record(vcd, text="name==svc;namespace==com.acme.svc")
    assert found.tag == f"{V}AdminServiceRecord" and found.get("href") == made.get("href")
    assert {key: found.get(key) for key in ("enabled", "routingKey", "exchange", "priority", "namespace")} == {
        "enabled": "true", "routingKey": "rk", "exchange": "vcdext", "priority": "50", "namespace": "com.acme.svc",
    }  # fmt: skip
    assert record(vcd, "idrecords").get("id") == made.get("id")
    assert record(vcd, "references").get("href") == made.get("href")
    href = made.get("href") or ""
    assert vcd.ask("DELETE", href).status == 400, "still enabled"
    assert vcd.xml(href, "PUT", service(enabled="false"))[0] == 200, "without a content type"
    assert len(vcd.xml(href)[1].findall(f"{X}ApiFilters/{X}ApiFilter")) == 1, "filters stay when none are given"
    assert vcd.xml(href)[1].find(f"{V}Description") is None, "everything else is replaced"
    assert vcd.ask("DELETE", f"{href}?force=True&recursive=True").status == 204
    assert vcd.ask("GET", href).status == 403


def test_filters_come_and_go_one_by_one(system: Maker) -> None:
    vcd = system("10.3")
    made = add(vcd, service(filters="/api/acme.*"))[1]
    media = f"{ADMIN}.apiFilter+xml"
    body = (
        f"<vmext:ApiFilter {SPACES}><vmext:UrlPattern>/api/other/[a-z]+</vmext:UrlPattern></vmext:ApiFilter>".encode()
    )
    status, one = vcd.xml(link(made, "add", media), "POST", body, content_type=media)
    assert status == 201 and one.findtext(f"{X}UrlPattern") == "/api/other/[a-z]+"
    assert "/service/apifilter/" in (one.get("href") or "")
    urn = record(vcd, "idrecords").get("id") or ""
    for filter_text in (f"service=={urn}", f"service=={made.get('href')}", f"service=={urn.rpartition(':')[2]}"):
        root = vcd.xml(f"/api/query?type=apiFilter&format=idrecords&filter={quote(filter_text, safe='')}")[1]
        assert [x.get("urlPattern") for x in root] == ["/api/acme.*", "/api/other/[a-z]+"]
    root = vcd.xml(f"/api/query?type=apiFilter&format=references&filter=service=={urn}")[1]
    listed = vcd.xml(f"{made.get('href')}/apifilters")[1]
    assert [x.get("href") for x in listed.findall(f"{V}ApiFilterRecord")] == [x.get("href") for x in root]
    assert listed.findall(f"{V}ApiFilterRecord")[0].get("service") == made.get("href")
    for reference in root:
        shown = vcd.xml(reference.get("href") or "")[1]
        assert vcd.ask("DELETE", link(shown, "remove")).status == 204
    assert vcd.ask("GET", root[0].get("href") or "").status == 403
    assert vcd.xml(f"{made.get('href')}/apifilters?page=1&pageSize=1")[1].get("total") == "0"


@pytest.mark.parametrize(
    "body",
    [
        service(name=""), service(Namespace=""), service(RoutingKey=""), service(Exchange=""), service(enabled="maybe"),
        service(filters="[unclosed"), service(filters="x" * 1025), service(filters=""), service(Priority="50"), b"<x/>",
        service(more="<vmext:Namespace>com.acme.svc</vmext:Namespace>"), service(Colour="red"), b"", b"<!DOCTYPE x>",
    ],
)  # fmt: skip
def test_bad_services_are_400(system: Maker, body: bytes) -> None:
    """`Priority` among them stands behind `Exchange`: the order of the schema is held to."""
    vcd = system("10.3")
    status, root = add(vcd, body)
    assert (status, root.tag) == (400, f"{V}Error")
    assert vcd.xml("/api/query?type=adminService")[1].get("total") == "0"


def test_the_namespace_is_unique_and_fixed(system: Maker) -> None:
    vcd = system("10.3")
    href = add(vcd, service())[1].get("href") or ""
    assert add(vcd, service(name="other"))[0] == 400
    assert add(vcd, service(name="svc", Namespace="com.acme.two"))[0] == 201, "names may be the same"
    assert vcd.xml(href, "PUT", service(Namespace="com.acme.three"))[0] == 400
    assert vcd.xml(href, "PUT", service(), content_type="text/plain")[0] == 415
    assert vcd.xml(SERVICE, "POST", service(Namespace="n"), content_type="application/xml")[0] == 415
    body = service(Namespace="n").replace(b"<vmext:Exchange>", b"<vmext:Priority>101</vmext:Priority><vmext:Exchange>")
    assert add(vcd, body)[0] == 400
    assert add(vcd, body.replace(b"101", b"100"))[0] == 201


def test_rights_and_links_of_a_service(system: Maker) -> None:
    """add_service_right of pyvcloud, and the published example of a service link."""
    vcd = system("10.3")
    made = add(vcd, service())[1]
    rights = vcd.xml(link(made, "rights", f"{ADMIN}.rights+xml"))[1]
    body = (
        f'<Right {SPACES} name="Backup: View"><Description>d</Description><Category>Backup</Category>'
        "<BundleKey>KEY</BundleKey></Right>"
    ).encode()
    address = link(rights, "add", f"{ADMIN}.right+xml")
    status, right = vcd.xml(address, "POST", body, content_type=f"{ADMIN}.right+xml")
    assert (status, right.get("name")) == (201, "{com.acme.svc}:Backup: View")
    assert vcd.xml(address, "POST", body, content_type=f"{ADMIN}.right+xml")[0] == 400
    shown = vcd.xml(right.get("href") or "")[1]
    assert (shown.findtext(f"{V}Category"), shown.findtext(f"{V}ServiceNamespace")) == ("Backup", "com.acme.svc")
    assert vcd.ask("DELETE", right.get("href") or "").status == 204
    assert vcd.ask("DELETE", right.get("href") or "").status == 403
    assert vcd.xml(address, "POST", body, content_type=f"{ADMIN}.right+xml")[0] == 201
    assert "{com.acme.svc}:Backup: View" in vcd.service.access.rights
    built_in = next(iter(vcd.service.access.rights.values()))
    assert vcd.ask("DELETE", f"/api/admin/right/{built_in.id}").status == 400
    media = f"{ADMIN}.serviceLink+xml"
    text = (
        f"<vmext:ServiceLink {SPACES}><vmext:LinkHref>{{baseUri}}org/{{resourceId}}/currentTime</vmext:LinkHref>"
        "<vmext:MimeType>text/plain</vmext:MimeType><vmext:Rel>down:currentTime</vmext:Rel>"
        "<vmext:ResourceType>application/vnd.vmware.vcloud.org+xml</vmext:ResourceType></vmext:ServiceLink>"
    )
    status, one = vcd.xml(link(made, "add", media), "POST", text.encode(), content_type=media)
    assert status == 201 and one.findtext(f"{X}Rel") == "down:currentTime"
    assert vcd.xml(one.get("href") or "")[0] == 200
    assert vcd.ask("DELETE", link(one, "remove")).status == 204
    assert vcd.ask("GET", one.get("href") or "").status == 403
    vcd.xml(made.get("href") or "", "PUT", service(enabled="false"))
    vcd.ask("DELETE", made.get("href") or "")
    assert "{com.acme.svc}:Backup: View" not in vcd.service.access.rights


def test_the_settings_of_the_broker(system: Maker) -> None:
    """As AmqpService of pyvcloud sends them."""
    vcd = system("10.3")
    path, media = f"{ROOT}/settings/amqp", f"{ADMIN}.amqpSettings+xml"
    assert vcd.xml(path)[1].findtext(f"{X}AmqpPort") == "5672"
    fields = {
        "AmqpHost": "amqp.example.com", "AmqpPort": "5671", "AmqpUsername": "u", "AmqpPassword": "secret",
        "AmqpExchange": "vcd", "AmqpVHost": "/", "AmqpUseSSL": "true", "AmqpSslAcceptAll": "false", "AmqpPrefix": "vcd",
    }  # fmt: skip
    text = "".join(f"<vmext:{key}>{value}</vmext:{key}>" for key, value in fields.items())
    body = f"<vmext:AmqpSettings {SPACES}>{text}</vmext:AmqpSettings>".encode()
    test = vcd.xml(f"{path}/action/test", "POST", body, content_type=media)[1]
    assert test.findtext(f"{X}Valid") == "true"
    assert vcd.xml(path)[1].findtext(f"{X}AmqpHost") == "", "a test changes nothing"
    assert vcd.xml(path, "PUT", body, content_type=media)[0] == 200
    reply = vcd.ask("GET", path, accept="application/*+xml;version=36.0")
    assert b"amqp.example.com" in reply.body and b"secret" not in reply.body
    vcd.service.portal.broker.answers = False
    test = vcd.xml(f"{path}/action/test", "POST", body, content_type=media)[1]
    assert test.findtext(f"{X}Valid") == "false"
    for bad in (re.sub(b"<vmext:AmqpPassword>.*</vmext:AmqpPassword>", b"", body), body.replace(b"5671", b"70000")):
        assert vcd.xml(path, "PUT", bad, content_type=media)[0] == 400


def test_tenants_see_services_and_change_none(system: Maker) -> None:
    vcd = system("10.3")
    made = add(vcd, service())[1]
    href = made.get("href") or ""
    vcd.log_in("admin@Tyrell")
    for method, path in (
        ("GET", ROOT), ("GET", SERVICE), ("POST", SERVICE), ("GET", href), ("PUT", href), ("DELETE", href),
        ("GET", f"{href}/apifilters"), ("POST", f"{href}/rights"), ("GET", f"{ROOT}/settings/amqp"),
    ):  # fmt: skip
        reply = vcd.ask(method, path, service(), accept="application/*+xml;version=36.0")
        assert reply.status == 403 and b'minorErrorCode="ACCESS_TO_RESOURCE_IS_FORBIDDEN"' in reply.body, path
    assert vcd.xml("/api/query?type=adminService")[0] == 403
    assert vcd.xml("/api/query?type=apiFilter")[0] == 403
    found = vcd.xml("/api/query?type=service")[1]
    assert [(x.get("name"), x.get("namespace")) for x in found] == [("svc", "com.acme.svc")]
    public = vcd.xml(found[0].get("href") or "")[1]
    assert public.findtext(f"{X}Namespace") == "com.acme.svc" and public.find(f"{X}RoutingKey") is None
    session = vcd.xml("/api/session")[1]
    extensibility = vcd.xml(link(session, "down:extensibility"))[1]
    assert extensibility.tag == f"{X}ApiExtensibility" and link(extensibility, "down:service") == found[0].get("href")


def test_the_json_variant(system: Maker) -> None:
    vcd = system("10.3")
    made = add(vcd, service(filters="/api/acme.*"))[1]
    document = vcd.get(made.get("href") or "", accept="application/*+json;version=36.0").document()
    assert (document["name"], document["namespace"], document["enabled"]) == ("svc", "com.acme.svc", True)
    assert document["apiFilters"]["apiFilter"][0]["urlPattern"] == "/api/acme.*"


def test_a_filter_names_its_service_in_every_format(system: Maker) -> None:
    vcd = system("10.3")
    made = add(vcd, service(filters="/api/acme.*"))[1]
    (by_address,) = vcd.xml("/api/query?type=apiFilter")[1]
    (by_id,) = vcd.xml("/api/query?type=apiFilter&format=idrecords")[1]
    assert (by_address.get("service"), by_id.get("service")) == (made.get("href"), made.get("id"))
