"""The inventory source in Ansible: file, templates, cache, expressions, and what a failure leaves behind.

What ansible-core does with the plugin's documentation (defaults, environment) and its vaults are left to
tests/e2e/test_inventory.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader

from ansible_collections.vcpp.vcloud.plugins.inventory import vcloud
from ansible_collections.vcpp.vcloud.plugins.plugin_utils import _inventory_options as options
from ansible_collections.vcpp.vcloud.plugins.plugin_utils._inventory_read import Found, Unreadable

DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(options.names()),
    "plugin": None, "strict": False, "compose": {}, "groups": {}, "keyed_groups": [], "use_extra_vars": False,
    "leading_separator": True, "cache": False, "cache_plugin": "memory", "cache_connection": None,
    "cache_timeout": 3600, "cache_prefix": "x",
}  # fmt: skip
HEAD = """
plugin: vcpp.vcloud.vcloud
vcd_url: https://vcd.example.com
vcd_user: administrator@system
"""
PASSWORD = "vcd_password: s3cret\n"


def machine(name: str = "web01", number: int = 1, **more: Any) -> dict[str, Any]:
    row = {
        "kind": "vm", "site": "A", "name": name, "org": "Tyrell", "vdc": "Gold", "vapp": "Shop",
        "power_state": "powered_on", "guest_os": "CentOS 7 (64-bit)", "network": "Front", "ip_address": "10.0.1.1",
        "cpu_count": 2, "owner": None, "id": f"{number:08}-0000-0000-0000-000000000000",
    }  # fmt: skip
    return {**row, **more}


class Source(vcloud.InventoryModule):
    """The plugin with options straight from the file."""

    _redirected_names = ["vcpp.vcloud.vcloud"]

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        self._options = {**DEFAULTS, **{name: value for name, value in direct.items() if name in DEFAULTS}}

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        return self._options[option]


class Bench:
    """A file, what the servers would answer, and what the inventory looks like after it was parsed."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.rows: list[dict[str, Any]] = [machine()]
        self.missing: dict[str, str] = {}
        self.settings: list[options.Settings] = []
        self.fault: Exception | None = None
        self.warnings: list[str] = []
        self.store: dict[str, Any] = {}
        self.inventory = InventoryData()
        self.loader = DataLoader()
        monkeypatch.setattr(vcloud._inventory_read, "read", self._read)
        monkeypatch.setattr("ansible.plugins.inventory.get_cache_plugin", lambda *_names, **_options: self.store)

    def _read(self, settings: options.Settings) -> Found:
        self.settings.append(settings)
        if self.fault:
            raise self.fault
        return Found([dict(row) for row in self.rows], self.missing)

    def parse(self, text: str, cache: bool = True) -> InventoryData:
        self.path.write_text(text, encoding="utf-8")
        plugin = Source()
        plugin.display = type("Display", (), {"warning": lambda _self, said: self.warnings.append(said)})()
        plugin.parse(self.inventory, self.loader, str(self.path), cache=cache)
        return self.inventory

    def variables(self, host: str = "web01") -> dict[str, Any]:
        found: dict[str, Any] = self.inventory.hosts[host].vars
        return found


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path / "tyrell.vcloud.yml", monkeypatch)


# Which files


@pytest.mark.parametrize(
    ("name", "text", "ours"),
    [
        ("a.vcloud.yml", "", True),
        ("a.vcloud.yaml", "", True),
        ("tyrell.yml", HEAD, True),
        ("hosts.yml", "all:\n  hosts:\n    web01:\n", False),
        ("aws.yml", "plugin: amazon.aws.aws_ec2\n", False),
        ("tyrell.json", HEAD, False),
    ],
)
def test_a_file_is_ours_by_its_ending_or_by_what_it_says(name: str, text: str, ours: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert Source().verify_file(str(tmp_path / name)) is ours


def test_a_file_that_is_not_there_is_not_ours(tmp_path: Path) -> None:
    assert Source().verify_file(str(tmp_path / "a.vcloud.yml")) is False


# Options


def test_templates_in_options_are_resolved_with_lookups(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_PASSWORD", "from {{ the }} environment")
    bench.parse(HEAD + "vcd_password: \"{{ lookup('env', 'A_PASSWORD') }}\"\norgs: [\"{{ 'Ty' ~ 'rell' }}\"]\n")
    (endpoint,) = bench.settings[0].endpoints
    assert endpoint.params["vcd_password"] == "from {{ the }} environment"
    assert endpoint.selection == {"orgs": ["Tyrell"]}


def test_a_template_that_cannot_be_resolved_names_its_option(bench: Bench) -> None:
    with pytest.raises(AnsibleParserError, match=r"vcd_password: .*vault_vcd_password"):
        bench.parse(HEAD + 'vcd_password: "{{ vault_vcd_password }}"\n')
    assert bench.settings == []


def test_an_option_that_does_not_exist_is_refused_before_anything_is_read(bench: Bench) -> None:
    with pytest.raises(AnsibleParserError, match=r"no option 'power_state'; did you mean 'power_states'\?"):
        bench.parse(HEAD + PASSWORD + "power_state: [powered_on]\n")
    with pytest.raises(AnsibleParserError, match=r"entry 1: there is no option 'vcd_ur'; did you mean 'vcd_url'\?"):
        bench.parse("plugin: vcpp.vcloud.vcloud\n" + PASSWORD + "endpoints: [{vcd_ur: https://vcd.example.com}]\n")
    assert bench.settings == []


# Hosts


def test_machines_become_hosts_with_variables_and_groups(bench: Bench) -> None:
    inventory = bench.parse(HEAD + PASSWORD)
    assert bench.variables()["ansible_host"] == "10.0.1.1"
    assert bench.variables()["vcloud_cpu_count"] == 2
    assert [host.name for host in inventory.groups["org_Tyrell"].get_hosts()] == ["web01"]
    assert [group.name for group in inventory.groups["org_Tyrell"].child_groups] == ["vdc_Tyrell_Gold"]


def test_expressions_of_the_file_are_evaluated(bench: Bench) -> None:
    bench.rows = [machine(), machine("db01", 2, vapp="Data")]
    bench.parse(
        HEAD + PASSWORD + "hostnames: [vcloud_nothing, \"vcloud_name ~ '.' ~ vcloud_org | lower\"]\n"
        "compose: {ansible_user: \"'ops-' ~ vcloud_org | lower\"}\n"
        "groups: {small: vcloud_cpu_count < 4, data: \"vcloud_vapp == 'Data'\"}\n"
        "keyed_groups: [{key: vcloud_vapp, prefix: app}, {key: ansible_user, prefix: user}]\n"
    )
    groups = {name: sorted(host.name for host in group.hosts) for name, group in bench.inventory.groups.items()}
    assert groups["small"] == groups["user_ops_tyrell"] == ["db01.tyrell", "web01.tyrell"]
    assert groups["data"] == groups["app_Data"] == ["db01.tyrell"]
    assert bench.variables("db01.tyrell")["ansible_user"] == "ops-tyrell"


@pytest.mark.parametrize(
    "evil", ["{{ 1 + 1 }}", "{% if true %}x{% endif %}", "lookup('ansible.builtin.pipe', 'id')", "vcloud_name | upper"]
)
def test_what_a_server_says_is_never_evaluated(bench: Bench, evil: str) -> None:
    """A tenant chooses the names of its VMs, and the provider's controller reads them."""
    from ansible.template import Templar

    bench.rows = [machine(owner=evil)]
    bench.parse(
        HEAD + PASSWORD + "compose: {copied: vcloud_owner}\nkeyed_groups: [{key: vcloud_owner, prefix: owner}]\n"
        "hostnames: [\"vcloud_name ~ ' ' ~ vcloud_owner\"]\n"
    )
    (host,) = bench.inventory.hosts.values()
    assert host.name == f"web01 {evil}".replace("{", "_").replace("}", "_")
    assert Templar(bench.loader, variables=host.vars).template(host.name) == host.name
    assert host.vars["copied"] == evil
    for name in ("vcloud_owner", "copied"):
        assert Templar(bench.loader, variables=host.vars).template(host.vars[name]) == evil
    with_newer = pytest.importorskip("ansible.template")
    if hasattr(with_newer, "is_trusted_as_template"):
        assert not with_newer.is_trusted_as_template(host.vars["vcloud_owner"])


def test_an_address_and_a_name_are_plain_texts_in_the_list_that_awx_reads(bench: Bench) -> None:
    bench.parse(HEAD + PASSWORD)
    if vcloud.trust_as_template:
        from ansible._internal._json._profiles import _inventory_legacy

        written = json.dumps({"_meta": {"hostvars": {"web01": bench.variables()}}}, cls=_inventory_legacy.Encoder)
        assert "__ansible_unsafe" not in written
    assert not any("Unsafe" in type(value).__name__ for value in bench.variables().values())


def test_an_expression_that_fails_is_passed_over_unless_the_source_is_strict(bench: Bench) -> None:
    lines = HEAD + PASSWORD + "compose: {x: vcloud_nothing.more}\nhostnames: [vcloud_nothing.more]\n"
    bench.parse(lines)
    assert "x" not in bench.variables()
    with pytest.raises(AnsibleParserError, match="hostnames: 'vcloud_nothing.more'"):
        bench.parse(lines + "strict: true\n")


def test_a_strict_source_that_fails_leaves_no_host_behind(bench: Bench) -> None:
    bench.rows = [machine(), machine("db01", 2, owner="deckard")]
    bench.inventory.add_host("static")
    with pytest.raises(AnsibleError, match="db01"):
        bench.parse(
            HEAD + PASSWORD + "strict: true\ncompose: {x: 'vcloud_owner is none or vcloud_owner.nothing.more'}\n"
        )
    assert list(bench.inventory.hosts) == ["static"]
    assert not [host for group in bench.inventory.groups.values() for host in group.hosts if host.name != "static"]


def test_a_second_source_does_not_take_the_name_of_a_machine_of_the_first(bench: Bench) -> None:
    bench.parse(HEAD + PASSWORD)
    bench.rows = [machine(number=2, org="Wallace")]
    bench.parse(HEAD + PASSWORD)
    assert sorted(bench.inventory.hosts) == ["web01", "web01-00000002"]
    assert bench.variables()["vcloud_org"] == "Tyrell"
    assert "'web01' (1)" in bench.warnings[-1]


# Failures


def test_a_server_that_is_not_read_fails_the_source_in_the_words_of_the_modules(bench: Bench) -> None:
    bench.fault = Unreadable("POST /api/sessions was answered 401: no. Check the user and the password.", False)
    with pytest.raises(AnsibleParserError, match="Check the user and the password"):
        bench.parse(HEAD + PASSWORD)
    assert list(bench.inventory.hosts) == []


def test_sites_that_are_missing_are_warned_of_and_told_to_plays(bench: Bench) -> None:
    bench.missing = {"C00-Christchurch": "the connection was refused"}
    bench.parse(HEAD + PASSWORD)
    assert bench.warnings == [
        "The hosts of C00-Christchurch are missing from the inventory: the connection was refused"
    ]
    assert bench.inventory.groups["all"].vars["vcloud_missing_sites"] == ["C00-Christchurch"]


# Cache


def test_a_second_run_is_answered_by_the_cache(bench: Bench) -> None:
    bench.parse(HEAD + PASSWORD + "cache: true\n")
    bench.rows = []
    bench.inventory = InventoryData()
    bench.parse(HEAD + PASSWORD + "cache: true\ncompose: {x: vcloud_name}\n")
    assert len(bench.settings) == 1
    assert bench.variables()["x"] == "web01", "expressions are evaluated anew"


def test_a_refresh_reads_and_replaces_what_is_in_the_cache(bench: Bench) -> None:
    bench.parse(HEAD + PASSWORD + "cache: true\n")
    bench.rows = [machine("db01", 2)]
    bench.inventory = InventoryData()
    bench.parse(HEAD + PASSWORD + "cache: true\n", cache=False)
    assert list(bench.inventory.hosts) == ["db01"]
    (kept,) = bench.store.values()
    assert [row["name"] for row in kept["rows"]] == ["db01"]


def test_another_selection_is_another_entry_of_the_cache(bench: Bench) -> None:
    bench.parse(HEAD + PASSWORD + "cache: true\n")
    bench.parse(HEAD + PASSWORD + "cache: true\norgs: [Tyrell]\n")
    assert (len(bench.settings), len(bench.store)) == (2, 2)


def test_a_part_of_an_estate_is_not_kept(bench: Bench) -> None:
    bench.missing = {"C00-Christchurch": "away"}
    bench.parse(HEAD + PASSWORD + "cache: true\n")
    assert bench.store == {}


def test_no_secret_is_in_the_cache_and_what_is_can_be_written_as_json(bench: Bench) -> None:
    bench.parse(HEAD + PASSWORD + "cache: true\n")
    assert "s3cret" not in json.dumps(bench.store)
