"""Branding themes of the second generation and the feature flag in front of them (contract section 3.9)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.wire import Reply
from tests.unit.simulator.vcd.asking import Vcd
from tests.unit.simulator.vcd.portal_asking import PNG, send, upload

Maker = Callable[..., Vcd]
V1 = "/cloudapi/1.0.0"
THEMES = f"{V1}/brandingThemes"
FLAGS = f"{V1}/featureFlags"
LINKS = [
    {"id": "1", "name": "Help Desk", "linkType": "link", "scope": "PORTAL", "url": "https://x.example", "order": 1}
]
PARTS = {
    "favIcon": "icon.ico", "logo": "logo.svg", "background": "back.png", "styles": "acme.css", "portalName": "Acme",
    "customLinks": "links.json",
}  # fmt: skip
KEYS = {
    "favIcon": "FavIcon", "logo": "Logo", "background": "Background", "styles": "Styles", "portalName": "PortalName",
    "customLinks": "CustomLinks",
}  # fmt: skip


def archive(*without: str, links: Any = None, **change: str) -> bytes:
    parts = {**PARTS, **change}
    resources = {KEYS[name]: value for name, value in parts.items()}
    files = {
        "manifest.json": json.dumps({"Name": "acme.zip", "Vendor": "Acme", "Version": "1", "Resources": resources}),
        parts["favIcon"]: b"icon", parts["logo"]: b"<svg/>", parts["background"]: PNG, parts["styles"]: b"body {}",
        parts["customLinks"]: json.dumps(LINKS if links is None else links),
    }  # fmt: skip
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, content in files.items():
            if name not in without:
                made.writestr(name, content)
    return stream.getvalue()


def switched_on(vcd: Vcd) -> Vcd:
    (flag,) = vcd.get(FLAGS).document()["values"]
    assert send(vcd, "PUT", f"{FLAGS}/{flag['id']}", {**flag, "enabled": True}).document()["enabled"] is True
    return vcd


def made(vcd: Vcd, name: str = "acme", **more: Any) -> str:
    reply = send(vcd, "POST", THEMES, {"name": name, **more})
    assert reply.status == 201, reply.body
    return f"{THEMES}/{reply.document()['id']}"


def announced(vcd: Vcd, path: str, content: bytes, **change: Any) -> Reply:
    return send(vcd, "PUT", f"{path}/resources", {"fileName": "acme.zip", "size": len(content), **PARTS, **change})


def ended(vcd: Vcd, reply: Reply) -> dict[str, Any]:
    vcd.world.advance(1)
    found: dict[str, Any] = vcd.get(reply.header("Location") or "", accept="application/*+json;version=38.0").document()
    return found


@pytest.mark.parametrize("release", ["10.4.1", "10.5", "10.6"])
def test_it_is_behind_a_flag(system: Maker, release: str) -> None:
    vcd = system(release)
    assert {vcd.get(f"{THEMES}{rest}").status for rest in ("", "/active", "/assignments")} == {403}
    (flag,) = vcd.get(f"{FLAGS}?filter=displayName==Branding*").document()["values"]
    assert (flag["displayName"], flag["usage"], flag["enabled"]) == ("Branding API", "ALPHA", False)
    assert vcd.get(f"{FLAGS}/{flag['id']}").document() == flag
    assert vcd.get(f"{FLAGS}/urn:vcloud:featureflag:nothing").status == 404
    assert send(vcd, "PUT", f"{FLAGS}/{flag['id']}", {"name": "other", "enabled": True}).status == 400
    switched_on(vcd)
    names = [one["name"] for one in vcd.get(THEMES).document()["values"]]
    assert names == ["Dark", "Default"]
    vcd.log_in("admin@Tyrell")
    assert vcd.get(f"{FLAGS}/{flag['id']}").document()["enabled"] is True
    assert send(vcd, "PUT", f"{FLAGS}/{flag['id']}", {"enabled": False}).status == 403
    vcd.service.reset()
    vcd.log_in()
    assert vcd.get(THEMES).status == 403


def test_older_releases_have_neither(system: Maker) -> None:
    vcd = system("10.4")
    assert (vcd.get(FLAGS).document()["values"], vcd.get(THEMES).status) == ([], 404)
    assert system("10.3").get(FLAGS).status == 404
    newer = switched_on(system("10.6"))
    assert newer.get(THEMES, accept="application/json;version=37.0").status == 404


def test_a_disabled_flag_is_hidden_from_tenants(vcd: Maker) -> None:
    made_one = vcd("10.6")
    made_one.log_in("admin@Tyrell")
    assert made_one.get(FLAGS).document()["values"] == []


def test_a_theme_is_made_changed_and_removed(system: Maker) -> None:
    vcd = switched_on(system("10.6"))
    reply = send(vcd, "POST", THEMES, {"name": "acme", "themeBase": "CLARITY_DARK_THEME"})
    document = reply.document()
    assert reply.status == 201 and document["id"].startswith("urn:vcloud:entity:vmware:brandinguitheme:1.0.0:")
    assert document == {
        "id": document["id"], "name": "acme", "themeType": "CUSTOM", "isLegacy": False, "isDefault": False,
        "active": False, "themeBase": "CLARITY_DARK_THEME", "logoThumbprint": None, "version": "1.0.0",
        "previewStyles": None,
    }  # fmt: skip
    path = f"{THEMES}/{document['id']}"
    assert vcd.get(path).document() == document == send(vcd, "PUT", path, document).document()
    changed = send(vcd, "PUT", path, {"name": "Acme", "isDefault": True}).document()
    assert (changed["themeBase"], changed["isDefault"], changed["active"]) == (None, True, True)
    assert vcd.get(f"{THEMES}/active").document()["name"] == "Acme"
    assert vcd.ask("DELETE", path).status == 400, "the default stays"
    assert send(vcd, "PUT", path, {"name": "Acme", "isDefault": False}).status == 400
    (default,) = vcd.get(f"{THEMES}?filter=name==Default").document()["values"]
    assert send(vcd, "PUT", f"{THEMES}/{default['id']}", {**default, "isDefault": True, "active": None}).status == 200
    assert send(vcd, "PUT", f"{THEMES}/{default['id']}", {"name": "x", "isDefault": True}).status == 400
    assert vcd.ask("DELETE", f"{THEMES}/{default['id']}").status == 400
    assert vcd.ask("DELETE", path).status == 204
    assert [vcd.ask(method, path).status for method in ("GET", "DELETE")] == [403, 403]


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""}, {"name": "x" * 129}, {"themeBase": "DARK"}, {"themeType": "BUILT_IN"}, {"isLegacy": True},
        {"active": True}, {"colour": "red"}, {"name": None},
    ],
)  # fmt: skip
def test_bad_themes_are_400(system: Maker, change: dict[str, Any]) -> None:
    assert send(switched_on(system("10.6")), "POST", THEMES, {"name": "x", **change}).status == 400


def test_resources_go_up_as_an_archive(system: Maker) -> None:
    vcd = switched_on(system("10.6"))
    path, content = made(vcd), archive()
    assert vcd.get(f"{path}/resources").status == 404
    reply = announced(vcd, path, content)
    assert (reply.status, reply.body) == (202, b"")
    assert [name for name, _value in reply.headers].count("Link") == 1
    assert ended(vcd, reply)["status"] == "running", "it waits for the bytes"
    assert upload(vcd, reply, content).status == 200
    assert ended(vcd, reply)["status"] == "success"
    whole = vcd.get(f"{path}/resources", accept="application/zip;version=39.0")
    assert (whole.body, whole.header("content-type")) == (content, "application/zip;version=39.0")
    for part, media, body in (
        ("logo", "image/svg+xml", b"<svg/>"), ("favIcon", "image/x-icon", b"icon"), ("background", "image/png", PNG),
        ("css", "text/css", b"body {}"), ("portalName", "text/plain", b"Acme"),
    ):  # fmt: skip
        shown = vcd.get(f"{path}/{part}", accept=f"{media};version=39.0")
        assert (shown.body, shown.header("content-type")) == (body, f"{media};version=39.0")
    assert vcd.get(f"{path}/logo", accept="image/png;version=39.0").status == 406
    assert vcd.get(f"{path}/customLinks").document()["values"] == [{**LINKS[0], "parentId": None}]
    assert vcd.get(path).document()["logoThumbprint"]


@pytest.mark.parametrize(
    "content",
    [
        b"no archive", archive("manifest.json"), archive("logo.svg"), archive(logo="logo.gif"),
        archive(links=[{"name": "x"}]), archive(links={}), archive(styles="other.css"),
    ],
)  # fmt: skip
def test_a_bad_archive_fails_the_task(system: Maker, content: bytes) -> None:
    vcd = switched_on(system("10.6"))
    path = made(vcd)
    reply = announced(vcd, path, content)
    assert upload(vcd, reply, content).status == 200
    task = ended(vcd, reply)
    assert task["status"] == "error" and task["error"]["message"]
    assert vcd.get(f"{path}/resources").status == 404


@pytest.mark.parametrize(("more", "status"), [({}, "error"), ({"status": "canceled"}, "canceled")])
def test_the_task_of_an_upload_fails_on_demand(system: Maker, more: dict[str, str], status: str) -> None:
    vcd = switched_on(system("10.6"))
    path, content = made(vcd), archive()
    vcd.world.faults.add("fail_task", path="*/resources", times=1, parameters=more)
    reply = announced(vcd, path, content)
    assert upload(vcd, reply, content).status == 200
    assert ended(vcd, reply)["status"] == status
    assert vcd.get(f"{path}/resources").status == 404


def test_refused_bytes_fail_the_task_too(system: Maker) -> None:
    vcd = switched_on(system("10.6"))
    reply = announced(vcd, made(vcd), archive(), checksum="0" * 40)
    assert upload(vcd, reply, archive()).status == 400
    assert ended(vcd, reply)["status"] == "error"


@pytest.mark.parametrize("change", [{"logo": None}, {"styles": None}, {"portalName": None}, {"fileName": "x.css"}])
def test_an_incomplete_upload_spec_is_400(system: Maker, change: dict[str, Any]) -> None:
    vcd = switched_on(system("10.6"))
    assert announced(vcd, made(vcd), b"x", **change).status == 400


def test_themes_are_assigned_to_organizations(system: Maker) -> None:
    vcd = switched_on(system("10.6", tenants=("Tyrell", "Wallace")))
    first, second = made(vcd), made(vcd, "other")
    ids = {name: f"urn:vcloud:org:{one.id}" for name, one in vcd.world.sites["North"].organizations.items()}
    reference = {"name": "Tyrell", "id": ids["Tyrell"]}
    reply = send(vcd, "POST", f"{first}/assignments", reference)
    assignment = {"brandingThemeId": first.rpartition("/")[2], "organizationReference": reference}
    assert (reply.status, reply.document()) == (201, assignment)
    assert vcd.get(f"{THEMES}/assignments").document()["values"] == [assignment]
    assert vcd.get(f"{second}/assignments").document()["values"] == []
    assert send(vcd, "POST", f"{second}/assignments", reference).status == 400
    assert vcd.ask("DELETE", first).status == 400
    both = [{"name": name, "id": identity} for name, identity in ids.items()]
    assert send(vcd, "PUT", f"{second}/assignments", both).status == 400
    assert vcd.get(f"{second}/assignments").document()["values"] == [], "all or nothing"
    assert send(vcd, "PUT", f"{second}/assignments?force=true", both).status == 204
    found = vcd.get(f"{second}/assignments").document()["values"]
    assert [one["organizationReference"]["name"] for one in found] == ["Tyrell", "Wallace"]
    assert send(vcd, "PUT", f"{second}/assignments", both[1:]).status == 204, "the whole list"
    assert [vcd.ask("DELETE", f"{second}/assignments/{ids['Wallace']}").status for _turn in range(2)] == [204, 403]
    assert send(vcd, "POST", f"{first}/assignments", reference).status == 201
    own = vcd.get(f"{THEMES}/active", x_vmware_vcloud_tenant_context=ids["Tyrell"].rpartition(":")[2]).document()
    assert own["name"] == "acme" and own["active"]
    vcd.log_in("admin@Tyrell")
    assert vcd.get(f"{THEMES}/active").document()["name"] == "acme"
    assert [one["name"] for one in vcd.get(THEMES).document()["values"]] == ["acme"]
    assert vcd.get(f"{THEMES}/active/logo", accept="image/*;version=39.0").status == 200
    assert vcd.get(second).status == 403
    for method, target in (("POST", THEMES), ("PUT", first), ("DELETE", first), ("POST", f"{THEMES}/convert")):
        assert send(vcd, method, target, {"name": "x"}).status == 403
    vcd.log_in()
    assert vcd.ask("DELETE", f"{first}?force=true").status == 204
    assert vcd.get(f"{THEMES}/assignments").document()["values"] == []


def test_legacy_branding_is_converted(system: Maker) -> None:
    vcd = switched_on(system("10.6"))
    look = {"portalName": "Tyrell Cloud", "selectedTheme": {"themeType": "CUSTOM", "name": "acme"}, "customLinks": [
        {"menuItemType": "section", "name": "Support"},
        {"menuItemType": "link", "name": "Desk", "url": "https://desk.example"},
    ]}  # fmt: skip
    send(vcd, "POST", "/cloudapi/branding/themes", {"themeType": "CUSTOM", "name": "acme"})
    spec = {"fileName": "a.css", "size": 7}
    upload(vcd, send(vcd, "POST", "/cloudapi/branding/themes/acme/contents", spec), b"body {}")
    send(vcd, "PUT", "/cloudapi/branding/tenant/Tyrell", look)
    vcd.ask("PUT", "/cloudapi/branding/tenant/Tyrell/logo", PNG, content_type="image/png")
    dry = vcd.ask("POST", f"{THEMES}/convert?assign=true&dryrun=true")
    assert dry.status == 202 and "Tyrell" in ended(vcd, dry)["details"]
    assert len(vcd.get(THEMES).document()["values"]) == 2
    assert ended(vcd, vcd.ask("POST", f"{THEMES}/convert?assign=true"))["status"] == "success"
    (one,) = vcd.get(f"{THEMES}?filter=name==Tyrell").document()["values"]
    path = f"{THEMES}/{one['id']}"
    assert vcd.get(f"{path}/portalName").body == b"Tyrell Cloud" and vcd.get(f"{path}/css").body == b"body {}"
    assert vcd.get(f"{path}/logo", accept="image/png;version=39.0").body == PNG
    assert [link["name"] for link in vcd.get(f"{path}/customLinks").document()["values"]] == ["Support", "Desk"]
    assert len(vcd.get(f"{path}/assignments").document()["values"]) == 1
