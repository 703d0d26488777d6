"""An API server behind a cluster: every release hands out the kubeconfig that leads to it (`cse-kubeconfig`)."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.simulator.cli import main
from tests.simulator.cse.changes import CHANGES
from tests.simulator.cse.native import NativeSide
from tests.simulator.running import running_simulator
from tests.unit.simulator.cse import native, polled
from tests.unit.simulator.cse.asking import Asker, Estate
from tests.unit.simulator.cse.test_checklist import SERVERS, Server, ready

REAL = """apiVersion: v1
kind: Config
clusters:
- {name: lab, cluster: {server: "https://127.0.0.9:6443"}}
users:
- {name: admin, user: {token: S3cret}}
"""
ENTITIES = "/cloudapi/1.0.0/entities"
FULL = "urn:vcloud:behavior-interface:getFullEntity:cse:capvcd:1.0.0"
TKGM = "ubuntu-2004-kube-v1.21.2+vmware.1-tkg.2-14542111852555356776"


def stand(at: Asker, cluster: str = "k8s1", kubeconfig: str = REAL) -> dict[str, Any]:
    """The change, as the control listener makes it."""
    site = SimpleNamespace(name=at.service.site)
    services = {f"{site.name}/vcd": at.service}
    group: Any = SimpleNamespace(site=site, world=SimpleNamespace(services=services))
    return CHANGES["cse-kubeconfig"](group, {"cluster": cluster, "kubeconfig": kubeconfig})


@pytest.mark.parametrize("server", SERVERS, ids=lambda one: one.version)
def test_a_release_with_state_in_vapps_hands_it_out(server: Server) -> None:
    at, _cluster = ready(server)

    def told() -> str:
        document = at.call("GET", server.kubeconfig()).document()
        return str(document if server.first else document["message"])

    assert "simulated" not in REAL and "S3cret" not in told()
    assert stand(at)["servers"] == ["https://127.0.0.9:6443"]
    assert told() == REAL
    at.cse.reset()
    assert not at.cse.api_servers


@pytest.mark.parametrize("kind", ["native", "TKGm"])
@pytest.mark.parametrize("early", [True, False])
def test_a_3_1_hands_it_out_whenever_it_was_made(kind: str, early: bool) -> None:
    there = Estate("3.1")
    assert isinstance(there.cse.side, NativeSide)
    if early:
        stand(there.tenant)
    more: dict[str, Any] = {}
    if kind == "TKGm":
        more = {"template": TKGM, "revision": 0, "site": "https://vcd.example.test"}
    identity, task = native.make(there.tenant, native.payload(kind=kind, workers=1, **more))
    assert task["status"] == "success", task
    if not early:
        assert stand(there.tenant)["entities"] == (kind == "TKGm")
    assert there.tenant.get(f"{native.CLUSTERS}/{identity}/config").document()["message"] == REAL


@pytest.mark.parametrize("version", ["4.0", "4.2"])
@pytest.mark.parametrize("early", [True, False])
def test_a_4_x_has_it_in_the_entity(version: str, early: bool) -> None:
    there = Estate(version)
    if early:
        stand(there.tenant)
    urn, _href = polled.create(there, polled.content(polled.text(polled.documents())))
    polled.pass_time(there, urn)
    if not early:
        assert stand(there.tenant)["entities"] == 1
        polled.pass_time(there, urn, 1)
    reply = there.tenant.call("POST", f"{ENTITIES}/{urn}/behaviors/{FULL}/invocations", {})
    task = there.tenant.finish(str(reply.header("Location")))
    entity = json.loads(task["result"]["resultContent"])["entity"]
    assert entity["status"]["capvcd"]["private"]["kubeConfig"] == REAL
    assert entity["status"]["vcdKe"]["state"] == "provisioned"


def test_other_clusters_keep_their_own_and_what_is_none_is_refused() -> None:
    at, _cluster = ready(SERVERS[0])
    stand(at, "another")
    assert "S3cret" not in json.dumps(at.call("GET", SERVERS[0].kubeconfig()).document())
    for wrong in ("{", "kind: Pod", "kind: Config\nclusters: []"):
        with pytest.raises(ValueError, match="The kubeconfig"):
            stand(at, kubeconfig=wrong)


def test_the_verb_reads_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "admin.conf"
    path.write_text(REAL, encoding="utf-8")
    with running_simulator(cse_version="3.1", vcd_version="10.3") as running:
        site, state = next(iter(running.sites)), running.state_path
        assert main(["cse-kubeconfig", site, "k8s1", str(path), "--state", str(state)]) == 0
        assert "https://127.0.0.9:6443" in capsys.readouterr().out
        assert main(["cse-kubeconfig", site, "k8s1", str(tmp_path / "none"), "--state", str(state)]) == 1
        assert "cannot be read: No such file" in capsys.readouterr().err
