"""The rules of the house that a machine can check: what every module has, who may import whom, what must not exist."""

from __future__ import annotations

import ast
import functools
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py") if path.stem != "__init__")
LONGEST_MODULE = 90
# Modules that are no noun with a state to export: a token must not be listed, health only has a reading, and reports
# are files for readers.
# An operation on replications leaves a state that vcav_replication_info tells.
# How a service does is read by vcav_health.
# Many adapter instances are told by vrops_adapter_instance_info.
# What a run of a workflow did is told by vro_execution_info; a run of an action or a script leaves nothing to be read.
# Content of an orchestrator is read into a folder by vro_content_export, which vro_content makes nothing of.
# A kubeconfig is an administrator's credential, which no list shows.
WITHOUT_INFO = {
    "cse_kubeconfig",
    "vrops_adapter_instances",
    "vro_content",
    "vro_content_export",
    "vcav_session",
    "vcd_session",
    "vcav_health",
    "vcav_service",
    "vcav_report",
    "vcav_report_page",
    "k8s_storage_topology",
    "vcd_branding_preview",
    "vcav_replication_operation",
    "vcd_query",
    "vro_explorer",
    "vro_workflow_run",
    "vro_action_run",
    "vro_script",
}
# Modules that speak to no product: they have no connection options, and no action group that would give them some.
WITHOUT_PRODUCT = {"vcav_report_page", "k8s_storage_topology"}
# Products that are spoken to by way of another, with the options of that.
BEHIND = {"cse": "vcd"}
DOCUMENTS = ("DOCUMENTATION", "EXAMPLES", "RETURN")


@functools.cache
def runtime() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    return loaded


def group(name: str) -> set[str]:
    """The modules of an action group, with those of the groups that it extends."""
    found: set[str] = set()
    for entry in runtime()["action_groups"][name]:
        if isinstance(entry, dict):
            for other in entry["metadata"]["extend_group"]:
                found |= group(other.rsplit(".", 1)[-1])
        else:
            found.add(entry)
    return found


def source(module: str) -> ast.Module:
    return ast.parse((PLUGINS / "modules" / f"{module}.py").read_text(encoding="utf-8"))


def document(module: str, name: str) -> Any:
    """The parsed DOCUMENTATION, EXAMPLES or RETURN of a module."""
    for node in source(module).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return yaml.safe_load(ast.literal_eval(node.value))
    raise AssertionError(f"{module} has no {name}")


@functools.cache
def nodes(path: Path) -> list[ast.AST]:
    """Everything that a file of Python says. Read once, because every rule asks for every file."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports(path: Path, within: Path | None = None) -> Iterator[str]:
    """Every module that a file imports, and every name that it imports from one, dots resolved to nothing; what dots
    find `within` a directory, such as a neighbour called plugins, is left out."""
    near = len(path.relative_to(within).parts) if within else 0
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not 0 < node.level <= near:
            yield node.module or ""
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def tasks(found: Any) -> Iterator[dict[str, Any]]:
    for task in found:
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks(task.get(part, []))


def test_there_are_modules() -> None:
    assert len(MODULES) >= 12


@pytest.mark.parametrize("module", sorted(set(MODULES) - WITHOUT_PRODUCT))
def test_every_module_is_in_the_action_groups_all_and_its_products(module: str) -> None:
    assert module in group("all")
    assert module in group(module.split("_")[0])


def test_action_groups_name_no_module_that_does_not_exist() -> None:
    for name in runtime()["action_groups"]:
        assert group(name) <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_the_fast_way_in(module: str) -> None:
    link = PLUGINS / "action" / f"{module}.py"
    assert link.resolve() == (PLUGINS / "plugin_utils" / "in_process.py").resolve()


def test_no_fast_way_leads_to_a_module_that_does_not_exist() -> None:
    assert {path.stem for path in (PLUGINS / "action").glob("*.py")} - {"__init__"} == set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_an_info_sibling_or_is_one(module: str) -> None:
    if not module.endswith("_info") and module not in WITHOUT_INFO:
        assert f"{module}_info" in MODULES


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_an_integration_target(module: str) -> None:
    assert (ROOT / "tests" / "integration" / "targets" / module / "tasks" / "main.yml").is_file()


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_unit_test_file(module: str) -> None:
    assert (ROOT / "tests" / "unit" / "plugins" / "modules" / f"test_{module}.py").is_file()


def described() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every option that is documented, with where it stands: of modules, fragments and roles, suboptions too."""

    def options(where: str, found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, option in found.items():
            yield f"{where}: {name}", option
            for inner in ("options", "suboptions"):
                yield from options(f"{where}: {name}", option.get(inner) or {})

    for module in MODULES:
        yield from options(module, document(module, "DOCUMENTATION").get("options") or {})
    for path in sorted((PLUGINS / "doc_fragments").glob("*.py")):
        fragment = importlib.import_module(f"ansible_collections.vcpp.vcloud.plugins.doc_fragments.{path.stem}")
        for name, content in vars(fragment.ModuleDocFragment).items():
            if name.isupper():
                yield from options(f"{path.stem}.{name}", yaml.safe_load(content).get("options") or {})
    for path in sorted((ROOT / "roles").glob("*/meta/argument_specs.yml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]
        for entry, content in entries.items():
            yield from options(f"{path.parts[-3]}, {entry}", content["options"])


def test_every_option_says_what_becomes_of_it_when_it_is_left_out() -> None:
    silent = []
    for where, option in described():
        text = " ".join([option["description"]] if isinstance(option["description"], str) else option["description"])
        known = option.get("required") or "default" in option
        if not known and not re.search(r"omitted|left out|without it|give this or|not used here", text, re.IGNORECASE):
            silent.append(where)
    assert not silent


def test_both_modules_of_policies_return_every_field_that_can_be_read() -> None:
    from ansible_collections.vcpp.vcloud.plugins.module_utils._vcav import policies

    readable = [name for name, field in policies.FIELDS.items() if field.readable]
    for module in ("vcav_policy", "vcav_policy_info"):
        assert list(document(module, "RETURN")["vcav_policy"]["contains"]) == readable


@pytest.mark.parametrize("module", MODULES)
def test_every_example_is_a_task_with_a_name_and_a_full_module_name_and_one_shows_the_module(module: str) -> None:
    used = set()
    examples = document(module, "EXAMPLES")
    assert examples
    for task in tasks(examples):
        assert task.get("name"), task
        actions = [key for key in task if re.fullmatch(r"\w+\.\w+\.\w+", key)]
        assert len(actions) == 1 or "block" in task, task
        used |= set(actions)
    assert f"vcpp.vcloud.{module}" in used


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_documented_under_its_own_name_with_the_options_of_its_product(module: str) -> None:
    found = document(module, "DOCUMENTATION")
    assert found["module"] == module
    product = module.split("_")[0]
    fragments = found["extends_documentation_fragment"]
    options = BEHIND.get(product, product)
    assert (f"vcpp.vcloud.{options}" in fragments) is (module not in WITHOUT_PRODUCT)
    assert any(fragment.startswith("vcpp.vcloud.attributes") for fragment in fragments)
    assert found["version_added"]
    assert document(module, "RETURN")


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_longer_than_a_declaration(module: str) -> None:
    tree = source(module)
    lines = (PLUGINS / "modules" / f"{module}.py").read_text(encoding="utf-8").splitlines()
    documents = {
        number
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in DOCUMENTS
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    code = [
        line
        for number, line in enumerate(lines, 1)
        if number not in documents and line.strip() and not line.strip().startswith("#")
    ]
    assert len(code) <= LONGEST_MODULE, f"{module} has {len(code)} lines of code: what it does belongs to module_utils"


@pytest.mark.parametrize("module", MODULES)
def test_no_module_speaks_http_or_sleeps_by_itself(module: str) -> None:
    path = PLUGINS / "modules" / f"{module}.py"
    assert not {"requests", "urllib", "ansible.module_utils.basic", "time.sleep"} & set(imports(path))
    called = {ast.unparse(node.func) for node in ast.walk(source(module)) if isinstance(node, ast.Call)}
    assert "time.sleep" not in called


def test_nothing_below_the_modules_knows_ansible_module_but_the_one_room_for_it() -> None:
    knowing = {
        str(path.relative_to(PLUGINS))
        for path in (PLUGINS / "module_utils").rglob("*.py")
        if any("AnsibleModule" in name or name.startswith("ansible.") for name in imports(path))
    }
    assert knowing == {"module_utils/_resource.py"}


def test_the_deciding_rooms_import_no_other_room() -> None:
    for name in ("_plan.py", "_wait.py"):
        found = {each.split(".")[0] for each in imports(PLUGINS / "module_utils" / name)}
        assert found <= {"__future__", "collections", "dataclasses", "typing", "time"}


def test_nothing_below_the_modules_prints() -> None:
    for path in (PLUGINS / "module_utils").rglob("*.py"):
        calls = [node.func for node in nodes(path) if isinstance(node, ast.Call)]
        assert not [call for call in calls if isinstance(call, ast.Name) and call.id == "print"], path


def test_plugins_know_nothing_of_the_tests() -> None:
    for path in PLUGINS.rglob("*.py"):
        assert not [name for name in imports(path) if name.split(".")[0] == "tests"], path


def test_the_simulator_knows_nothing_of_the_plugins() -> None:
    simulator = ROOT / "tests" / "simulator"
    for path in simulator.rglob("*.py"):
        assert not [name for name in imports(path, simulator) if "ansible" in name or name.startswith("plugins")], path


def test_every_changelog_fragment_is_valid() -> None:
    config = yaml.safe_load((ROOT / "changelogs" / "config.yaml").read_text(encoding="utf-8"))
    sections = {name for name, _unused in config["sections"]} | {config["trivial_section_name"]}
    fragments = sorted((ROOT / "changelogs" / "fragments").iterdir())
    assert fragments
    for path in fragments:
        assert path.suffix in (".yml", ".yaml"), path
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert isinstance(content, dict) and content, path
        for section, entries in content.items():
            if section == config["prelude_section_name"]:
                assert isinstance(entries, str) and entries.strip(), path
            else:
                assert section in sections, f"{path}: {section}"
                assert isinstance(entries, list) and all(isinstance(entry, str) and entry for entry in entries), path


def test_no_sanity_test_is_told_to_look_away() -> None:
    assert not list((ROOT / "tests").glob("sanity/ignore*"))


@pytest.mark.parametrize("folder", ["plugins", "tests", "roles"])
def test_no_file_is_too_long_to_be_read(folder: str) -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".yml") and (count := len(path.read_text(encoding="utf-8").splitlines())) > 600
    }
    assert not long
