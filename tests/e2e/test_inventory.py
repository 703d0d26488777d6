"""The inventory source as a reader uses it: ansible-inventory and ansible-playbook against two simulated sites.

What stands in a message is what somebody sees who made the mistake, so the tests of mistakes read the output.
"""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml

from ansible_collections.vcpp.vcloud.plugins.inventory import vcloud
from tests.e2e.plays import CORES, ROOT, Play, environment, need_core, play
from tests.simulator.running import Running, running_simulator

A03, C00 = "A03-Auckland", "C00-Christchurch"
FAIL = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
MACHINES = {
    "front01": {"os": "rhel8_64Guest", "memory_mb": 8192, "metadata": {"role": "front", "backup": True}},
    "front02": {"metadata": {"role": "front"}},
    "data01": {"power": "off"},
}


@pytest.fixture(scope="module", params=[pytest.param("9.7", marks=pytest.mark.slow), "10.6"])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running_simulator(product_version="4.7", vcd_version=request.param) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Running) -> Running:
    running.control.clear_faults()
    running.control.reset(start="configured")
    for site in (A03, C00):
        running.control.change("vapp-add", site, org="Tyrell", vapp="Shop", vms=MACHINES)
    running.control.clear_journal()
    return running


class Desk:
    """A directory with inventory sources, and the commands that read them."""

    def __init__(self, simulator: Running, directory: Path) -> None:
        self.simulator, self.directory = simulator, directory
        self.environment = {
            "VCD_URL": simulator.vcd(A03),
            "VCD_USER": simulator.vcd_user(A03),
            "VCD_PASSWORD": simulator.vcd_password(A03),
            "VCD_CA_PATH": simulator.ca_path,
            "VCAV_CA_PATH": simulator.ca_path,
            "VCAV_PASSWORD": simulator.root_password(A03),
        }

    def source(self, name: str = "estate.vcloud.yml", **options: Any) -> Path:
        path = self.directory / name
        path.write_text(yaml.safe_dump({"plugin": "vcpp.vcloud.vcloud", **options}), encoding="utf-8")
        return path

    def run(self, source: Path, *arguments: str, core: str = "newest", **more: str) -> Play:
        need_core(core)
        done = subprocess.run(
            [str(CORES[core] / "bin" / "ansible-inventory"), "-i", str(source), *(arguments or ("--list",))],
            env=environment(core, self.directory, **{**self.environment, **more}),
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.errors = done.stderr
        return Play(done.returncode, done.stdout if not done.returncode else done.stdout + done.stderr)

    def listed(self, *arguments: str, core: str = "newest", more: dict[str, str] | None = None, **options: Any) -> Any:
        """The whole answer of `--list`, from a source that must not fail."""
        done = self.run(self.source(**options), "--list", *arguments, core=core, **FAIL, **(more or {})).assert_ok()
        return json.loads(done.output)

    def hosts(self, **options: Any) -> dict[str, Any]:
        """The variables of every host."""
        found: dict[str, Any] = self.listed(**options)["_meta"]["hostvars"]
        return found

    def failure(self, source: Path, **more: str) -> str:
        """What the plugin says about a source that must fail, on one line."""
        done = self.run(source, "--list", **FAIL, **more)
        assert done.code != 0, done.output
        assert "Traceback" not in done.output
        return " ".join(done.output.split())


@pytest.fixture
def desk(simulator: Running, tmp_path: Path) -> Desk:
    return Desk(simulator, tmp_path)


def logins(simulator: Running) -> tuple[int, int]:
    """(logins that succeeded, logouts) at all vCDs."""
    rows = [row for row in simulator.control.journal() if "session" in row["path"] and "vcd" in row["service"]]
    opened = [row for row in rows if row["method"] == "POST" and row["status"] < 300]
    return len(opened), len([row for row in rows if row["method"] == "DELETE"])


# What the documentation shows


def shown() -> Iterator[tuple[str, str]]:
    """Every source that the plugin's EXAMPLES and the guide print, with a name."""
    for number, text in enumerate(vcloud.EXAMPLES.split("---\n"), start=1):
        yield f"EXAMPLES, {number}", text
    guide = (ROOT / "docs" / "docsite" / "rst" / "vcd_as_inventory.rst").read_text(encoding="utf-8")
    blocks = re.findall(r"^\.\. code-block:: yaml\n\n((?:(?:    .*)?\n)+)", guide, flags=re.MULTILINE)
    for number, text in enumerate(map(textwrap.dedent, blocks), start=1):
        if text.startswith("plugin:"):
            yield f"guide, block {number}", text


def known(simulator: Running) -> dict[str, str]:
    """What the documentation writes for the reader's servers and files, and what they are here."""
    return {
        "https://vcd.example.com": simulator.vcd(A03),
        "https://vcd-a03.example.com": simulator.vcd(A03),
        "https://vcd-c00.example.com": simulator.vcd(C00),
        "https://vcav-a03.example.com:8441": simulator.manager(A03),
        "https://vcav-a03.example.com": simulator.cloud(A03),
        "https://vdev-a03-vcd.vdev.local": simulator.vcd(A03),
        "https://vdev-c00-vcd.vdev.local": simulator.vcd(C00),
        "https://vcav-a03.vdev.local:8441": simulator.manager(A03),
        "https://vcav-a03.vdev.local": simulator.cloud(A03),
        "https://vcav-c00.vdev.local": simulator.cloud(C00),
        "/etc/pki/kiwi-cloud.pem": simulator.ca_path,
        "~/.cache/vcloud-inventory": "cache",
    }


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in shown()])
def test_a_source_of_the_documentation_runs_as_it_is_printed(desk: Desk, text: str) -> None:
    for written, ours in known(desk.simulator).items():
        text = text.replace(written, ours)
    assert not re.findall(r"https?://(?!127\.0\.0\.1)\S+", text), "a server that is no documented placeholder"
    path = desk.directory / "printed.vcloud.yml"
    path.write_text(text, encoding="utf-8")
    secret = desk.simulator.vcd_password(A03)
    passwords = dict.fromkeys(("TYRELL_PASSWORD", "A03_PASSWORD", "C00_PASSWORD"), secret)
    more = {"VCD_URL": ""} if "endpoints:" in text else {}
    desk.run(path, "--list", **FAIL, **passwords, **more).assert_ok()


# What is read


@pytest.mark.parametrize("core", ["newest", pytest.param("oldest", marks=pytest.mark.slow)])
def test_the_machines_of_an_organization_as_a_graph(desk: Desk, core: str) -> None:
    graph = desk.run(desk.source(orgs=["Tyrell"], vapps=["Shop"]), "--graph", core=core, **FAIL).assert_ok().output
    lines = [line.strip(" |-:") for line in graph.splitlines()]
    assert {"@org_Tyrell", "front01", "front02", "data01", "@power_state_powered_off"} <= set(lines)
    vapp = next(line for line in lines if line.startswith("@vapp_Tyrell_") and line.endswith("_Shop"))
    assert lines.index("@org_Tyrell") < lines.index(vapp) < lines.index("front01") < lines.index("front02")
    assert logins(desk.simulator) == (1, 1)


@pytest.mark.parametrize("core", ["newest", pytest.param("oldest", marks=pytest.mark.slow)])
def test_expressions_names_and_groups_of_ones_own(desk: Desk, core: str) -> None:
    found = desk.listed(
        core=core,
        orgs=["Tyrell"],
        vapps=["Shop"],
        strict=True,
        hostnames=["vcloud_name ~ '.' ~ (vcloud_org | lower)"],
        compose={"ansible_user": "'ops-' ~ vcloud_org"},
        groups={"large": "vcloud_memory_mb > 4096"},
        keyed_groups=[{"key": "vcloud_power_state", "prefix": "is"}],
        group_by=["org"],
    )
    assert found["large"]["hosts"] == ["front01.tyrell"]
    assert found["is_powered_off"]["hosts"] == ["data01.tyrell"]
    assert found["org_Tyrell"]["hosts"] == ["data01.tyrell", "front01.tyrell", "front02.tyrell"]
    assert found["_meta"]["hostvars"]["front01.tyrell"]["ansible_user"] == "ops-Tyrell"
    assert not [group for group in found if group.startswith(("vdc_", "os_"))]


def test_a_host_alone_and_the_list_that_awx_reads(desk: Desk) -> None:
    source = desk.source(orgs=["Tyrell"], vapps=["Shop"])
    alone = json.loads(desk.run(source, "--host", "front01").assert_ok().output)
    assert alone["vcloud_guest_os"] == "Red Hat Enterprise Linux 8 (64-bit)"
    assert (alone["vcloud_memory_mb"], alone["vcloud_org"], alone["vcloud_kind"]) == (8192, "Tyrell", "vm")
    exported = desk.run(source, "--list", "--export").assert_ok().output
    assert json.loads(exported)["_meta"]["hostvars"]["front01"] == alone
    assert "__ansible_unsafe" not in exported, "AWX would keep dictionaries instead of addresses"


def test_what_is_chosen_is_asked_of_the_server(desk: Desk) -> None:
    assert set(desk.hosts(orgs=["Tyrell"], vapps=["Shop"], vms=["front*"], power_states=["powered_on"])) == {
        "front01",
        "front02",
    }
    asked = [unquote(row["path"]) for row in desk.simulator.control.journal()]
    (machines,) = [path for path in asked if "type=adminVM" in path]
    assert all(word in machines for word in ("name==front*", "containerName==Shop", "status==POWERED_ON"))


def test_a_providers_machines_are_asked_for_their_addresses_and_a_tenants_are_not(desk: Desk) -> None:
    options = {"orgs": ["Tyrell"], "vapps": ["Shop"]}
    provider = desk.hosts(**options)
    details = [row for row in desk.simulator.control.journal() if "/vApp/vm-" in row["path"]]
    assert len(details) == len(provider) == 3
    desk.simulator.control.clear_journal()
    tenant = desk.hosts(**options, vcd_user="admin@Tyrell")
    assert not [row for row in desk.simulator.control.journal() if "/vApp/vm-" in row["path"]]
    assert {name: one["ansible_host"] for name, one in tenant.items()} == {
        name: one["ansible_host"] for name, one in provider.items()
    }
    desk.simulator.control.clear_journal()
    assert not any("ansible_host" in one for one in desk.hosts(**options, address_from=[]).values())
    assert not [row for row in desk.simulator.control.journal() if "/vApp/vm-" in row["path"]]


def test_the_address_comes_from_the_nic_or_network_that_is_asked_for(desk: Desk) -> None:
    network = desk.hosts(orgs=["Tyrell"], vapps=["Shop"])["front01"]["vcloud_network"]
    other = network.replace("Servers", "DMZ")
    desk.simulator.control.change(
        "vm-set", A03, vm="front01", org="Tyrell",
        fields={"nics": [{"network": network, "ip": "10.9.0.1"}, {"network": other, "ip": "10.9.1.1"}], "primary": 0},
    )  # fmt: skip
    for ways, expected in (
        (["primary"], "10.9.0.1"),
        (["nic:1"], "10.9.1.1"),
        ([f"network:{other}"], "10.9.1.1"),
        (["network:Nowhere", "nic:7", "primary"], "10.9.0.1"),
    ):
        front = desk.hosts(orgs=["Tyrell"], vapps=["Shop"], address_from=ways)["front01"]
        assert front["ansible_host"] == expected, ways
    assert [nic["network"] for nic in front["vcloud_nics"]] == [network, other]
    only = desk.hosts(orgs=["Tyrell"], vapps=["Shop"], address_from=[f"network:{other}"], require_address=True)
    assert set(only) == {"front01"}


def test_metadata_makes_variables_and_groups(desk: Desk) -> None:
    found = desk.listed(orgs=["Tyrell"], vapps=["Shop"], group_by=["metadata"])
    assert found["metadata_role_front"]["hosts"] == ["front01", "front02"]
    assert found["_meta"]["hostvars"]["front01"]["vcloud_metadata"] == {"backup": True, "role": "front"}
    assert found["_meta"]["hostvars"]["data01"]["vcloud_metadata"] == {}
    desk.simulator.control.clear_journal()
    keys = desk.listed(orgs=["Tyrell"], vapps=["Shop"], group_by=["metadata"], metadata=["role"], address_from=[])
    assert keys["metadata_role_front"]["hosts"] == ["front01", "front02"]
    assert keys["_meta"]["hostvars"]["front01"]["vcloud_metadata"] == {"role": "front"}
    assert not [row for row in desk.simulator.control.journal() if "/vApp/vm-" in row["path"]]


def test_a_name_of_two_machines_is_given_to_neither(desk: Desk) -> None:
    desk.simulator.control.change("vapp-add", A03, org="Tyrell", vapp="Second", vms={"front01": {}})
    found = desk.hosts(orgs=["Tyrell"], vapps=["Shop", "Second"])
    assert "front01" not in found
    assert sorted(one["vcloud_vapp"] for name, one in found.items() if name.startswith("front01-")) == [
        "Second",
        "Shop",
    ]
    assert "'front01' (2)" in " ".join(desk.errors.split())
    text = desk.failure(desk.source(orgs=["Tyrell"], vapps=["Shop", "Second"], duplicate_hostnames="fail"))
    assert "duplicate_hostnames is fail" in text and "'front01' (2)" in text


@pytest.mark.parametrize("core", ["newest", pytest.param("oldest", marks=pytest.mark.slow)])
def test_what_a_tenant_calls_its_machine_is_never_evaluated(desk: Desk, core: str, tmp_path: Path) -> None:
    evil = "{{ lookup('ansible.builtin.pipe', 'touch " + str(tmp_path / "evil") + "') }}"
    desk.simulator.control.change(
        "vm-set", A03, vm="front02", org="Tyrell", fields={"metadata": {"role": evil}, "name": evil}
    )
    path = tmp_path / "play.yml"
    task = {
        "name": "Show",
        "ansible.builtin.debug": {
            "msg": "{{ inventory_hostname }} {{ vcloud_name }} {{ copied }} {{ groups }} {{ hostvars.values() | list }}"
        },
    }
    path.write_text(yaml.safe_dump([{"hosts": "all", "connection": "local", "gather_facts": False, "tasks": [task]}]))
    source = desk.source(
        orgs=["Tyrell"], vapps=["Shop"], metadata=["role"], group_by=["metadata"],
        compose={"copied": "vcloud_metadata['role'] | default('')"},
        keyed_groups=[{"key": "vcloud_metadata.values() | list", "prefix": "m"}],
    )  # fmt: skip
    done = play(core, tmp_path, path, {}, "-i", str(source), **desk.environment).assert_ok()
    assert "lookup(" in done.output
    assert not (tmp_path / "evil").exists()


def test_a_play_runs_on_the_hosts_of_a_group(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "play.yml"
    task = {"name": "Where", "ansible.builtin.debug": {"msg": "{{ ansible_host }} of {{ vcloud_vdc }}"}}
    hosts = "org_Tyrell:&power_state_powered_on:&vapp_*_Shop"
    path.write_text(yaml.safe_dump([{"hosts": hosts, "connection": "local", "gather_facts": False, "tasks": [task]}]))
    done = play("newest", tmp_path, path, {}, "-i", str(desk.source()), **desk.environment, **FAIL).assert_ok()
    assert set(done.changed()) == {"front01", "front02"}


# Several servers


def sites(simulator: Running) -> list[dict[str, Any]]:
    return [{"site": site, "vcd_url": simulator.vcd(site)} for site in (A03, C00)]


def test_two_sites_and_their_appliances_are_one_inventory(desk: Desk) -> None:
    simulator = desk.simulator
    services = [
        {"vcav_url": simulator.cloud(A03), "site": A03},
        {"vcav_url": simulator.manager(A03), "site": A03},
        {"vcav_url": simulator.cloud(C00), "site": C00},
    ]
    found = desk.listed(orgs=["Tyrell"], vapps=["Shop"], endpoints=[*sites(simulator), *services], more={"VCD_URL": ""})
    variables = found["_meta"]["hostvars"]
    machines = [one for one in variables.values() if one["vcloud_kind"] == "vm"]
    assert sorted({one["vcloud_site"] for one in machines}) == [A03, C00]
    assert len(machines) == 6 and len(found["org_Tyrell"]["children"]) >= 1
    appliances = {one["vcav_url"]: one for one in variables.values() if one["vcloud_kind"] == "appliance"}
    assert {simulator.cloud(A03), simulator.cloud(C00)} <= set(appliances)
    assert appliances[simulator.cloud(A03)]["vcloud_manager_url"] == simulator.manager(A03)
    assert {one["vcloud_role"] for one in appliances.values()} == {"cloud", "tunnel", "replicator"}
    assert len(found["vcav_cloud"]["hosts"]) == 2 and "vcav" in found["all"]["children"]


def test_the_source_of_the_reference_estate_reads_what_there_is(desk: Desk) -> None:
    simulator = desk.simulator
    text = (ROOT / "inventories" / "estate.vcloud.yml").read_text(encoding="utf-8")
    for written, ours in {
        "https://vdev-a03-vcd.vdev.local": simulator.vcd(A03),
        "https://vdev-c00-vcd.vdev.local": simulator.vcd(C00),
        "https://vcav-a03.vdev.local:8441": simulator.manager(A03),
        "https://vcav-a03.vdev.local": simulator.cloud(A03),
        "https://vcav-c00.vdev.local": simulator.cloud(C00),
    }.items():
        text = text.replace(written, ours)
    path = desk.directory / "estate.vcloud.yml"
    path.write_text(text, encoding="utf-8")
    secret = {"ESTATE_VCD_PASSWORD": simulator.vcd_password(A03), "VCD_URL": "", "VCD_USER": "", "VCD_PASSWORD": ""}
    found = json.loads(desk.run(path, "--list", **FAIL, **secret).assert_ok().output)
    assert {"a03_auckland", "c00_christchurch", "vcav_cloud", "vcav_replicator", "org_Tyrell"} <= set(found)


def test_a_site_that_is_away_fails_the_source_or_is_left_out_with_a_warning(desk: Desk) -> None:
    endpoints = [sites(desk.simulator)[0], {"site": C00, "vcd_url": "https://127.0.0.1:1"}]
    options = {"orgs": ["Tyrell"], "vapps": ["Shop"], "endpoints": endpoints}
    text = desk.failure(desk.source(**options))
    assert "C00-Christchurch: " in text and "the connection was refused" in text and "Is the service running" in text
    found = desk.listed(**options, on_unreachable="warn")
    assert {one["vcloud_site"] for one in found["_meta"]["hostvars"].values()} == {A03}
    assert found["_meta"]["hostvars"]["front01"]["vcloud_missing_sites"] == [C00]
    assert "The hosts of C00-Christchurch are missing from the inventory" in " ".join(desk.errors.split())
    opened, closed = logins(desk.simulator)
    assert opened == closed


def test_a_source_of_which_no_server_answers_fails_although_it_only_warns(desk: Desk) -> None:
    assert "refused" in desk.failure(desk.source(on_unreachable="warn", vcd_url="https://127.0.0.1:1"))


# Mistakes


def test_a_wrong_password_is_said_in_the_words_of_the_modules(desk: Desk) -> None:
    text = desk.failure(desk.source(), VCD_PASSWORD="wr0ng-Passw0rd")
    assert "was answered 401" in text and "Check the user and the password" in text
    assert "wr0ng-Passw0rd" not in text


def test_an_unknown_authority_is_no_site_that_is_away(desk: Desk) -> None:
    text = desk.failure(desk.source(on_unreachable="warn"), VCD_CA_PATH="")
    assert "certificate was not accepted" in text and "ca_path" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"org": ["Tyrell"]}, ["there is no option 'org'", "did you mean 'orgs'?"]),
        ({"orgs": ["Tyrel"]}, ["orgs is 'Tyrel'", "there is no such organization", "'Tyrell'"]),
        ({"orgs": ["Tyrell"], "vdcs": ["Gould"]}, ["vdcs is 'Gould'", "no such organization VDC"]),
        ({"power_states": ["running"]}, ["power_states", "powered_on"]),
        ({"vcd_url": "http://vcd.example.com"}, ["vcd_url is 'http://vcd.example.com'", "https://"]),
        ({"vcd_user": "administrator"}, ["vcd_user is 'administrator'", "user@organization"]),
        ({"vcd_password": "{{ vault_vcd_password }}"}, ["vcd_password: ", "vault_vcd_password", "undefined"]),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_remedy(desk: Desk, options: dict[str, Any], words: list[str]) -> None:
    text = desk.failure(desk.source(**options))
    assert [word for word in words if word not in text] == []


def test_a_failure_in_the_middle_closes_the_login(desk: Desk) -> None:
    desk.simulator.control.add_fault("refuse_role", path="/api/query*")
    assert "was answered 403" in desk.failure(desk.source())
    assert logins(desk.simulator) == (1, 1)


def test_without_the_setting_ansible_goes_on_and_the_first_line_says_why(desk: Desk) -> None:
    done = desk.run(desk.source(), "--list", VCD_PASSWORD="wrong")
    assert done.code == 0
    assert "Check the user and the password" in " ".join(desk.errors.split())


# Cache, vault


@pytest.mark.parametrize("core", ["newest", pytest.param("oldest", marks=pytest.mark.slow)])
def test_a_second_command_is_answered_by_the_cache_without_a_login(desk: Desk, core: str) -> None:
    kept = desk.directory / "kept"
    options = {
        "orgs": ["Tyrell"], "vapps": ["Shop"], "cache": True, "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(kept),
    }  # fmt: skip
    first = desk.listed(core=core, **options)
    desk.simulator.control.clear_journal()
    desk.simulator.control.change("vm-add", A03, vapp="Shop", org="Tyrell", vm="late01")
    assert desk.listed(core=core, **options) == first
    assert desk.simulator.control.journal() == []
    files = [path for path in kept.rglob("*") if path.is_file()]
    assert len(files) == 1 and desk.simulator.vcd_password(A03) not in files[0].read_text(encoding="utf-8")
    other = desk.listed(core=core, **{**options, "vapps": ["Shop", "Second"]})
    assert "late01" in other["_meta"]["hostvars"], "another selection is another entry"
    if core == "newest":  # ansible-inventory of the oldest does not know the word yet, ansible-playbook does
        refreshed = desk.listed("--flush-cache", core=core, **options)
        assert "late01" in refreshed["_meta"]["hostvars"]


@pytest.mark.parametrize("core", ["newest", pytest.param("oldest", marks=pytest.mark.slow)])
def test_a_password_in_the_file_can_be_encrypted_with_ansible_vault(desk: Desk, core: str) -> None:
    need_core(core)
    (desk.directory / "phrase").write_text("open sesame\n", encoding="utf-8")
    closed = subprocess.run(
        [str(CORES[core] / "bin" / "ansible-vault"), "encrypt_string", "--vault-password-file", "phrase",
         "--name", "vcd_password", desk.simulator.vcd_password(A03)],
        env=environment(core, desk.directory), cwd=desk.directory, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    path = desk.source(orgs=["Tyrell"], vapps=["Shop"])
    path.write_text(path.read_text(encoding="utf-8") + closed, encoding="utf-8")
    arguments = ("--list", "--vault-password-file", "phrase")
    found = json.loads(desk.run(path, *arguments, core=core, **FAIL, VCD_PASSWORD="").assert_ok().output)
    assert "front01" in found["_meta"]["hostvars"]


def test_nodes_of_clusters_are_in_groups_of_their_cluster_and_their_part(simulator: Running, desk: Desk) -> None:
    nodes = {"mstr-x4nb": 16, "node-va8f": 16, "nfsd-90ab": 16}
    simulator.control.change(
        "vapp-add", A03, org="Tyrell", vapp="k8sceph", vms=nodes, metadata={"cse.cluster.id": "6b1c2a52"}
    )
    simulator.control.change("vapp-add", A03, org="Tyrell", vapp="nodes", vms={"node-aaaa": 4})
    simulator.control.clear_journal()
    found = desk.listed(orgs=["Tyrell"], address_from=[])
    whole = "cluster_Tyrell_Tyrell_A03_Allocated_k8sceph"
    assert sorted(found[whole]["children"]) == [f"{whole}_control_plane", f"{whole}_nfs", f"{whole}_worker"]
    assert found[f"{whole}_control_plane"]["hosts"] == found["cluster_role_control_plane"]["hosts"] == ["mstr-x4nb"]
    assert found["cluster_role_worker"]["hosts"] == ["node-va8f"]
    variables = found["_meta"]["hostvars"]
    assert variables["node-va8f"]["vcloud_cluster"] == "k8sceph"
    assert variables["nfsd-90ab"]["vcloud_cluster_role"] == "nfs"
    assert variables["node-aaaa"]["vcloud_cluster"] is None
    asked = [unquote(str(row)) for row in simulator.control.journal() if "/api/query" in str(row)]
    assert len([row for row in asked if "cse.cluster.id" in row]) == 1, asked


def test_without_nodes_nobody_asks_for_clusters(simulator: Running, desk: Desk) -> None:
    assert "vcloud_cluster" in desk.hosts(orgs=["Tyrell"], address_from=[])["front01"]
    assert not [row for row in simulator.control.journal() if "cse" in unquote(str(row))]
