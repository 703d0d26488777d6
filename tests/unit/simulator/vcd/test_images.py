"""Logo and icon: types, fall-back, bytes as they were sent (contract section 3.4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.simulator.vcd.asking import Vcd
from tests.unit.simulator.vcd.portal_asking import PNG

Maker = Callable[..., Vcd]
BASE = "/cloudapi/branding"
TENANT = f"{BASE}/tenant/Tyrell"
ANY = "image/*;version=32.0"


@pytest.mark.parametrize("where", [BASE, TENANT])
@pytest.mark.parametrize(
    ("kind", "media"),
    [
        ("logo", "image/png"), ("logo", "image/jpeg"), ("logo", "image/svg+xml"),
        ("icon", "image/png"), ("icon", "image/x-icon"),
    ],
)  # fmt: skip
def test_an_image_is_stored_as_it_is(system: Maker, where: str, kind: str, media: str) -> None:
    vcd = system("9.7")
    path = f"{where}/{kind}"
    built_in = vcd.get(path, accept=ANY)
    assert built_in.status == 200 and built_in.body.startswith(b"\x89PNG")
    for _turn in range(2):
        reply = vcd.ask("PUT", path, PNG, content_type=media, accept="application/json;version=32.0")
        assert (reply.status, reply.body) == (204, b"")
    shown = vcd.get(path, accept=ANY)
    assert (shown.body, shown.header("content-type")) == (PNG, f"{media};version=32.0")
    assert vcd.get(path, accept=f"{media};version=32.0").status == 200
    assert vcd.get(path, accept="image/gif;version=32.0").status == 406
    assert vcd.get(path, accept="application/json;version=32.0").status == 406
    assert vcd.get(path, accept=f"image/gif;version=32.0, {media};version=32.0").status == 200
    assert [vcd.ask("DELETE", f"{path}/").status for _turn in range(2)] == [204, 204]
    assert vcd.get(path, accept=ANY).body == built_in.body


@pytest.mark.parametrize(
    ("kind", "media"),
    [("logo", "image/jpg"), ("logo", "image/x-icon"), ("icon", "image/jpeg"), ("icon", "image/svg+xml"), ("logo", "")],
)
def test_other_types_are_415(system: Maker, kind: str, media: str) -> None:
    vcd = system("9.7")
    given = {"content_type": media} if media else {}
    assert vcd.ask("PUT", f"{BASE}/{kind}", PNG, **given).status == 415


def test_an_empty_or_a_large_logo_is_400(system: Maker) -> None:
    vcd = system("9.7")
    assert vcd.ask("PUT", f"{BASE}/logo", b"", content_type="image/png").status == 400
    assert vcd.ask("PUT", f"{BASE}/logo", b"x" * 524_288, content_type="image/png").status == 204
    assert vcd.ask("PUT", f"{BASE}/logo", b"x" * 524_289, content_type="image/png").status == 400
    assert vcd.ask("PUT", f"{BASE}/icon", b"x" * 524_289, content_type="image/png").status == 204


def test_a_tenant_shows_its_own_then_the_systems(system: Maker) -> None:
    vcd = system("9.7")
    vcd.ask("PUT", f"{BASE}/logo", PNG, content_type="image/png")
    assert vcd.get(f"{TENANT}/logo", accept=ANY).body == PNG
    assert vcd.get(f"{BASE}/tenant/nobody/logo", accept=ANY).body == PNG
    vcd.ask("PUT", f"{TENANT}/logo", b"<svg/>", content_type="image/svg+xml; charset=utf-8")
    assert vcd.get(f"{TENANT}/logo", accept=ANY).body == b"<svg/>"
    assert vcd.ask("DELETE", TENANT).status == 204
    assert vcd.get(f"{TENANT}/logo", accept=ANY).body == b"<svg/>", "the document's DELETE leaves images"
    vcd.headers = {}
    assert vcd.get(f"{TENANT}/logo", accept=ANY).body == PNG, "without a session the system's"
    assert vcd.ask("PUT", f"{BASE}/logo", PNG, content_type="image/png").status == 401
    vcd.log_in("admin@Tyrell")
    assert vcd.get(f"{TENANT}/logo", accept=ANY).body == b"<svg/>"
    assert vcd.ask("PUT", f"{TENANT}/logo", PNG, content_type="image/png").status == 403
    assert vcd.ask("DELETE", f"{TENANT}/icon").status == 403


def test_known_clients_read_and_write_images(system: Maker) -> None:
    """Publish-Logo and Get-Logo of vcd-h5-themes always say PNG; the module for PowerShell lists both icon types."""
    vcd = system("10.0")
    accept = "application/json;version=30.0"
    assert vcd.ask("PUT", f"{BASE}/logo", PNG, content_type="image/png", accept=accept).status == 204
    assert vcd.get(f"{BASE}/logo", accept="image/png;version=30.0").body == PNG
    both = "image/png;version=33.0, image/x-icon;version=33.0"
    assert vcd.get(f"{TENANT}/icon", accept=both).status == 200
    assert vcd.get(f"{BASE}/icon", accept="image/*;version=31.0").status == 404
