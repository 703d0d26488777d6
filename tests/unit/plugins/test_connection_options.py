"""Connection options exist once: everything that repeats the table of module_utils/_options.py is compared with it."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.vcpp.vcloud.plugins.module_utils._options import PRODUCTS, Option
from ansible_collections.vcpp.vcloud.plugins.module_utils._resource import connection_spec

ROOT = Path(__file__).resolve().parents[3]
EVERY = [pytest.param(product, option, id=option.env) for product, table in PRODUCTS.items() for option in table]
# A login that is complete for each product, as a person would type it into a form.
FILLED = {
    "vcav": {"vcav_url": "https://vcav.example.com", "vcav_password": "p"},
    "vcd": {"vcd_url": "https://vcd.example.com", "vcd_user": "administrator@system", "vcd_password": "p"},
    "vro": {"vro_url": "https://vro.example.com", "vro_user": "administrator", "vro_password": "p"},
    "vrops": {"vrops_url": "https://vrops.example.com", "vrops_user": "admin", "vrops_password": "p"},
    "vsphere": {"vsphere_hostname": "vc.example.com", "vsphere_user": "a@vsphere.local", "vsphere_password": "p"},
    "ceph": {"ceph_conf": "/etc/ceph/ceph.conf"},
}


class Unsafe(yaml.SafeLoader):
    """Reads `!unsafe` as the text that it marks."""


Unsafe.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def documented(product: str) -> dict[str, Any]:
    module = importlib.import_module(f"ansible_collections.vcpp.vcloud.plugins.doc_fragments.{product}")
    options: dict[str, Any] = yaml.safe_load(module.ModuleDocFragment.DOCUMENTATION)["options"]
    return options


def credential_type(product: str) -> dict[str, Any]:
    text = (ROOT / "docs" / "awx" / f"credential_type_{product}.yml").read_text(encoding="utf-8")
    (play,) = yaml.load(text, Unsafe)
    (task,) = play["tasks"]
    arguments: dict[str, Any] = task["awx.awx.credential_type"]
    return arguments


def injected(product: str, inputs: dict[str, str]) -> dict[str, str]:
    """The environment of a job. AWX renders the injectors with what was filled in; the rest is undefined."""
    templates = credential_type(product)["injectors"]["env"]
    return {name: jinja2.Environment().from_string(text).render(**inputs) for name, text in templates.items()}


@pytest.mark.parametrize(("product", "option"), EVERY)
def test_the_argument_spec_says_what_the_table_says(product: str, option: Option) -> None:
    entry = connection_spec(product)[option.name]
    assert entry["type"] == option.type
    assert entry.get("default") == option.default
    assert entry.get("required", False) is option.required
    assert tuple(entry.get("choices", ())) == option.choices
    assert entry.get("no_log", False) is option.secret
    assert entry["fallback"][1] == [option.env]


@pytest.mark.parametrize(("product", "option"), EVERY)
def test_the_documentation_says_what_the_table_says(product: str, option: Option) -> None:
    entry = documented(product)[option.name]
    assert entry["type"] == option.type
    assert entry.get("default") == option.default
    assert entry.get("required", False) is option.required
    assert tuple(entry.get("choices", ())) == option.choices
    assert f"E({option.env})" in " ".join(entry["description"])


@pytest.mark.parametrize("product", PRODUCTS)
def test_spec_documentation_and_credential_type_have_the_options_of_the_table_and_no_others(product: str) -> None:
    names = [option.name for option in PRODUCTS[product]]
    assert len(set(names)) == len(names)
    assert list(connection_spec(product)) == names
    assert list(documented(product)) == names
    assert [field["id"] for field in credential_type(product)["inputs"]["fields"]] == names


@pytest.mark.parametrize(("product", "option"), EVERY)
def test_the_credential_type_asks_for_what_the_table_says(product: str, option: Option) -> None:
    inputs = credential_type(product)["inputs"]
    (field,) = [field for field in inputs["fields"] if field["id"] == option.name]
    assert field.get("secret", False) is option.secret
    assert (option.name in inputs["required"]) is option.required
    assert field["type"] == "string", "AWX takes a switch that nobody touched for false"
    assert field["label"]
    if option.choices:
        assert (tuple(field["choices"]), field["default"]) == (option.choices, option.default)
    if option.type == "bool":
        assert (field["choices"], field["default"]) == (["true", "false"], str(option.default).lower())


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_credential_type_sets_exactly_the_environment_of_the_table(product: str) -> None:
    filled = {option.name: f"value of {option.name}" for option in PRODUCTS[product]}
    assert injected(product, filled) == {option.env: f"value of {option.name}" for option in PRODUCTS[product]}


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("empty", [False, True])
def test_a_form_that_is_hardly_filled_in_makes_a_job_that_runs_with_the_defaults(
    product: str, empty: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = {option.name: "" for option in PRODUCTS[product]} if empty else {}
    for name, value in injected(product, {**inputs, **FILLED[product]}).items():
        monkeypatch.setenv(name, value)
    validated = ArgumentSpecValidator(connection_spec(product)).validate({})
    assert validated.error_messages == []
    for option in PRODUCTS[product]:
        expected = FILLED[product].get(option.name, option.default)
        assert (validated.validated_parameters[option.name] or None) == expected


@pytest.mark.parametrize(("product", "option"), EVERY)
def test_a_task_reads_the_environment_where_it_leaves_an_option_out(
    product: str, option: Option, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in PRODUCTS[product]:
        monkeypatch.delenv(other.env, raising=False)
    example = {"bool": "no", "int": "7"}.get(option.type, option.choices[-1] if option.choices else "/from/environment")
    meant = {"bool": False, "int": 7}.get(option.type, example)
    monkeypatch.setenv(option.env, example)
    spec = {option.name: connection_spec(product)[option.name]}
    assert ArgumentSpecValidator(spec).validate({}).validated_parameters[option.name] == meant
    own = {"bool": True, "int": 8}.get(option.type, option.choices[0] if option.choices else "/own")
    assert ArgumentSpecValidator(spec).validate({option.name: own}).validated_parameters[option.name] == own


def test_no_environment_name_is_one_that_awx_refuses_or_that_two_options_share() -> None:
    names = [option.env for table in PRODUCTS.values() for option in table]
    assert not [name for name in names if name.startswith("ANSIBLE_")]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_environment_name_begins_with_its_product(product: str) -> None:
    assert all(option.env.startswith(f"{product.upper()}_") for option in PRODUCTS[product])


@pytest.mark.parametrize(("product", "option"), EVERY)
def test_what_is_called_password_token_or_cookie_is_secret_and_nothing_else_is(product: str, option: Option) -> None:
    sounds_secret = option.name.endswith(("password", "token", "cookie"))
    assert option.secret is sounds_secret


def test_the_credential_types_are_those_of_the_table() -> None:
    found = {path for path in os.listdir(ROOT / "docs" / "awx") if path.startswith("credential_type_")}
    assert found == {f"credential_type_{product}.yml" for product in PRODUCTS}
