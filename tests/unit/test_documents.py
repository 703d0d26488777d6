"""README, contributor page and guides name only what exists, and their YAML is YAML."""

from __future__ import annotations

import importlib
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.vcpp.vcloud.plugins.module_utils._options import PRODUCTS
from tests.simulator.cli import main as simulator

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
GUIDES = sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst"))
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", *GUIDES]
IDS = [path.name for path in DOCUMENTS]
COLLECTION = "vcpp.vcloud."


def names(folder: str, pattern: str = "*.py") -> set[str]:
    return {path.stem for path in (ROOT / folder).glob(pattern) if not path.stem.startswith("__")}


MODULES = names("plugins/modules")
ROLES = {path.name for path in (ROOT / "roles").iterdir() if (path / "meta").is_dir()}
PLAYBOOKS = names("playbooks", "*.yml")
CALLBACKS = names("plugins/callback")
INVENTORIES = names("plugins/inventory")
FILTERS = names("plugins/filter")
LOOKUPS = names("plugins/lookup")
# Groups and the variable of appliances in an inventory.
APPLIANCES = {*map("vcav_{}".format, ("cloud", "manager", "replicator", "tunnel", "paired_site", "site"))}
GROUPS = set(yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"])


def callback_environment() -> set[str]:
    module = importlib.import_module("ansible_collections.vcpp.vcloud.plugins.callback.drift")
    options = yaml.safe_load(module.DOCUMENTATION)["options"]
    return {variable["name"] for option in options.values() for variable in option["env"]}


ENVIRONMENT = {option.env for table in PRODUCTS.values() for option in table} | callback_environment()


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, language: str) -> Iterator[str]:
    """The code blocks of a document in one language, with their indentation taken off."""
    if path.suffix == ".md":
        yield from re.findall(rf"^```{language}\n(.*?)^```$", text(path), flags=re.MULTILINE | re.DOTALL)
    else:
        found = re.findall(rf"^\.\. code-block:: {language}\n\n((?:(?:    .*)?\n)+)", text(path), flags=re.MULTILINE)
        yield from (textwrap.dedent(block) for block in found)


def tasks(found: Any) -> Iterator[tuple[str, Any]]:
    """Every module of this collection that a block of YAML calls, with its arguments."""
    if isinstance(found, dict):
        for key, value in found.items():
            if isinstance(key, str) and key.startswith(COLLECTION):
                yield key.removeprefix(COLLECTION), value
            yield from tasks(value)
    elif isinstance(found, list):
        for entry in found:
            yield from tasks(entry)


def options_of(module: str) -> set[str]:
    """All options of a module, those of its documentation fragments included."""
    base = "ansible_collections.vcpp.vcloud.plugins"
    documentation = yaml.safe_load(importlib.import_module(f"{base}.modules.{module}").DOCUMENTATION)
    found = set(documentation.get("options", {}))
    for fragment in documentation["extends_documentation_fragment"]:
        name, _dot, variable = fragment.removeprefix(COLLECTION).partition(".")
        holder = importlib.import_module(f"{base}.doc_fragments.{name}").ModuleDocFragment
        found |= set(yaml.safe_load(getattr(holder, (variable or "documentation").upper())).get("options", {}))
    return found


def table(heading: str) -> set[str]:
    """The first column of the table of the README that begins with this heading."""
    rows = re.search(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", text(README), flags=re.MULTILINE)
    assert rows, heading
    return {row.split("|")[1].strip().strip("`") for row in rows[1].splitlines()}


def test_there_are_guides_and_all_of_them_are_listed() -> None:
    sections = yaml.safe_load(text(ROOT / "docs" / "docsite" / "extra-docs.yml"))["sections"]
    assert [guide for section in sections for guide in section["toctree"]] == [
        "getting_started",
        "connection_and_credentials",
        "tokens_and_tenants",
        "deploy_a_site",
        "add_an_on_premises_customer",
        "check_mode_and_drift",
        "fail_over_a_tenant",
        "replace_certificates",
        "brand_a_portal",
        "vcd_as_inventory",
        "orchestrator_content_from_git",
        "run_a_workflow",
        "debug_a_script",
        "docker_hosts",
        "a_cluster_for_a_tenant",
        "ceph_in_an_hour",
        "storage_for_a_cluster",
        "awx",
    ]
    assert {path.stem for path in GUIDES} == {guide for section in sections for guide in section["toctree"]}
    assert all(path.name in text(README) for path in GUIDES)


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_every_block_of_yaml_parses(path: Path) -> None:
    found = list(blocks(path, "yaml"))
    assert len(found) == len(re.findall(r"^(?:```yaml|\.\. code-block:: yaml)$", text(path), flags=re.MULTILINE))
    for block in found:
        assert yaml.safe_load(block), block


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_every_task_shown_calls_a_module_that_exists_with_options_that_it_has(path: Path) -> None:
    for block in blocks(path, "yaml"):
        for module, arguments in tasks(yaml.safe_load(block)):
            if module not in MODULES:
                assert arguments is None or module in GROUPS, module
                continue
            assert set(arguments or {}) <= options_of(module), (module, arguments)


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_everything_of_the_collection_that_is_named_exists(path: Path) -> None:
    known = MODULES | ROLES | PLAYBOOKS | CALLBACKS | INVENTORIES | FILTERS | LOOKUPS
    for before, name in re.findall(r"(group/)?\bvcpp\.vcloud\.([a-z]\w*)", text(path)):
        if name not in ("docsite", "git"):  # labels of the guides, the repository's address
            assert name in (GROUPS if before else known), name
    for name in re.findall(r"`(vca?[vd]_\w+)`", text(path)):
        options = {option.name for product in PRODUCTS.values() for option in product}
        variables = name.startswith(tuple(f"{role}_" for role in ROLES))
        assert name in known | options or variables or name in ("vcav_ca_path", "vcav_thumbprint", *APPLIANCES), name


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_every_make_target_that_is_named_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", text(ROOT / "Makefile"), flags=re.MULTILINE))
    for name in re.findall(r"(?:`|\$ )make ([a-z0-9-]+)", text(path)):
        assert name in targets, name


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_every_environment_name_that_is_named_exists(path: Path) -> None:
    foreign = (
        "ANSIBLE_",
        "CONTROLLER_",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
    )
    marked = set(re.findall(r":ansenvvar:`(\w+)`", text(path)))
    spelt = set(re.findall(r"\b(?:VCAV|VCD|VCPP)_[A-Z_]+\b", text(path)))
    assert {name for name in marked | spelt if not name.startswith(foreign)} <= ENVIRONMENT


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_every_path_of_the_repository_that_is_named_exists(path: Path) -> None:
    rooms = "changelogs|docs|inventories|meta|playbooks|plugins|requirements|roles|tests"
    for name in re.findall(rf"`((?:{rooms})/[\w./-]*)`", text(path)):
        assert (ROOT / name).exists() or (name.endswith("/") and (ROOT / name.rstrip("/")).exists()), name


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_every_verb_of_the_simulator_that_is_shown_is_one(path: Path) -> None:
    for verb in set(re.findall(r"python -m tests\.simulator ([a-z-]+)", text(path))):
        with pytest.raises(SystemExit) as leaving:
            simulator([verb, "--help"])
        assert leaving.value.code == 0, verb


def test_the_readme_lists_exactly_what_there_is() -> None:
    assert table("Module") == MODULES
    assert table("Role") == ROLES
    assert table("Playbook") == {f"{COLLECTION}{name}" for name in PLAYBOOKS}
    assert {f"callback `{COLLECTION}{name}" for name in CALLBACKS} <= table("Beside these")
    assert {f"inventory `{COLLECTION}{name}" for name in INVENTORIES} <= table("Beside these")
    assert {f"filter `{COLLECTION}{name}" for name in FILTERS} <= table("Beside these")


def test_the_readme_keeps_its_word_about_ten_lines() -> None:
    (first, *_rest) = blocks(README, "yaml")
    assert len(first.splitlines()) == 10


def test_the_guide_to_connections_has_a_row_for_every_option() -> None:
    guide = text(ROOT / "docs" / "docsite" / "rst" / "connection_and_credentials.rst")
    for option in (option for product in PRODUCTS.values() for option in product):
        assert f"* - ``{option.name}``\n     - :ansenvvar:`{option.env}`\n" in guide, option.env


def test_the_guide_to_drift_has_a_row_for_every_setting_of_the_callback() -> None:
    guide = text(ROOT / "docs" / "docsite" / "rst" / "check_mode_and_drift.rst")
    for name in callback_environment():
        assert f":ansenvvar:`{name}`\n" in guide, name
