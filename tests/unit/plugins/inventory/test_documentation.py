"""The documentation of the inventory source and what the plugin makes of a file are held together.

The connection options are those of module_utils/_options.py, with their environment where ansible-core looks for it.
"""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import yaml

from ansible_collections.vcpp.vcloud.plugins.inventory import vcloud
from ansible_collections.vcpp.vcloud.plugins.module_utils._options import PRODUCTS, Option
from ansible_collections.vcpp.vcloud.plugins.plugin_utils import _inventory_options as options

OWN: dict[str, Any] = yaml.safe_load(vcloud.DOCUMENTATION)["options"]
FRAGMENT: dict[str, Any] = yaml.safe_load(
    importlib.import_module(
        "ansible_collections.vcpp.vcloud.plugins.doc_fragments.endpoints"
    ).ModuleDocFragment.DOCUMENTATION
)["options"]
ENTRY: dict[str, Any] = FRAGMENT["endpoints"]["suboptions"]
BOTH = [option for product in ("vcd", "vcav") for option in PRODUCTS[product]]


def same(documented: dict[str, Any], spec: dict[str, Any]) -> None:
    for key in ("type", "elements", "choices", "default"):
        assert documented.get(key) == spec.get(key), key


@pytest.mark.parametrize("name", [*options.SETTINGS, *options.SELECTION])
def test_an_option_of_the_plugin_is_documented_as_it_is_read(name: str) -> None:
    documented = {**OWN, **FRAGMENT}[name]
    same(documented, {**options.SETTINGS, **options.SELECTION}[name])


def test_nothing_is_documented_that_is_not_read() -> None:
    assert {*OWN, *FRAGMENT} == {"plugin", *options.names()}


@pytest.mark.parametrize("option", PRODUCTS["vcd"], ids=lambda option: option.name)
def test_the_top_of_the_file_has_the_options_of_the_modules_with_their_environment(option: Option) -> None:
    documented = FRAGMENT[option.name]
    assert documented["env"] == [{"name": option.env}]
    assert documented["type"] == option.type
    assert documented.get("default") == option.default
    assert "required" not in documented, "a file may have endpoints instead"


@pytest.mark.parametrize("option", BOTH, ids=lambda option: option.env)
def test_an_entry_has_the_options_of_both_products_and_says_their_environment(option: Option) -> None:
    documented = ENTRY[option.name]
    assert documented["type"] == option.type
    assert tuple(documented.get("choices", ())) == option.choices
    assert "default" not in documented, "left out of an entry, the top of the file counts"
    assert f"E({option.env})" in " ".join(documented["description"])


def test_an_entry_has_nothing_else() -> None:
    assert set(ENTRY) == {"site", *options.SELECTION, *(option.name for option in BOTH)}


def test_no_two_options_share_a_name_with_those_of_ansible_core() -> None:
    fragments = (
        importlib.import_module("ansible.plugins.doc_fragments.constructed"),
        importlib.import_module("ansible.plugins.doc_fragments.inventory_cache"),
    )
    theirs = {name for each in fragments for name in yaml.safe_load(each.ModuleDocFragment.DOCUMENTATION)["options"]}
    assert not theirs & {*OWN, *FRAGMENT}
