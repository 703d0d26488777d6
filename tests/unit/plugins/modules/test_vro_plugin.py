"""The module in this process against simulated orchestrators: installing, restarting, and what breaks off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vro_plugin import Plugin
from ansible_collections.vcpp.vcloud.plugins.modules.vro_plugin_info import Plugins
from tests.tools.make_vro_plugin import make
from tests.unit.plugins.modules import vros

every = vros.fixture("7.3", "8.18", "9.1")
old = vros.fixture("7.3")
new = vros.fixture("8.18", "9.1")
vro = every
HERE = vros.HERE


@pytest.fixture(autouse=True)
def quick(request: pytest.FixtureRequest) -> Iterator[None]:
    """Restarts take a moment, and no longer."""
    for name in ("vro", "old", "new"):
        if name in request.fixturenames:
            request.getfixturevalue(name).control.restart_seconds(0.1)
    yield


def run(vro: Any, path: Path | None, check: bool = False, **more: Any) -> Any:
    options = {
        "path": path and str(path),
        "accept_eula": bool(path),
        "control_url": vro.simulator.vro(HERE)["control_center_url"],
        "control_user": "root",
        "control_password": vro.simulator.simulator.world.estate.root_password,
        "wait_interval": 1,
        "wait_timeout": 20,
    }
    return vro.run(Plugin, check, **{**options, **more})


def shown(vro: Any, name: str = "Redis") -> Any:
    """The plug-in that the simulated server has loaded."""
    return vro.server.store.plugins.get(name)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return make(tmp_path / "o11nplugin-redis.vmoapp", {"Redis": ("1.9.0", "4711")})


def test_a_plugin_is_installed_and_a_second_run_changes_nothing(vro: Any, package: Path) -> None:
    predicted = run(vro, package, True)
    assert shown(vro) is None and vro.writes == []
    made = run(vro, package)
    assert made == predicted and made["changed"]
    told = made["vro_plugin"]
    assert (told["name"], told["version"]) == ("Redis", "1.9.0")
    assert told.get("build") == ("4711" if vro.version < (9, 0) else None)
    assert (shown(vro).version, shown(vro).build) == ("1.9.0", "4711")
    vro.control.clear_journal()
    for check in (True, False):
        assert run(vro, package, check)["changed"] is False
    assert vro.writes == [] and vro.requests == ["GET /vco/api/plugins"] * 2
    (listed,) = vro.run(Plugins, name="Redis")["vro_plugin"]
    assert listed["version"] == "1.9.0"
    assert len(vro.run(Plugins)["vro_plugin"]) > 10


def test_versions_are_numbers_and_a_downgrade_has_to_be_asked_for(vro: Any, package: Path, tmp_path: Path) -> None:
    run(vro, package)
    newer = make(tmp_path / "newer.dar", {"Redis": ("1.10.0", "5")})
    changed = run(vro, newer, accept_eula=False)
    assert changed["diff"][0]["after"]["version"] == "1.10.0" and shown(vro).version == "1.10.0"
    for check in (True, False):
        refused = run(vro, package, check)
        assert "the server has 1.10.0" in refused["msg"] and "downgrade: true" in refused["msg"]
    assert shown(vro).version == "1.10.0"
    if vro.version < (8, 0):
        assert run(vro, package, downgrade=True)["changed"] and shown(vro).version == "1.9.0"
    else:  # the server itself refuses it
        assert "is installed in the newer version" in run(vro, package, downgrade=True)["msg"]


def test_a_newer_build_is_newer_where_the_release_tells_builds(vro: Any, package: Path, tmp_path: Path) -> None:
    run(vro, package)
    again = run(vro, make(tmp_path / "again.dar", {"Redis": ("1.9", "4712")}))
    assert again["changed"] is (vro.version < (9, 0))


def test_an_agreement_has_to_be_accepted_before_anything_is_sent(vro: Any, package: Path) -> None:
    for check in (True, False):
        refused = run(vro, package, check, accept_eula=False)
        assert "which begins: 'You may use this for tests.'" in refused["msg"] and "accept_eula: true" in refused["msg"]
    assert vro.writes == []


def test_a_file_of_several_is_installed_whole(vro: Any, tmp_path: Path) -> None:
    both = make(tmp_path / "both.vmoapp", {"Redis": ("1.0.0", "1"), "RedisCluster": ("2.0.0", "1")}, agreement="")
    assert "say with name which of them" in run(vro, both)["msg"]
    made = run(vro, both, name="Redis", accept_eula=False)
    assert made["changed"] and shown(vro, "RedisCluster").version == "2.0.0"
    assert made["vro_plugin"]["bundled"]["RedisCluster"].startswith("2.0.0")
    assert run(vro, both, name="Redis", accept_eula=False)["changed"] is False
    vro.server.installer.set("RedisCluster", version="1.9.9")
    assert run(vro, both, name="Redis", accept_eula=False)["changed"] and shown(vro, "RedisCluster").version == "2.0.0"


def test_it_is_removed_from_8_on(vro: Any, package: Path) -> None:
    run(vro, package)
    for check in (True, False):
        outcome = run(vro, None, check, name="Redis", state="absent")
        if vro.version < (8, 0):
            assert "cannot be removed through the API before release 8.0" in outcome["msg"]
        else:
            assert outcome["changed"] and outcome["vro_plugin"] == {}
    assert (shown(vro) is None) is (vro.version >= (8, 0))
    assert run(vro, None, name="Nothing", state="absent")["changed"] is False


def test_it_is_switched_on_and_off_before_8(vro: Any) -> None:
    outcome = run(vro, None, name="SNMP", enabled=False)
    if vro.version < (8, 0):
        assert outcome["diff"][0]["after"] == {"enabled": False} and shown(vro, "SNMP").enabled is False
        assert run(vro, None, name="SNMP", enabled=False)["changed"] is False
    else:
        assert "from release 8.0 on the API does not change that" in outcome["msg"]
        assert vro.writes == []


def test_without_its_file_it_has_to_be_there(vro: Any) -> None:
    assert "there is no plug-in 'SNPM'; did you mean 'SNMP'?" in run(vro, None, name="SNPM")["msg"]


# Bad days


@pytest.mark.parametrize("path", ["/vco/api/plugins*"])
def test_a_lost_answer_is_looked_for(vro: Any, package: Path, path: str) -> None:
    method = "POST" if vro.version < (8, 0) else "PATCH"
    vro.control.add_fault("drop_reply", service="*/vro", method=method, path=path, times=1)
    assert run(vro, package)["changed"] and shown(vro).version == "1.9.0"
    uploads = [write for write in vro.writes if write.startswith("POST")]
    assert len(uploads) == 1


def test_an_installation_that_the_restart_interrupts_is_done_again(vro: Any, package: Path) -> None:
    method = "POST" if vro.version < (8, 0) else "PATCH"
    vro.control.add_fault("interrupt_install", service="*/vro", method=method, path="/vco/api/plugins*", times=1)
    assert run(vro, package, wait_timeout=1)["changed"] and shown(vro).version == "1.9.0"


def test_a_restart_that_never_came_is_made_up_for(old: Any, package: Path) -> None:
    assert run(old, package, restart=False)["changed"] and shown(old) is None
    old.control.clear_journal()
    made = run(old, package)
    assert made["changed"] and shown(old).version == "1.9.0"
    assert old.writes == []  # the control centre's restart alone
    assert run(old, package)["changed"] is False


def test_the_control_centre_is_asked_before_anything_is_sent(old: Any, package: Path) -> None:
    for check in (True, False):
        refused = run(old, package, check, control_password="wrong")
        assert refused["error"]["status"] == 401 and "give control_user and control_password" in refused["msg"]
    assert old.writes == [] and shown(old) is None


def test_the_control_centre_takes_the_file_as_well(old: Any, package: Path) -> None:
    assert run(old, package, through="control_center")["changed"] and shown(old).version == "1.9.0"
    assert old.writes == []


@pytest.mark.parametrize(
    "content, words",
    [
        (b"no zip", "it is no ZIP"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_plugin_is_refused(vro: Any, tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "x.dar"
    if content is not None:
        path.write_bytes(content)
    assert words in run(vro, path)["msg"]
    assert vro.control.count() == 0


def test_options_that_say_nothing_are_refused(vro: Any, package: Path) -> None:
    assert "neither path nor name is set" in run(vro, None)["msg"]
    assert "name is 'Rediss'" in run(vro, package, name="Rediss")["msg"]
    assert vro.control.count() == 0
