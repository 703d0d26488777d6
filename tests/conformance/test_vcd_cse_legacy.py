"""`vcd cse` of container-service-extension 3.1.4 against a simulated CSE on API 34, where clusters are vApps alone.

A command that waits for a task looks every five seconds, so there are few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml

from tests.conformance.clients import VCD_CSE, ClientError, CommandLine, environment
from tests.conformance.conftest import SITE, TENANT, missing
from tests.simulator.running import Running, running_simulator

NETWORK = f"{TENANT} Servers A03"
TEMPLATE, NEXT = "ubuntu-16.04_k8-1.18_weave-2.6.5", "ubuntu-16.04_k8-1.19_weave-2.8.1"
NODES = ("-n", NETWORK, "-t", TEMPLATE, "-r", "2")


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A CSE 3.0 beside a vCD of API 34, whose tasks are done before the next command asks."""
    if not VCD_CSE.exists():
        missing("The environment of container-service-extension")
    with running_simulator(vcd_version="10.1", cse_version="3.0") as made:
        made.control.task_seconds(0.02)
        yield made


@pytest.fixture(scope="module")
def tenant(running: Running, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A tenant's administrator."""
    home = tmp_path_factory.mktemp("tenant")
    folder = home / ".vcd-cli"
    folder.mkdir()
    extension = "extensions:\n- container_service_extension.client.cse\n"
    (folder / "profiles.yaml").write_text(extension, encoding="utf-8")
    made = CommandLine(running.vcd(SITE).removeprefix("https://"), environment(home, running.ca_path), VCD_CSE)
    made.log_in(TENANT, "admin", running.vcd_password(SITE))
    return made


def test_a_cluster_from_create_to_delete(tenant: CommandLine) -> None:
    told = tenant.run("cse", "system", "info")
    assert "3.0.5" in told and re.search(r"cse_server_api_version +34\.0", told)
    made = tenant.run("cse", "cluster", "create", "k8s1", *NODES, "-N", "2", "-c", "2", "-m", "2048", "--enable-nfs")
    assert "Created cluster 'k8s1'" in made and "result: success" in made
    shown = tenant.run("cse", "cluster", "info", "k8s1")
    address = re.search(r"leader_endpoint +(\S+)", shown)
    assert address and TEMPLATE in shown
    config = yaml.safe_load(tenant.run("cse", "cluster", "config", "k8s1"))
    assert config["clusters"][0]["cluster"]["server"] == f"https://{address[1]}:6443"

    with pytest.raises(ClientError) as caught:
        tenant.run("cse", "cluster", "resize", "k8s1", *NODES, "-N", "2")
    assert "Cluster 'k8s1' already has 2 worker nodes." in caught.value.text
    assert "Successfully upgraded cluster 'k8s1'" in tenant.run("cse", "cluster", "upgrade", "k8s1", NEXT, "1")

    assert "Deleted cluster 'k8s1'" in tenant.run("cse", "cluster", "delete", "k8s1", keys="y\n")


def test_a_creation_that_fails_is_told_and_rolled_back(running: Running, tenant: CommandLine) -> None:
    running.control.change("cse-fail", SITE, step="init", message="kubeadm gave up")
    told = tenant.run("cse", "cluster", "create", "k8s2", *NODES, "-N", "1")
    assert "result: error" in told and "kubeadm gave up" in told
    assert "k8s2" not in tenant.run("cse", "cluster", "list")
