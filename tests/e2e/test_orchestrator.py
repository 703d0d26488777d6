"""The playbooks of orchestrators: everything that vro_server configures, what drift shows of it, and the explorer.

Auckland's is configured; nothing is wanted of Christchurch's, which is not spoken to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.plays import ROOT, Play
from tests.e2e.test_playbooks import A03, Estate
from tests.simulator.running import Running, running_simulator
from tests.tools.make_vro_plugin import make

AUCKLAND, CHRISTCHURCH = "vdev-a03-vcam", "vdev-c00-vcam"
URL = "https://avamar.example.com:8543"
SECRET = "Avamar-S3cret"


@pytest.fixture(scope="module", params=["7.6", pytest.param("9.1", marks=pytest.mark.slow)])
def orchestrators(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running_simulator(vro_version=request.param) as simulator:
        simulator.control.restart_seconds(0.2)
        yield simulator


def wishes(simulator: Running, directory: Path) -> dict[str, Any]:
    """What Auckland's orchestrator shall have, as a file of variables for that host alone."""
    package = make(directory / "o11nplugin-redis.vmoapp", {"Redis": ("1.0.0", "4711")})
    own = simulator.vro(A03)
    return {
        "vro_server_plugins": [{"path": str(package), "accept_eula": True}],
        "vro_server_control_url": own["control_center_url"],
        "vro_server_control_user": "root",
        "vro_server_control_password": simulator.root_password(A03),
        "vro_server_certificates": [URL],
        "vro_server_rest_hosts": [
            {"name": "avamar", "url": f"{URL}/rest-api", "authentication": "basic", "user": "MCUser",
             "operations": [{"name": "Get sessions", "url_template": "/sessions"}]},
        ],
        "vro_server_rest_host_secrets": {"avamar": {"password": SECRET}},
        "vro_server_content": str(ROOT / "roles" / "vro_docker_host" / "files" / "content"),
        "vro_server_schedules": [
            {"name": "Trust Avamar", "workflow": "Import a certificate from URL", "recurrence": "every_day",
             "times": ["02:30"], "start": "2031-01-01T00:00:00Z", "parameters": {"url": URL}},
        ],
    }  # fmt: skip


def run(estate: Estate, playbook: str, wanted: dict[str, Any], *arguments: str, **more: Any) -> Play:
    """A playbook with an inventory that says what Auckland's orchestrator shall have."""
    extra = estate.directory / "wishes.json"
    extra.write_text(json.dumps({"all": {"hosts": {AUCKLAND: wanted}}}), encoding="utf-8")
    return estate.run(playbook, "-i", str(extra), *arguments, **more)


def test_an_orchestrator_is_configured_once_compared_and_explored(orchestrators: Running, tmp_path: Path) -> None:
    estate = Estate(orchestrators, tmp_path)
    wanted = wishes(orchestrators, tmp_path)
    before = orchestrators.control.count(write=True)
    predicted = run(estate, "vro", wanted, "--check", "--diff")
    assert orchestrators.control.count(write=True) == before
    applied = run(estate, "vro", wanted)
    assert applied.changed() == predicted.changed() == {AUCKLAND: 5, CHRISTCHURCH: 0}
    assert not any(run(estate, "vro", wanted).changed().values())
    server = orchestrators.simulator.vros[A03].server
    assert server.store.plugins["Redis"].version == "1.0.0"
    (host,) = [each for each in server.store.rest_hosts.values() if each.name == "avamar"]
    assert host.settings["authPassword"] == SECRET and len(host.operations) == 1
    assert [task.name for task in server.runs.scheduler.tasks.values()] == ["Trust Avamar"]
    assert not any(entry["service"] == "C00-Christchurch/vro" for entry in orchestrators.control.journal())
    host.url = "https://changed.by.hand"
    written = orchestrators.control.count(write=True)
    report = tmp_path / "drift"
    drift = {"ANSIBLE_CALLBACKS_ENABLED": "vcpp.vcloud.drift", "VCPP_DRIFT_DIR": str(report)}
    hosts = [{**wanted["vro_server_rest_hosts"][0], "recreate": True}]
    seen = run(estate, "vro", {**wanted, "vro_server_rest_hosts": hosts}, "--check", "--diff", **drift)
    told = json.loads((report / "drift.json").read_text(encoding="utf-8"))
    differ = [(one["kind"], one["name"]) for one in told["objects"] if one["state"] == "changed"]
    assert differ == [("vro_rest_host", "avamar")]
    assert orchestrators.control.count(write=True) == written
    assert SECRET not in predicted.output + applied.output + seen.output
    if server.release.generation >= 8:
        pages = tmp_path / "pages"
        run(
            estate,
            "vro_explorer",
            {},
            "--limit",
            AUCKLAND,
            vro_explorer_dir=str(pages),
            vro_explorer_plugins=["vCloud"],
        )
        assert "VclVM" in (pages / f"{AUCKLAND}.html").read_text(encoding="utf-8")
