"""`vcd cse` of container-service-extension 3.1.4 as a person uses it, against the simulated CSE 3.1.

On API 36 it has no `cluster create` and `cluster resize`: `cluster apply` does both. The part of it that looks for
TKG-S clusters verifies certificates with its own list alone, so the tenant logs in without verification there, as its
manual has it for laboratories. In legacy mode, on API 34, it has the older commands, and verifies.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conformance.clients import VCD_CSE, ClientError, CommandLine, environment
from tests.conformance.conftest import SITE, TENANT, missing
from tests.simulator.running import Running, running_simulator

VDC, NETWORK = f"{TENANT} A03 Allocated", f"{TENANT} Servers A03"
TEMPLATE, NEXT = "ubuntu-16.04_k8-1.20_weave-2.8.1", "ubuntu-16.04_k8-1.21_weave-2.8.1"
ESTATE = Path(__file__).resolve().parents[1] / "simulator" / "reference-estate.yml"
_EXTENSION = "extensions:\n- container_service_extension.client.cse\n"


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A CSE 3.1 at every site, whose tasks are done before the next command asks."""
    if not VCD_CSE.exists():
        missing("The environment of container-service-extension")
    with running_simulator(vcd_version="10.3", cse_version="3.1") as made:
        made.control.task_seconds(0)
        yield made


def _command_line(running: Running, home: Path) -> CommandLine:
    folder = home / ".vcd-cli"
    folder.mkdir()
    (folder / "profiles.yaml").write_text(_EXTENSION, encoding="utf-8")
    url = running.vcd(SITE).removeprefix("https://")
    return CommandLine(url, environment(home, running.ca_path), VCD_CSE)


@pytest.fixture(scope="module")
def provider(running: Running, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The provider's administrator, certificates verified."""
    made = _command_line(running, tmp_path_factory.mktemp("provider"))
    made.log_in("System", running.vcd_user(SITE).partition("@")[0], running.vcd_password(SITE))
    return made


@pytest.fixture(scope="module")
def tenant(running: Running, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A tenant's administrator."""
    made = _command_line(running, tmp_path_factory.mktemp("tenant"))
    made.run("login", "-i", "-w", made.address, TENANT, "admin", secret=running.vcd_password(SITE))
    return made


def specification(home: Path, workers: int, template: str = TEMPLATE) -> str:
    """The file of `cluster apply`; answers its path."""
    wanted: dict[str, Any] = {
        "apiVersion": "cse.vmware.com/v2.1",
        "kind": "native",
        "metadata": {"name": "k8s1", "orgName": TENANT, "virtualDataCenterName": VDC, "site": ""},
        "spec": {
            "topology": {"controlPlane": {"count": 1}, "workers": {"count": workers}, "nfs": {"count": 0}},
            "settings": {"ovdcNetwork": NETWORK, "rollbackOnFailure": True},
            "distribution": {"templateName": template, "templateRevision": 1},
        },
    }
    path = home / f"{workers}-{template}.yaml"
    path.write_text(yaml.safe_dump(wanted), encoding="utf-8")
    return os.fspath(path)


def test_the_server_is_found_and_a_vdc_enabled(provider: CommandLine) -> None:
    told = provider.run("cse", "system", "info")
    assert "3.1.4" in told and "cse_server_running_in_legacy_mode  False" in told
    done = provider.run("cse", "ovdc", "enable", "--native", "--org", TENANT, VDC)
    assert "result: success" in done
    assert "['native']" in provider.run("cse", "ovdc", "list", "-A")


def test_templates_are_listed(tenant: CommandLine) -> None:
    listed = tenant.run("cse", "template", "list")
    assert TEMPLATE in listed and NEXT in listed


def test_a_cluster_from_apply_to_delete(tenant: CommandLine, tmp_path: Path) -> None:
    assert "vcd task wait" in tenant.run("cse", "cluster", "apply", specification(tmp_path, 2))
    listed = tenant.run("cse", "cluster", "list", "-A")
    assert "k8s1" in listed and "CREATE:SUCCEEDED" in listed and "upstream 1.20.6" in listed
    shown = yaml.safe_load(tenant.run("cse", "cluster", "info", "k8s1"))
    nodes = shown["status"]["nodes"]
    assert len(nodes["workers"]) == 2 and nodes["controlPlane"]["name"].startswith("mstr-")
    config = yaml.safe_load(tenant.run("cse", "cluster", "config", "k8s1"))
    assert config["clusters"][0]["cluster"]["server"] == f"https://{nodes['controlPlane']['ip']}:6443"
    assert NEXT in tenant.run("cse", "cluster", "upgrade-plan", "k8s1")

    tenant.run("cse", "cluster", "apply", specification(tmp_path, 3))
    shown = yaml.safe_load(tenant.run("cse", "cluster", "info", "k8s1", "--k8-runtime", "native"))
    assert shown["status"]["phase"] == "UPDATE:SUCCEEDED" and len(shown["status"]["nodes"]["workers"]) == 3
    with pytest.raises(ClientError) as caught:
        tenant.run("cse", "cluster", "apply", specification(tmp_path, 2, NEXT))
    assert "Cannot resize and upgrade the cluster at the same time" in caught.value.text

    tenant.run("cse", "cluster", "share", "--name", "k8s1", "--acl", "ReadOnly", "admin")
    assert "urn:vcloud:accessLevel:ReadOnly" in tenant.run("cse", "cluster", "share-list", "--name", "k8s1")
    assert [one["name"] for one in tenant.json("vapp", "list")][0] == "k8s1"
    tenant.run("cse", "cluster", "delete", "k8s1", keys="y\n")
    assert "k8s1" not in tenant.run("cse", "cluster", "list", "-A")


def test_a_server_that_is_down(running: Running, provider: CommandLine) -> None:
    running.control.change("cse-process", SITE, does="stop")
    with pytest.raises(ClientError) as caught:
        provider.run("cse", "template", "list")
    assert "failed to respond in the specified timeout" in caught.value.text
    running.control.change("cse-process", SITE, does="start")


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A tenant's administrator at a CSE 3.1 in legacy mode, beside a vCD 10.1."""
    if not VCD_CSE.exists():
        missing("The environment of container-service-extension")
    estate = yaml.safe_load(ESTATE.read_text(encoding="utf-8"))
    for site in estate["sites"]:
        site["cse"] = {"version": "3.1", "legacy_mode": True}
    with running_simulator(estate, vcd_version="10.1") as running:
        running.control.task_seconds(0)
        made = _command_line(running, tmp_path_factory.mktemp("legacy"))
        made.log_in(TENANT, "admin", running.vcd_password(SITE))
        yield made


def test_a_cluster_of_the_legacy_mode(legacy: CommandLine) -> None:
    chosen = ("--network", NETWORK, "--template-name", TEMPLATE, "--template-revision", "1", "--nodes")
    assert "result: success" in legacy.run("cse", "cluster", "create", "k8s1", *chosen, "1")
    assert "result: success" in legacy.run("cse", "cluster", "resize", "k8s1", *chosen, "2")
    assert "result: success" in legacy.run("cse", "node", "create", "k8s1", *chosen, "1")
    listed = legacy.run("cse", "node", "list", "k8s1")
    workers = [line.split()[0] for line in listed.splitlines() if line.startswith("node-")]
    assert len(workers) == 3 and "mstr-" in listed
    legacy.run("cse", "node", "delete", "k8s1", workers[0], keys="y\n")
    info = legacy.run("cse", "cluster", "info", "k8s1")
    assert workers[0] not in info and workers[1] in info and "POWERED_ON" in info
    assert yaml.safe_load(legacy.run("cse", "cluster", "config", "k8s1"))["kind"] == "Config"
    assert "result: success" in legacy.run("cse", "cluster", "delete", "k8s1", keys="y\n")
