"""Which CSE fits which vCD, how requests reach it, and what it says of itself (contract 1.1, 1.2, 2.3, 4.6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.cse import Cse
from tests.simulator.cse.calls import Call, failed, missing
from tests.simulator.cse.extension import FILTERS
from tests.simulator.cse.releases import RELEASES, misfit, side_of, usable
from tests.simulator.cse.sides import SIDES
from tests.simulator.estate import BadEstate, parse_estate
from tests.simulator.vcd.versions import offers_of
from tests.simulator.wire import Reply
from tests.unit.simulator.cse.asking import Asker, asker
from tests.unit.simulator.vcd.asking import Vcd, estate


@pytest.mark.parametrize(
    ("version", "vcd_version", "legacy", "side"),
    [
        ("1.2", "9.5", False, "first"),
        ("2.0", "9.7", False, "first"),
        ("2.6", "10.1", False, "second"),
        ("3.0", "10.1", False, "second"),
        ("3.0", "10.2", False, "native"),
        ("3.1", "10.2", False, "native"),
        ("3.1", "10.3", False, "native"),
        ("3.1", "10.1", True, "second"),
        ("4.0", "10.4", False, "polled"),
        ("4.2", "10.6", False, "polled"),
    ],
)
def test_a_release_fits_by_the_api_numbers(version: str, vcd_version: str, legacy: bool, side: str) -> None:
    numbers = usable(RELEASES[version], legacy, offers_of(vcd_version))
    assert side_of(RELEASES[version], legacy, numbers) == side


@pytest.mark.parametrize(
    ("version", "vcd_version", "legacy"),
    [
        ("4.2", "10.3", False),
        ("3.1", "10.1", False),
        ("3.1", "9.7", True),
        ("1.2", "10.4", False),
        ("2.0", "9.1", False),
    ],
)
def test_what_does_not_fit_is_refused_with_what_does(version: str, vcd_version: str, legacy: bool) -> None:
    offers = offers_of(vcd_version)
    assert not usable(RELEASES[version], legacy, offers)
    said = misfit(RELEASES[version], legacy, offers, vcd_version)
    assert f"CSE {version}" in said and vcd_version in said
    for name in said.rpartition("CSE ")[2].removesuffix(" would fit").split(", "):
        mode = name.endswith("legacy mode")
        assert usable(RELEASES[name.partition(" ")[0]], mode, offers), name


class Echo:
    """A side that says what it was asked."""

    def __init__(self, cse: Cse) -> None:
        self.cse = cse

    def clear(self) -> None:
        """There is nothing."""

    def handle(self, call: Call) -> Reply:
        if call.parts == ("missing",):
            raise missing(["network_name"])
        if call.parts == ("broken",):
            raise failed("No, not at all")
        return call.reply({"parts": call.parts, "merged": call.merged(from_path="p")})


@pytest.fixture(autouse=True)
def _echo(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("first", "second", "native", "polled"):
        monkeypatch.setitem(SIDES, kind, Echo)


def test_a_site_has_a_cse_when_its_estate_says_so() -> None:
    document = estate("10.3")
    assert parse_estate(document).sites[0].cse is None
    document["sites"][0]["cse"] = {"version": "3.1", "legacy_mode": True}
    spec = parse_estate(document).sites[0].cse
    assert spec is not None and (spec.version, spec.legacy_mode) == ("3.1", True)
    assert parse_estate(document).with_cse("none").sites[0].cse is None
    assert parse_estate(document).with_cse("3.0").sites[0].cse.version == "3.0"  # type: ignore[union-attr]
    document["sites"][0]["cse"] = {"version": "3.1", "legacy_mode": "yes"}
    with pytest.raises(BadEstate, match="true or false"):
        parse_estate(document)


def test_a_server_that_does_not_fit_is_not_built() -> None:
    with pytest.raises(BadEstate, match=r"CSE 4.2 does not fit vCD 10.3.*CSE .*3.1.* would fit"):
        Asker("4.2", "10.3")
    with pytest.raises(BadEstate, match="legacy_mode is a setting of CSE 3.1"):
        Asker("3.0", "10.2", legacy_mode=True)
    with pytest.raises(BadEstate, match="one of none, 1.2"):
        Asker("5.0", "10.3")


@pytest.mark.parametrize(
    ("version", "legacy", "more"),
    [
        ("1.2", False, set()),
        ("2.6", False, set()),
        ("3.0", False, {"cse_server_api_version"}),
        (
            "3.1",
            False,
            {
                "cse_server_api_version",
                "cse_server_supported_api_versions",
                "cse_server_running_in_legacy_mode",
            },
        ),
    ],
)
def test_discovery(version: str, legacy: bool, more: set[str]) -> None:
    tenant = asker(version, legacy_mode=legacy)
    told = tenant.get("/api/cse/system").document()
    assert set(told) == {"product", "description", "version", *more}
    if version == "3.1":
        assert told["cse_server_supported_api_versions"] == ["35.0", "36.0"]
        assert told["cse_server_api_version"] == "36.0" and told["cse_server_running_in_legacy_mode"] is False
    provider = asker(version, legacy_mode=legacy, user="administrator@system")
    full = provider.get("/api/cse/system/").document()
    assert full["status"] == "Running" and ("all_consumer_threads" in full) is (version == "3.1")


def test_discovery_of_legacy_mode_and_of_an_older_vcd() -> None:
    told = asker("3.1", "10.1", legacy_mode=True).get("/api/cse/system").document()
    assert told["cse_server_supported_api_versions"] == ["33.0", "34.0"]
    assert told["cse_server_running_in_legacy_mode"] is True
    assert asker("3.1", "10.2").get("/api/cse/system").document()["cse_server_supported_api_versions"] == ["35.0"]


def test_no_cse_one_that_is_down_and_one_that_is_disabled() -> None:
    bare = Vcd("10.3")
    bare.log_in("admin@Tyrell")
    status, root = bare.xml("/api/cse/system")
    assert status == 404 and root.get("minorErrorCode") == "NOT_FOUND"
    four = asker("4.2")
    assert four.get("/api/cse/system").status == 404, "4.x has no calls of its own"
    three = asker("3.1")
    three.cse.stop()
    status, root = three.xml("/api/cse/system")
    assert status == 504 and root.get("minorErrorCode") == "GATEWAY_TIMEOUT"
    assert "External service 'cse' failed to respond in the specified timeout (10 SECONDS)" in str(root.get("message"))
    three.cse.start()
    assert three.get("/api/cse/system").status == 200
    service = next(one for one in three.service.portal.extensions.services.values() if one.name == "cse")
    three.service.portal.mqtt.switch(service.id, False)
    assert three.get("/api/cse/system").status == 404, "no enabled service has a filter for it"


def test_a_service_with_authorization_asks_for_its_rights() -> None:
    tenant = asker("2.6")
    (service,) = tenant.service.portal.extensions.services.values()
    service.authorization = True
    status, root = tenant.xml("/api/cse/system")
    assert status == 403 and "{cse}:CSE NATIVE DEPLOY RIGHT" in str(root.get("message"))
    assert asker("2.6", user="administrator@system").get("/api/cse/system").status == 200


def test_nobody_comes_in_without_a_session() -> None:
    reply = Asker("3.1").get("/api/cse/system")
    assert reply.status == 401


@pytest.mark.parametrize(("version", "kind"), [("2.6", "amqp"), ("3.1", "mqtt")])
def test_how_it_is_registered(version: str, kind: str) -> None:
    provider = asker(version, user="administrator@system")
    (service,) = provider.service.portal.extensions.services.values()
    assert (service.name, service.over_amqp, service.enabled) == ("cse", kind == "amqp", True)
    assert {one.url_pattern for one in service.filters.values()} == set(FILTERS)
    if kind == "mqtt":
        (document,) = provider.get("/cloudapi/extensions/api").document()["values"]
        assert (document["name"], document["vendor"], document["enabled"]) == ("cse", "VMWare", True)
        tenant = asker(version)
        assert tenant.get("/cloudapi/extensions/api").status == 403


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("1.2", {"message": {"reason": "No", "description": "No, not at all", "stacktrace": [_STACK]}})
        for _STACK in ["Exception: No, not at all\n"]
    ]
    + [(one, {"message": {"minor error code": -1, "error description": "No, not at all"}}) for one in ("2.6", "3.1")],
)
def test_errors_have_the_envelope_of_the_release(version: str, told: Any) -> None:
    tenant = asker(version)
    reply = tenant.get("/api/cse/broken")
    assert (reply.status, reply.document()) == (500, told)
    if version != "1.2":
        reply = tenant.get("/api/cse/missing")
        assert reply.status == 400 and reply.document()["message"] == {
            "minor error code": 4008,
            "error description": "Missing required keys in request payload: ['network_name']",
        }


def test_bodies_query_and_path_are_merged() -> None:
    tenant = asker("2.6")
    reply = tenant.call("DELETE", "/api/cse/x?b=query&c=1", {"a": 1, "b": "body", "none": None, "from_path": "no"})
    assert reply.document()["merged"] == {"a": 1, "b": "query", "c": "1", "from_path": "p"}
    assert reply.header("content-type") == "application/json"
    first = asker("1.2")
    reply = first.get("/api/cse/x", accept="text/x-yaml;version=31.0")
    assert reply.header("content-type") == "text/x-yaml;version=31.0" and reply.document()["parts"] == ["x"]


def test_three_reads_the_media_type_of_accept() -> None:
    tenant = asker("3.1")
    reply = tenant.get("/api/cse/x", accept="text/html;version=36.0")
    assert reply.status == 406
    assert reply.document()["message"]["error description"] == "CSE can only serve response as json."
    for accept in ("application/*+json", "*/*", "application/*"):
        assert tenant.get("/api/cse/x", accept=f"{accept};version=36.0").status == 200


def _switch(who: Asker, action: str) -> tuple[int, str]:
    reply = who.call("PUT", "/api/cse/system", {"server_action": action})
    told = reply.document()["message"]
    return reply.status, told if isinstance(told, str) else told["error description"]


def test_the_switch_of_the_server() -> None:
    provider = asker("3.1", user="administrator@system")
    assert _switch(provider, "enable") == (200, "CSE is already enabled and running.")
    assert _switch(provider, "stop") == (400, "CSE must be disabled before it can be stopped.")
    assert _switch(provider, "disable") == (200, "CSE has been disabled.")
    reply = provider.get("/api/cse/x")
    assert reply.status == 400
    assert "CSE service is disabled" in reply.document()["message"]["error description"]
    assert _switch(provider, "stop") == (200, "Shutting down CSE")
    assert _switch(provider, "enable") == (400, "Cannot enable CSE while it is beingstopped.")
    provider.world.advance(1)
    assert provider.get("/api/cse/system").status == 504
    older = asker("2.6", user="administrator@system")
    assert _switch(older, "enable") == (400, "CSE is already enabled and running.")
    assert _switch(asker("2.6"), "disable") == (401, "Unauthorized to update CSE")


def test_everybody_may_switch_3_1_unless_it_is_strict() -> None:
    tenant = asker("3.1")
    assert _switch(tenant, "disable")[0] == 200
    assert _switch(tenant, "enable")[0] == 200
    tenant.cse.settings.strict = True
    assert _switch(tenant, "disable") == (401, "Unauthorized to update CSE")
    tenant.cse.settings.busy = True
    reply = tenant.get("/api/cse/x")
    assert (reply.status, reply.document()) == (429, {"CSE Server Busy": "Please wait and try again."})


def test_the_switch_of_the_first_releases() -> None:
    provider = asker("1.2", user="administrator@system")

    def put(body: Any) -> tuple[int, Any]:
        reply = provider.call("PUT", "/api/cse/system", body)
        return reply.status, reply.document()["message"]

    assert put({}) == (500, "Unknown status")
    assert put({"stopped": True})[1].startswith("Cannot stop CSE while is enabled.")
    assert put({"enabled": False}) == (200, "Updated")
    assert provider.get("/api/cse/x").status == 500
    assert put({"enabled": True}) == (200, "Updated")
    tenant = asker("1.2")
    reply = tenant.call("PUT", "/api/cse/system", {"enabled": False})
    assert (reply.status, reply.document()) == (401, {"message": "Unauthorized"})
