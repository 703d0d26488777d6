"""The EXAMPLES of every module and the plays in every role's README run as printed, because readers paste them.

All examples of a module make one play, in their order, against the oldest and the newest release. What the text says
for "your address" and "your password" is replaced by the simulated services; nothing else is, and an example that names
any other host fails.
"""

from __future__ import annotations

import ast
import json
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.client import connect
from tests.e2e.plays import ROOT, Play, play
from tests.simulator.running import Running, running_simulator
from tests.simulator.vro import workflow_model
from tests.tools import make_plugin, make_vro_files, make_vro_plugin
from tests.tools.make_pkcs12 import make
from tests.unit.plugins.modules import vro_runs, vros
from tests.unit.plugins.modules.conftest import Estate
from tests.unit.plugins.modules.replicating import Tenant

A03, C00 = "A03-Auckland", "C00-Christchurch"
# Those of vSphere need a vCenter: tests/e2e/test_vsphere_examples.py. Those of CSE need one: test_cse_examples.py, and
# those of Ceph a cluster: test_ceph_modules.py.
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")
MODULES = [module for module in MODULES if not module.startswith(("vsphere_", "cse_", "ceph_"))]
# So does vcav_appliance; what vcav_onprem's README leaves to the reader is what tests/e2e/test_onprem.py gives it; and
# vro_docker_host needs an engine, which tests/e2e/test_docker_host.py has. Ceph's roles need hosts: make ceph-lab;
# and k8s_ceph_storage both a cluster of Ceph and one of Kubernetes: make k8s-chain.
ELSEWHERE = {"ceph_client", "ceph_cluster", "k8s_ceph_storage", "vcav_appliance", "vcav_onprem", "vro_docker_host"}
# The host of each group that the plays of a README name.
HOSTS = {"vcav_cloud": "vdev-a03-vcam", "docker_hosts": "docker01"}
ROLES = sorted({path.parent.name for path in (ROOT / "roles").glob("*/README.md")} - ELSEWHERE)
BASIC = "DRaaS - Basic Policy"
# What an example takes for granted: changes of the simulated estate, each with its parameters.
GRANTED: dict[str, list[dict[str, Any]]] = {
    "vcav_policy_assignments": [{"what": "policy-add", "site": A03, "policy": BASIC, "fields": {}}],
    "vcav_policies": [{"what": "policy-add", "site": A03, "policy": "Bronze", "fields": {}}],
    "vcd_branding_theme": [{"what": "portal-setting", "site": A03, "branding_api": True}],
    "vcd_branding_theme_info": [{"what": "portal-setting", "site": A03, "branding_api": True}],
}
# The state that an example is about, where it is not the configured estate.
STARTS = {"vcav_root_password": "first-boot"}
# The only release of the two that has what the examples show.
ONLY = {
    "vcav_traffic_info": "4.7",
    "vcav_backup": "4.7",
    "vcav_backup_info": "4.7",
    "vcav_provider_vdc_filter": "4.7",
    "vcav_provider_vdc_filter_info": "4.7",
    # The control centre of a 7.x listens on 8283, and the simulated one elsewhere.
    "vro_plugin": "4.7",
    # A 7.x has no API that tells the types of plug-ins.
    "vro_explorer": "4.7",
    # Beside 3.0 stands vCD 9.7.
    "vcd_api_token": "4.7",
    "vcd_branding_theme": "4.7",
    "vcd_branding_theme_info": "4.7",
    "vcd_api_token_info": "4.7",
    "vcd_entity": "4.7",
    "vcd_entity_info": "4.7",
    "vcd_entity_interface": "4.7",
    "vcd_entity_interface_info": "4.7",
    "vcd_entity_type": "4.7",
    "vcd_entity_type_info": "4.7",
}
# Customer sites that have paired before an example.
PAIRED = {"vcav_customer_site": "Tyrell-OnPrem", "vcav_customer_site_info": "Tyrell-OnPrem"}
# A tenant whose sites are paired and who is under policy; True: and whose vApps are replicated to Auckland already.
TENANTS = {
    "vcav_replication": False,
    "vcav_replication_operation": True,
    "vcav_replication_info": True,
    "vcav_instance_info": True,
    "vcav_traffic_info": True,
    "vcav_failover": True,
}
# Runs of the orchestrator that an example finds: what they come to.
RUNS: dict[str, dict[str, Any]] = {
    "vro_execution_info": {"exception": "The backup server does not answer"},
    "vro_interaction": {"questions": [vro_runs.question("approved", "boolean")]},
    "vro_interaction_info": {"questions": [vro_runs.question("approved", "boolean")]},
}
# How the files begin that examples send.
FILES = {"css": b"/* ... */ ", "png": b"\x89PNG\r\n\x1a\n", "ico": b"\x00\x00\x01\x00"}
# A package of a branding theme, in any folder that an example names.
PACKAGE = {
    "logo.png": FILES["png"],
    "favicon.ico": FILES["ico"],
    "background.png": FILES["png"],
    "styles.css": FILES["css"],
    "portal_name.txt": b"Kiwi Cloud",
}
URL = re.compile(r"https?://([^/\s\"':{}]+)")
VAULT = re.compile(r"\bvault_\w+")


def known(simulator: Running) -> dict[str, str]:
    """What the documentation writes for the reader's own services, and where they are here."""
    return {
        # The longer one first, because it begins like the other.
        "https://vcav.example.com:8441": simulator.manager(A03),
        "https://vcav.example.com": simulator.cloud(A03),
        "https://vcd.example.com": simulator.vcd(A03),
        "https://vro.example.com": simulator.vro(A03)["url"],
        "https://vdev-a03-vro.vdev.local": simulator.vro(A03)["url"],
        "https://vrops.example.com": simulator.vrops(A03)["url"],
        "https://vdev-a03-vrops.vdev.local": simulator.vrops(A03)["url"],
        # The roles' examples are about the reference estate, whose cloud appliances have these names.
        "https://vcav-a03.vdev.local:8441": simulator.manager(A03),
        "https://vcav-a03.vdev.local": simulator.cloud(A03),
        "https://vcav-c00.vdev.local": simulator.cloud(C00),
        # Known to the simulated services by these names.
        "https://vdev-a03-vc01.vdev.local": "https://vdev-a03-vc01.vdev.local",
        "https://vdev-a03-vcd.vdev.local": "https://vdev-a03-vcd.vdev.local",
        "https://vdev-a03-vcar01.vdev.local": "https://vdev-a03-vcar01.vdev.local",
        "https://vdev-a03-vcat.vdev.local": "https://vdev-a03-vcat.vdev.local",
        # vCenters that are to be monitored.
        **{url: url for url in (f"https://vdev-a03-vc0{number}.vdev.local" for number in (2, 3))},
        # The same appliances as the reader reaches them.
        "https://replicator-a03.vdev.local": simulator.replicator(A03),
        "https://tunnel-a03.vdev.local": simulator.tunnel(A03),
        # Backup servers that the orchestrator is told of; nobody asks them anything.
        **{url: url for url in ("https://avamar.example.com:8543", "https://avamar.example.com")},
        **{url: url for url in (f"https://avamar{end}.vdev.local" for end in ("", "-c00", "-a03"))},
        "SHA-256:…": simulator.thumbprint(C00),
        # The pages that the menu of the origin's post leads to; nobody asks for them.
        "https://my.company.com": "https://my.company.com",
    }


def secrets(simulator: Running) -> dict[str, str]:
    """The variables that the documentation takes passwords from."""
    return {
        "vault_vcav_password": simulator.root_password(A03),
        "vault_christchurch_password": simulator.root_password(C00),
        "vault_vcd_password": simulator.vcd_password(A03),
        "vault_vro_password": simulator.vro(A03)["password"],
        "vault_vro_root_password": simulator.root_password(A03),
        "vault_vrops_password": simulator.vrops(A03)["password"],
        "vault_vcenter_reader_password": "Reader-S3cret",
        "vault_docker_monitor_password": "Docker-S3cret",
        "vault_avamar_password": "Avamar-S3cret",
        "vault_remote_password": simulator.vcd_password(C00),
        "vault_ovf_password": simulator.simulator.world.estate.initial_root_password,
        "vault_vcav_license": "AAAA1-BBBB2-CCCC3-DDDD4-EEEE5",
        "vault_sso_password": simulator.simulator.world.estate.sso_password,
        "vault_pkcs12_passphrase": "p4ss-Phrase",
        "vault_backup_password": "B4ckup-Secret",
    }


def strangers(text: str, simulator: Running) -> list[str]:
    """Hosts and passwords in an example that are no documented placeholder.

    The public endpoints of the estate are none: the simulated sites know one another by these names.
    """
    ours = [*known(simulator), *(simulator.public(site) for site in simulator.sites)]
    hosts = {host for address in ours for host in URL.findall(address)}
    return [found for found in URL.findall(text) if found not in hosts] + [
        found for found in VAULT.findall(text) if found not in secrets(simulator)
    ]


def replaced(value: Any, table: Mapping[str, str]) -> Any:
    """An example with the placeholders replaced, at any depth."""
    if isinstance(value, dict):
        return {key: replaced(item, table) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, table) for item in value]
    if isinstance(value, str):
        for placeholder, ours in table.items():
            value = value.replace(placeholder, ours)
    return value


def examples(module: str) -> str:
    """The text of a module's EXAMPLES, empty if it has none."""
    for node in ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "EXAMPLES":
            return str(ast.literal_eval(node.value))
    return ""


def with_users(value: Any, simulator: Running) -> Any:
    """An example with the orchestrator's administrator, who is called differently in each release, at any depth."""
    if isinstance(value, dict):
        user = simulator.vro(A03)["user"]
        return {key: user if key == "vro_user" else with_users(item, simulator) for key, item in value.items()}
    return [with_users(item, simulator) for item in value] if isinstance(value, list) else value


def yaml_blocks(path: Path) -> list[str]:
    """The YAML in a Markdown file, block by block."""
    return re.findall(r"^```yaml\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def names(tasks: list[dict[str, Any]]) -> Iterator[str]:
    """The names of all tasks, those in blocks too. KeyError for a task without a name."""
    for task in tasks:
        parts = [task[part] for part in ("block", "rescue", "always") if part in task]
        if not parts:
            yield task["name"]
        for part in parts:
            yield from names(part)


def run(simulator: Running, directory: Path, text: str, plays: list[dict[str, Any]], *arguments: str) -> Play:
    """Run plays of the documentation, whose text is `text`, and expect them to succeed."""
    assert strangers(text, simulator) == []
    (directory / "files").mkdir(exist_ok=True)
    for file, suffix in re.findall(r"files/([\w.-]+)\.(css|png|ico)\b", text):
        (directory / "files" / f"{file}.{suffix}").write_bytes(FILES[suffix] + file.encode())
    for folder in re.findall(r"files/([\w-]+)/", text):
        (directory / "files" / folder).mkdir(exist_ok=True)
        for name, content in PACKAGE.items():
            (directory / "files" / folder / name).write_bytes(content)
    for file in re.findall(r"files/([\w.-]+)\.zip", text):
        make_plugin.make(directory / "files" / f"{file}.zip")
    for file in re.findall(r"files/([\w.-]+)\.p12", text):
        make(directory / "files" / f"{file}.p12", secrets(simulator)["vault_pkcs12_passphrase"], [file])
    for file in re.findall(r"files/([\w.-]+\.(?:package|workflow|action))\b", text):
        make_vro_files.make(directory / "files" / file)
    for file in re.findall(r"files/([\w.-]+)\.xml\b", text):
        made = workflow_model.dump(make_vro_files.workflow(file.capitalize()))
        (directory / "files" / f"{file}.xml").write_text(made, encoding="utf-8")
    for file, name, version in re.findall(r"files/(o11nplugin-(\w+)-([\d.]+)\.vmoapp)\b", text):
        make_vro_plugin.make(directory / "files" / file, {name.capitalize(): (version, "1")})
    path = directory / "examples.yml"
    path.write_text(
        yaml.safe_dump(replaced(with_users(plays, simulator), known(simulator)), sort_keys=False), encoding="utf-8"
    )
    trust = {f"{product}_CA_PATH": simulator.ca_path for product in ("VCAV", "VCD", "VRO", "VROPS")}
    return play("newest", directory, path, secrets(simulator), *arguments, **trust).assert_ok()


@pytest.fixture(scope="module", params=[pytest.param("3.0", marks=pytest.mark.slow), "4.7"])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running_simulator(product_version=request.param) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Running) -> Running:
    running.control.reset(start="configured")
    running.control.task_seconds(0)
    return running


def grant(simulator: Running, example: str) -> None:
    if example in PAIRED:
        simulator.control.customer_site("pair", PAIRED[example])
    for change in GRANTED.get(example, []):
        simulator.control.change(**change)
    if example in RUNS:
        vro = vros.Vro(simulator, simulator.vro(A03)["version"])
        identity = vro_runs.add(vro, "Approve")
        vro_runs.plan(vro, identity, seconds=0.05, **RUNS[example])
        with connect(vro_runs.connection(vro)) as api:
            api.send("POST", f"workflows/{identity}/executions", json={})
            while any(
                row["state"] in ("initializing", "running") for row in api.rows(f"workflows/{identity}/executions")
            ):
                time.sleep(0.02)
    if example in TENANTS:
        tenant = Tenant(Estate(simulator, simulator.simulator.world.estate.sites[0].product_version))
        if TENANTS[example]:
            tenant.started()


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_run_as_they_are_printed(
    module: str, simulator: Running, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if request.node.callspec.params["running"] != ONLY.get(module, request.node.callspec.params["running"]):
        pytest.skip(f"{module} is of another release")
    if module in STARTS:
        simulator.control.reset(start=STARTS[module])
    text = examples(module)
    tasks = yaml.safe_load(text) or []
    assert tasks, f"{module} has no examples"
    assert f"vcpp.vcloud.{module}:" in text
    grant(simulator, module)
    done = run(simulator, tmp_path, text, [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    assert [name for name in names(tasks) if f"TASK [{name}]" not in done.output] == []
    assert "skipping:" not in done.output


@pytest.mark.parametrize("role", ROLES)
def test_the_plays_in_a_roles_readme_run_as_they_are_printed(role: str, simulator: Running, tmp_path: Path) -> None:
    """The first block is a play with the role; later ones are tasks for a reader who has that play already."""
    first, *others = yaml_blocks(ROOT / "roles" / role / "README.md")
    (play_of_role,) = yaml.safe_load(first)
    given = play_of_role["roles"][0]["vars"]
    plays = [play_of_role]
    plays += [
        {**{key: play_of_role[key] for key in ("hosts", "connection", "gather_facts")}, "vars": given, "tasks": tasks}
        for tasks in map(yaml.safe_load, others)
    ]
    host = {"vcav_url": simulator.cloud(A03)}
    inventory = tmp_path / "inventory.json"
    groups = {group: {"hosts": {name: host}} for group, name in HOSTS.items()}
    inventory.write_text(json.dumps(groups), encoding="utf-8")
    grant(simulator, role)
    done = run(simulator, tmp_path, "\n".join([first, *others]), plays, "-i", str(inventory))
    host_of_play = HOSTS.get(play_of_role["hosts"], play_of_role["hosts"])
    assert done.changed()[host_of_play] >= len(plays)  # what the first makes, the others undo


def test_an_example_with_another_host_or_password_is_found(simulator: Running) -> None:
    text = 'vcav_url: https://vcav.example.com\nvcav_password: "{{ vault_vcav_password }}"'
    assert strangers(text, simulator) == []
    assert strangers(text.replace("example.com", "example.org"), simulator) == ["vcav.example.org"]
    assert strangers(text.replace("vault_vcav_password", "vault_my_password"), simulator) == ["vault_my_password"]
