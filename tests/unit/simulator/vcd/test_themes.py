"""Themes and their style sheets, uploaded in two steps (contract sections 3.5 and 3.6)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.unit.simulator.vcd.asking import HOST, Vcd
from tests.unit.simulator.vcd.portal_asking import send, upload

Maker = Callable[..., Vcd]
THEMES = "/cloudapi/branding/themes"
CSS = b".login-wrapper { background: #1a2a3a }\r\n/* D\xc3\xbcne */\n"
BUILT_IN = [{"themeType": "BUILT_IN", "name": "Default"}, {"themeType": "BUILT_IN", "name": "Dark"}]


def announce(vcd: Vcd, content: bytes = CSS, name: str = "acme", **spec: Any) -> Any:
    body = {"fileName": "acme.css", "size": len(content), **spec}
    return send(vcd, "POST", f"{THEMES}/{quote(name, safe='')}/contents", body)


def with_theme(vcd: Vcd, name: str = "acme") -> Vcd:
    assert send(vcd, "POST", THEMES, {"themeType": "CUSTOM", "name": name}).status == 201
    return vcd


@pytest.mark.parametrize("name", ["acme", "Acme Blue", "blau/grün", "acmé & co"])
def test_a_theme_is_made_renamed_and_removed(system: Maker, name: str) -> None:
    vcd, path = system("9.7"), f"{THEMES}/{quote(name, safe='')}"
    assert vcd.get(THEMES).document() == BUILT_IN, "a plain array"
    reply = send(vcd, "POST", f"{THEMES}/", {"themeType": "Custom", "name": name})
    assert (reply.status, reply.document()) == (201, {"themeType": "CUSTOM", "name": name})
    assert reply.header("Content-Location") == f"https://{HOST}{path}"
    assert vcd.get(path).document() == reply.document()
    assert vcd.get(f"{THEMES}/").document() == [*BUILT_IN, reply.document()]
    assert vcd.get(f"{path}/css").status == 404
    assert upload(vcd, announce(vcd, name=name), CSS).status == 200
    renamed = send(vcd, "PUT", path, {"themeType": "CUSTOM", "name": "other"})
    assert (renamed.status, renamed.document()["name"], vcd.get(path).status) == (200, "other", 404)
    assert vcd.get(f"{THEMES}/other/css").body == CSS
    reply = send(vcd, "DELETE", f"{THEMES}/other", {"name": name})
    assert (reply.status, reply.body) == (204, b"")
    assert vcd.get(THEMES).document() == BUILT_IN


def test_unknown_themes_are_404(system: Maker) -> None:
    vcd = system("10.3")
    paths = (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/css"), ("POST", "/contents"), ("DELETE", "/contents"))
    for method, rest in paths:
        reply = send(vcd, method, f"{THEMES}/nobody{rest}", {"themeType": "CUSTOM", "name": "x"})
        assert (reply.status, reply.document()["minorErrorCode"]) == (404, "NOT_FOUND"), (method, rest)
    assert vcd.get(f"{THEMES}/default").status == 404, "names are compared exactly"


@pytest.mark.parametrize(("release", "status"), [("9.1", 201), ("9.5", 201), ("9.7", 400), ("10.6", 400)])
def test_the_type_is_required_from_32(system: Maker, release: str, status: int) -> None:
    """New-Theme of vcd-h5-themes 1.0 sends the name alone, with 30.0."""
    vcd = system(release)
    assert send(vcd, "POST", f"{THEMES}/", {"name": "acme"}).status == status
    older = system("9.7")
    assert send(older, "POST", f"{THEMES}/", {"name": "acme"}, accept="application/json;version=30.0").status == 201


@pytest.mark.parametrize(
    "body",
    [
        {"themeType": "CUSTOM"}, {"themeType": "CUSTOM", "name": ""}, {"themeType": "CUSTOM", "name": " "},
        {"themeType": "BUILT_IN", "name": "x"}, {"themeType": "X", "name": "x"}, {"themeType": "CUSTOM", "name": 7},
        {"themeType": "CUSTOM", "name": "Dark"}, {"themeType": "CUSTOM", "name": "acme"},
        {"themeType": "CUSTOM", "name": "x", "id": "x"}, [], "x",
    ],
)  # fmt: skip
def test_bad_themes_are_400(system: Maker, body: Any) -> None:
    vcd = with_theme(system("10.3"))
    assert send(vcd, "POST", THEMES, body).status == 400
    assert len(vcd.get(THEMES).document()) == 3


def test_built_in_themes_stay_as_they_are(system: Maker) -> None:
    vcd = system("9.7")
    for name in ("Default", "Dark"):
        path = f"{THEMES}/{name}"
        assert send(vcd, "PUT", path, {"themeType": "CUSTOM", "name": "x"}).status == 400
        assert vcd.ask("DELETE", path).status == 400
        assert announce(vcd, name=name).status == 400
        assert vcd.ask("DELETE", f"{path}/contents").status == 400
        assert vcd.get(f"{path}/css").status == 404
    assert vcd.get(THEMES).document() == BUILT_IN


@pytest.mark.parametrize("where", ["/cloudapi/branding", "/cloudapi/branding/tenant/Tyrell"])
def test_a_selected_theme_stays(system: Maker, where: str) -> None:
    vcd = with_theme(system("9.7"))
    body = {"portalName": "x", "customLinks": [], "selectedTheme": {"themeType": "CUSTOM", "name": "acme"}}
    assert send(vcd, "PUT", where, body).status == 200, "it may be selected without CSS"
    assert vcd.ask("DELETE", f"{THEMES}/acme").status == 400
    assert send(vcd, "PUT", f"{THEMES}/acme", {"themeType": "CUSTOM", "name": "x"}).status == 400
    assert send(vcd, "PUT", f"{THEMES}/acme", {"themeType": "CUSTOM", "name": "acme"}).status == 200
    assert upload(vcd, announce(vcd), CSS).status == 200, "its style sheet may change"
    assert vcd.ask("DELETE", f"{THEMES}/acme/contents").status == 204
    body["selectedTheme"] = {"themeType": "BUILT_IN", "name": "Default"}
    assert send(vcd, "PUT", where, body).status == 200
    assert vcd.ask("DELETE", f"{THEMES}/acme").status == 204


def test_the_theme_of_an_organization_that_is_gone_is_free(system: Maker) -> None:
    vcd = with_theme(system("9.7"))
    body = {"portalName": "x", "customLinks": [], "selectedTheme": {"themeType": "CUSTOM", "name": "acme"}}
    send(vcd, "PUT", "/cloudapi/branding/tenant/Tyrell", body)
    vcd.world.sites["North"].remove_organization("Tyrell")
    assert vcd.ask("DELETE", f"{THEMES}/acme").status == 204


def test_the_style_sheet_goes_up_in_two_steps(system: Maker) -> None:
    vcd = with_theme(system("10.3"))
    reply = announce(vcd)
    assert (reply.status, reply.body, len([name for name, _value in reply.headers if name == "Link"])) == (204, b"", 1)
    link = reply.header("Link") or ""
    assert link.startswith(f"<https://{HOST}/transfer/") and link.count("<") == link.count(">") == 1
    assert link.endswith('/acme.css>;rel="upload:default";type="application/octet-stream"')
    assert vcd.get(f"{THEMES}/acme/css").status == 404, "nothing has arrived"
    assert upload(vcd, reply, CSS).status == 200
    shown = vcd.get(f"{THEMES}/acme/css", accept="text/css;version=36.0")
    assert (shown.body, shown.header("content-type")) == (CSS, "text/css;version=36.0")
    assert vcd.get(f"{THEMES}/acme/css", accept="application/json;version=36.0").body == CSS
    assert upload(vcd, reply, CSS).status == 404, "an address serves once"
    assert upload(vcd, announce(vcd, b"other"), b"other").status == 200
    vcd.headers = {}
    assert vcd.get(f"{THEMES}/acme/css").body == b"other", "the log-in page needs it"
    assert vcd.get(THEMES).status == 401
    vcd.log_in()
    assert [vcd.ask("DELETE", f"{THEMES}/acme/contents").status for _turn in range(2)] == [204, 204]
    assert vcd.get(f"{THEMES}/acme/css").status == 404


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", None])
def test_size_and_checksum_must_fit(system: Maker, algorithm: str | None) -> None:
    vcd = with_theme(system("9.7"))
    digest = hashlib.new(algorithm or "sha1", CSS).hexdigest()
    spec = {"checksum": digest, **({"checksumAlgo": algorithm} if algorithm else {})}
    changed = bytes([CSS[0] ^ 1]) + CSS[1:]
    for wrong in (CSS + b"x", CSS[:-1], changed, b""):
        reply = announce(vcd, **spec)
        assert upload(vcd, reply, wrong).status == 400
        assert upload(vcd, reply, CSS).status == 404, "what was refused ends the upload"
    assert vcd.get(f"{THEMES}/acme/css").status == 404
    assert upload(vcd, announce(vcd, **{**spec, "checksum": digest.upper()}), CSS).status == 200
    assert vcd.get(f"{THEMES}/acme/css").body == CSS
    assert upload(vcd, announce(vcd, **spec), changed).status == 400
    assert vcd.get(f"{THEMES}/acme/css").body == CSS, "the old one stays in force"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 0, 1, 2)])
def test_parts_come_with_content_range(system: Maker, order: tuple[int, ...]) -> None:
    vcd = with_theme(system("9.7"))
    reply, size = announce(vcd, checksum=hashlib.sha1(CSS).hexdigest()), len(CSS)
    cuts = ((0, 20), (20, 40), (40, size))
    for number in order:
        assert vcd.get(f"{THEMES}/acme/css").status == 404
        start, end = cuts[number]
        answer = upload(vcd, reply, CSS[start:end], content_range=f"bytes {start}-{end - 1}/{size}")
        assert answer.status == 200
    assert vcd.get(f"{THEMES}/acme/css").body == CSS


def test_the_whole_with_content_range_or_a_content_type(system: Maker) -> None:
    vcd, size = with_theme(system("9.7")), len(CSS)
    reply = announce(vcd)
    assert upload(vcd, reply, CSS, content_range=f"bytes 0-{size - 1}/{size}", content_type="text/css").status == 200
    assert vcd.get(f"{THEMES}/acme/css").body == CSS


@pytest.mark.parametrize(
    "header",
    ["bytes 0-9/10", "bytes 1-77/77", "bytes 0-76/78", "bytes=0-76", "0-76/77", "bytes 76-0/77", "bytes x-y/z"],
)
def test_a_bad_range_is_refused(system: Maker, header: str) -> None:
    vcd = with_theme(system("9.7"))
    content = b"x" * 77
    assert upload(vcd, announce(vcd, content), content, content_range=header).status == 400


@pytest.mark.parametrize(
    "spec",
    [
        {"fileName": "acme.zip"}, {"fileName": ".css"}, {"fileName": None}, {"fileName": "a/b.css"}, {"size": 0},
        {"size": -1}, {"size": "5"}, {"size": None}, {"size": True}, {"checksum": "xyz"}, {"checksum": "a" * 64},
        {"checksumAlgo": "md5"}, {"checksum": "a" * 40, "checksumAlgo": "sha256"}, {"offset": 0},
    ],
)  # fmt: skip
def test_bad_upload_specs_are_400(system: Maker, spec: dict[str, Any]) -> None:
    assert announce(with_theme(system("9.7")), **spec).status == 400


def test_a_transfer_is_for_the_one_who_announced_it(system: Maker) -> None:
    vcd = with_theme(system("9.7"))
    short = vcd.ask("GET", "/api/session").header("x-vcloud-authorization") or ""
    reply, mine = announce(vcd), vcd.headers
    vcd.headers = {}
    assert upload(vcd, reply, CSS).status == 401
    vcd.log_in("admin@Tyrell")
    assert upload(vcd, reply, CSS).status == 403
    assert announce(vcd).status == 403
    vcd.headers = {"x-vcloud-authorization": short}
    answer = vcd.ask("PUT", "/transfer/00000000-0000-0000-0000-000000000000/acme.css", CSS)
    assert answer.status == 404
    assert upload(vcd, reply, CSS, accept="*/*").status == 200, "the short token, and no version in Accept"
    vcd.headers = mine
    assert vcd.get(f"{THEMES}/acme/css").body == CSS


def test_a_theme_that_is_gone_takes_no_bytes(system: Maker) -> None:
    vcd = with_theme(system("9.7"))
    reply = announce(vcd)
    vcd.ask("DELETE", f"{THEMES}/acme")
    assert upload(vcd, reply, CSS).status == 404


def test_css_is_there_from_31(system: Maker) -> None:
    """Publish-Css of vcd-h5-themes refuses to run below 31.0; the file names a checksum nowhere."""
    vcd = with_theme(system("9.5"))
    old = "application/json;version=30.0"
    spec = {"fileName": "acme.css", "size": len(CSS)}
    assert send(vcd, "POST", f"{THEMES}/acme/contents", spec, accept=old).status == 404
    assert vcd.get(f"{THEMES}/acme/css", accept="text/css;version=30.0").status == 404
    assert upload(vcd, announce(vcd), CSS, accept="application/json;version=31.0").status == 200


def test_only_the_system_makes_themes(system: Maker) -> None:
    vcd = with_theme(system("9.7"))
    vcd.log_in("admin@Tyrell")
    assert vcd.get(THEMES).status == 200
    assert send(vcd, "POST", THEMES, {"themeType": "CUSTOM", "name": "x"}).status == 403
    assert vcd.ask("DELETE", f"{THEMES}/acme").status == 403
    assert vcd.ask("DELETE", f"{THEMES}/acme/contents").status == 403
