"""Plug-ins and the control centre: lists, installations, restarts and what they interrupt (contract section 15)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.front import dispatch
from tests.simulator.vro import plugin_files
from tests.simulator.vro.file_markup import BadFile
from tests.simulator.vro.plugins import EXPIRES_SECONDS, INTERRUPTED
from tests.simulator.wire import NoAnswer, Reply, Request
from tests.unit.simulator.vro.asking import HOST, MODERN, PASSWORD, VERSIONS, Vro, attributes, basic
from tests.unit.simulator.vro.uploading import exported, message, multipart, upload

Maker = Callable[..., Vro]
OLD = ("7.3", "7.6")
CONTROL = "/vco-controlcenter/api"
EULA = "You may use this for tests."


def dar(version: str = "1.0.0", name: str = "Redis", build: str = "4711") -> bytes:
    """A plug-in."""
    return plugin_files.save_dar(name, version, build, name, f"{name} for tests")


def vmoapp(*dars: bytes) -> bytes:
    """Some, with a license."""
    return plugin_files.save_vmoapp([(f"one{number}.dar", one) for number, one in enumerate(dars)], EULA)


def control(vro: Vro, method: str, path: str, body: bytes = b"", user: str = "root", **headers: str) -> Reply:
    """Asks the control centre, which is another service in 7.x."""
    vro.world.run_due()
    sent = {"host": HOST, "accept": "application/json", "authorization": basic(user), **headers}
    sent = {name.replace("_", "-"): value for name, value in sent.items()}
    service = vro.service.listening[-1]
    return service.handle(Request(method, f"{CONTROL}/{path}", sent, body))


def front(vro: Vro, target: str = "about") -> int | None:
    """The status of a request that comes through the front; None: the port is closed."""
    sent = {"host": HOST, "accept": "application/json", **vro.headers}
    reply = dispatch(vro.world, vro.service, Request("GET", f"/vco/api/{target}", sent)).reply
    return reply.status if reply is not None else None


def listed(vro: Vro) -> dict[str, dict[str, Any]]:
    """The plug-ins that a list has, by name, whatever its shape is."""
    document = vro.get("plugins")
    rows = document.get("plugin") or document.get("plugins") or [attributes(one) for one in document.get("link", ())]
    return {one.get("moduleName") or one["name"]: one for one in rows}


def test_the_three_lists(vro: Maker) -> None:
    old = listed(vro("7.6"))["VC"]
    assert set(old) == {
        "moduleName",
        "displayName",
        "enabled",
        "url",
        "version",
        "buildNumber",
        "infoText",
        "hasValidation",
        "configurable",
        "hasInstallActions",
    }
    one = vro("8.18")
    middle = listed(one)["VC"]
    names = {"id", "moduleName", "version", "description", "enabled", "buildNumber", "fileName", "logLevel"}
    assert set(middle) == names
    assert one.get("plugins?conditions=name~nothing&maxResult=1")["total"] == len(listed(one))
    assert set(listed(vro("9.1"))["VC"]) == {"name", "display-name", "version", "description"}


@pytest.mark.parametrize("version", OLD)
def test_in_7_a_plug_in_runs_after_a_restart(vro: Maker, version: str) -> None:
    one = vro(version)
    reply = upload(one, "plugins?format=dar&overwrite=true", "redis.dar", dar())
    assert reply.status == 201
    assert "Redis" not in listed(one)
    fingerprints = control(one, "GET", "server/config-version").document()
    assert len(set(fingerprints.values())) == 2
    assert control(one, "POST", "server/status/restart").status == 200
    one.world.advance(10)
    assert (listed(one)["Redis"]["version"], listed(one)["Redis"]["buildNumber"]) == ("1.0.0", "4711")
    fingerprints = control(one, "GET", "server/config-version").document()
    assert len(set(fingerprints.values())) == 1


@pytest.mark.parametrize("version", OLD)
def test_options_of_an_upload_come_in_either_place(vro: Maker, version: str) -> None:
    one = vro(version)
    assert upload(one, "plugins", "redis.vmoapp", vmoapp(dar()), format="vmoapp", overwrite="false").status == 201
    again = upload(one, "plugins", "redis.dar", dar("1.1.0"), format="dar", overwrite="false")
    assert (again.status, "already exists" in message(again)) == (409, True)
    assert upload(one, "plugins?format=dar", "redis.dar", dar("1.1.0"), overwrite="true").status == 201
    assert upload(one, "plugins?format=vmoapp&overwrite=true", "redis.dar", dar()).status == 400
    assert upload(one, "plugins?format=zip", "redis.dar", dar()).status == 400
    assert upload(one, "plugins", "redis.dar", b"nothing").status == 400
    assert one.post("plugins/installations", {}).status in (404, 405)


@pytest.mark.parametrize("version", OLD)
def test_installed_at_once(vro: Maker, version: str) -> None:
    one = vro(version)
    assert upload(one, "plugins/installPluginDynamically", "redis.dar", dar()).status == 204
    assert listed(one)["Redis"]["enabled"] is True
    assert one.post("plugins/Redis/state", {"enabled": False}, "PUT").status == 204
    assert listed(one)["Redis"]["enabled"] is False
    assert one.post("plugins/Redis/state", {"enabled": "no"}, "PUT").status == 400
    assert one.post("plugins/Nothing/state", {"enabled": False}, "PUT").status == 404
    assert upload(one, "plugins/installPluginDynamically", "redis.dar", b"x").status == 400


@pytest.mark.parametrize("version", VERSIONS)
def test_export(vro: Maker, version: str) -> None:
    one = vro(version)
    reply = one.ask("GET", "plugins/VC", accept="application/dar")
    assert str(reply.header("content-disposition")).startswith("attachment; filename=o11nplugin-vc-")
    assert plugin_files.open_dar(reply.body).version == one.store.plugins["VC"].version
    # PowervRO asks for JSON here and reads an archive.
    assert plugin_files.open_dar(exported(one, "plugins/VC", "application/json")).name == "VC"
    assert one.ask("GET", "plugins/Nothing", accept="application/dar").status == 404
    assert one.ask("GET", "plugins/VC", accept="text/html").status == 406


@pytest.mark.parametrize("version", MODERN)
def test_from_8_on_a_license_is_accepted(vro: Maker, version: str) -> None:
    one = vro(version)
    reply = upload(one, "plugins/installations", "redis.vmoapp", vmoapp(dar(), dar(name="RedisTools")))
    assert reply.status == 201
    staged = reply.document()
    assert (staged["fileName"], staged["eula"]) == ("redis.vmoapp", EULA)
    assert 0 < staged["expiresInMillis"] <= EXPIRES_SECONDS * 1000
    assert staged["plugins"][0] == {
        "moduleName": "Redis",
        "description": "Redis for tests",
        "version": "1.0.0",
        "buildNumber": "4711",
        "fileName": "o11nplugin-redis.dar",
    }
    assert "Redis" not in listed(one)
    path = f"plugins/installations/{staged['id']}"
    assert one.get(path)["id"] == staged["id"]
    assert one.ask("PATCH", path, accept="*/*").status == 204
    assert {"Redis", "RedisTools"} <= set(listed(one))
    assert listed(one)["Redis"]["version"] == "1.0.0"
    for method in ("GET", "PATCH", "DELETE"):
        assert one.ask(method, path).status == 404
    assert one.ask("DELETE", "plugins/Redis").status == 204
    assert "Redis" not in listed(one)
    assert one.ask("DELETE", "plugins/VC").status == 403
    assert upload(one, "plugins", "redis.dar", dar()).status in (404, 405)


@pytest.mark.parametrize("version", MODERN)
def test_installations_expire_and_can_be_dropped(vro: Maker, version: str) -> None:
    one = vro(version)
    first = upload(one, "plugins/installations", "redis.dar", dar()).document()
    assert first["eula"] == ""
    assert one.ask("DELETE", f"plugins/installations/{first['id']}").status == 204
    second = upload(one, "plugins/installations", "redis.dar", dar()).document()
    one.world.advance(EXPIRES_SECONDS + 1)
    assert one.ask("PATCH", f"plugins/installations/{second['id']}").status == 404
    assert upload(one, "plugins/installations", "redis.dar", b"x").status == 400
    assert "Redis" not in listed(one)


@pytest.mark.parametrize("version", MODERN)
def test_an_older_version_is_not_installed_over_a_newer_one(vro: Maker, version: str) -> None:
    one = vro(version)

    def install(number: str) -> int:
        staged = upload(one, "plugins/installations", "redis.dar", dar(number)).document()
        return one.ask("PATCH", f"plugins/installations/{staged['id']}").status

    assert (install("1.10.0"), install("1.9.0"), install("1.10.0"), install("1.11.0")) == (204, 409, 204, 204)
    assert listed(one)["Redis"]["version"] == "1.11.0"


@pytest.mark.parametrize("version", VERSIONS)
def test_only_administrators_change_plug_ins(vro: Maker, version: str) -> None:
    one = vro(version)
    name = "operator@System Domain" if version == "8.18" else "operator"
    one.log_in(name)
    path = "plugins/installations" if version in MODERN else "plugins?overwrite=true"
    assert upload(one, path, "redis.dar", dar()).status == 403
    assert listed(one)
    assert control(one, "POST", "server/status/restart", user="operator").status == 401


@pytest.mark.parametrize("version", OLD)
def test_a_restart_of_7_over_time(vro: Maker, version: str) -> None:
    one = vro(version)
    assert control(one, "GET", "server/status").document() == {
        "initialStatus": "RUNNING",
        "currentStatus": "RUNNING",
        "requestedStatus": "RUNNING",
        "finished": True,
    }
    one.world.restart_seconds = 40
    state = control(one, "POST", "server/status/restart").document()
    assert (state["currentStatus"], state["finished"]) == (None, False)
    # Its port is closed; that of the control centre is not.
    assert front(one) is None
    one.world.advance(20)
    assert control(one, "GET", "server/status").document()["finished"] is False
    assert front(one) is None
    one.world.advance(21)
    # The process runs; what it serves comes later.
    state = control(one, "GET", "server/status").document()
    assert (state["currentStatus"], state["finished"]) == ("RUNNING", True)
    assert front(one) == 404
    one.world.advance(10)
    assert front(one) == 503
    one.world.advance(10)
    assert front(one) == 200


@pytest.mark.parametrize("version", MODERN)
def test_a_restart_from_8_on(vro: Maker, version: str) -> None:
    one = vro(version)
    one.world.restart_seconds = 40
    assert control(one, "POST", "server/status/restart").status == 200
    assert front(one) == 503
    assert control(one, "GET", "server/status").document()["finished"] is False
    one.world.advance(41)
    assert front(one) == 200
    assert control(one, "GET", "server/status").document()["currentStatus"] == "RUNNING"


@pytest.mark.parametrize("version", VERSIONS)
def test_stop_and_start(vro: Maker, version: str) -> None:
    one = vro(version)
    state = control(one, "POST", "server/status/stop").document()
    assert (state["currentStatus"], state["requestedStatus"], state["finished"]) == ("STOPPED", "STOPPED", True)
    one.world.advance(60)
    assert front(one) == (503 if version in MODERN else None)
    state = control(one, "POST", "server/status/start").document()
    assert (state["initialStatus"], state["requestedStatus"]) == ("STOPPED", "RUNNING")
    one.world.advance(10)
    assert front(one) == 200
    # One that runs stays as it is.
    assert control(one, "POST", "server/status/start").document()["finished"] is True
    control(one, "POST", "server/status/stop")
    one.world.reset()
    one.log_in(one.server.account.user)
    assert front(one) == 200


@pytest.mark.parametrize("version", OLD)
def test_an_upload_of_the_control_centre(vro: Maker, version: str) -> None:
    one = vro(version)
    media = upload_media()
    body = multipart("redis.vmoapp", vmoapp(dar()))
    assert control(one, "POST", "plugins", body, content_type=media).status == 201
    assert control(one, "POST", "plugins", body, content_type=media).status == 409
    control(one, "POST", "server/status/restart")
    one.world.advance(10)
    assert listed(one)["Redis"]["version"] == "1.0.0"


def upload_media() -> str:
    """The content type of `multipart`."""
    boundary = multipart("x", b"").split(b"\r\n")[0].removeprefix(b"--").decode()
    return f"multipart/form-data; boundary={boundary}"


@pytest.mark.parametrize("version", OLD)
def test_an_installation_that_the_restart_interrupts(vro: Maker, version: str) -> None:
    one = vro(version)
    assert upload(one, "plugins/installPluginDynamically", "redis.dar", dar("0.9.0")).status == 204
    upload(one, "plugins?overwrite=true", "redis.dar", dar())
    one.world.faults.add(INTERRUPTED, service="North/vro*", times=1)
    control(one, "POST", "server/status/restart")
    one.world.advance(10)
    # It is what it was, and nothing waits any more.
    assert listed(one)["Redis"]["version"] == "0.9.0"
    assert len(set(control(one, "GET", "server/config-version").document().values())) == 1
    upload(one, "plugins?overwrite=true", "redis.dar", dar())
    control(one, "POST", "server/status/restart")
    one.world.advance(10)
    assert listed(one)["Redis"]["version"] == "1.0.0"


@pytest.mark.parametrize("version", MODERN)
def test_an_installation_that_is_interrupted_from_8_on(vro: Maker, version: str) -> None:
    one = vro(version)
    staged = upload(one, "plugins/installations", "redis.dar", dar()).document()
    one.world.faults.add(INTERRUPTED, method="PATCH", times=1)
    with pytest.raises(NoAnswer):
        one.ask("PATCH", f"plugins/installations/{staged['id']}")
    assert front(one) == 503
    one.world.advance(10)
    assert "Redis" not in listed(one)
    assert one.ask("PATCH", f"plugins/installations/{staged['id']}").status == 404


def test_trusted_certificates(vro: Maker) -> None:
    one = vro("7.6")
    body = b'{"useProxy":false,"proxyPort":null,"proxyUrl":null,"url":"https://vc.example.test"}'
    process = control(one, "POST", "trust/process", body, content_type="application/json").document()
    assert control(one, "POST", f"trust/process/{process['id']}/finish").status == 200
    again = control(one, "POST", f"trust/process/{process['id']}/finish")
    assert (again.status, again.document()["status"]) == (404, 404)
    assert control(one, "POST", "trust/process", b'{"url":"vc"}', content_type="application/json").status == 400


@pytest.mark.parametrize("version", VERSIONS)
def test_who_may_use_the_control_centre(vro: Maker, version: str) -> None:
    one = vro(version)
    assert control(one, "GET", "server/status", user=one.server.account.user).status == 200
    wrong = control(one, "GET", "server/status", authorization=basic("root", f"{PASSWORD}x"))
    assert (wrong.status, wrong.header("content-type")) == (401, "application/json")
    assert control(one, "GET", "nothing").status == 404


def test_files_of_plug_ins() -> None:
    bundle = plugin_files.open_upload(vmoapp(dar(), dar(name="Other")))
    assert ([one.name for one in bundle.plugins], bundle.eula) == (["Redis", "Other"], EULA)
    assert plugin_files.open_upload(dar(), plugin_files.DAR).plugins[0].build == "4711"
    for bad in (b"", plugin_files.save_vmoapp([("a.dar", b"x")], ""), plugin_files.save_vmoapp([], "")):
        with pytest.raises(BadFile):
            plugin_files.open_upload(bad)
    with pytest.raises(BadFile, match=r"no \.dar"):
        plugin_files.open_upload(vmoapp(dar()), plugin_files.DAR)
