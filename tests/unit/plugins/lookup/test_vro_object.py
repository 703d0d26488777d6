"""The lookup in this process against simulated orchestrators. That Ansible finds it, with its environment, is proved by
its integration target."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError

from ansible_collections.vcpp.vcloud.plugins.lookup import vro_object as plugin
from ansible_collections.vcpp.vcloud.plugins.module_utils._options import PRODUCTS
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
OWN: dict[str, Any] = yaml.safe_load(plugin.DOCUMENTATION)["options"]
FRAGMENT: dict[str, Any] = yaml.safe_load(
    importlib.import_module(
        "ansible_collections.vcpp.vcloud.plugins.doc_fragments.vro_lookup"
    ).ModuleDocFragment.DOCUMENTATION
)["options"]
DEFAULTS = {name: about.get("default") for name, about in {**OWN, **FRAGMENT}.items()}


class Lookup(plugin.LookupModule):
    """The plugin with options straight from the call."""

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        self._options = {**DEFAULTS, **direct}

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        return self._options[option]


def look(vro: Any, *terms: str, **options: Any) -> Any:
    """What the lookup gives."""
    return Lookup().run(list(terms), {}, **vro.options, **options)


def machine(vro: Any) -> Any:
    """The first of the simulated machines."""
    return vro.server.catalog.find_all("vCloud:VM")[0]


def test_an_object_is_given_as_it_is_wanted(vro: Any) -> None:
    one = machine(vro)
    assert look(vro, "vCloud:VM", name=one.name) == [one.id]
    assert look(vro, "vCloud:VM", name=one.name, want="reference") == [{"type": "vCloud:VM", "id": one.id}]
    assert look(vro, "vCloud:VM", search={"id": one.id}, want="script") == [
        f'Server.findForType("vCloud:VM", "{one.id}")'
    ]
    (whole,) = look(vro, "vCloud:VM", name=one.name, want="object")
    assert (whole["name"], whole["id"]) == (one.name, one.id) and whole["attributes"]


def test_several_types_share_one_login_and_several_objects_come_by_name(vro: Any) -> None:
    vro.control.clear_journal()
    found = look(vro, "vCloud:VM", "vCloud:VApp", several=True, want="object")
    names = [each["name"] for each in found if each["type"] == "vCloud:VM"]
    assert names == sorted(names, key=str.lower) and {each["type"] for each in found} == {"vCloud:VM", "vCloud:VApp"}
    asked = [entry["path"] for entry in vro.control.journal()]
    assert len([path for path in asked if path.startswith("/vco/api/about")]) == 1
    assert look(vro, "vCloud:VM", name="nothing*", several=True) == []


def test_failures_say_what_to_do_and_show_no_password(vro: Any) -> None:
    for options, words in (
        ({"name": "nothing"}, "there is no vCloud:VM with name 'nothing'"),
        ({"name": "*"}, "objects of type vCloud:VM have name '*'"),
        ({}, "give attributes and what they are"),
        ({"name": "x", "vro_password": "wrong"}, "vro_password"),
    ):
        with pytest.raises(AnsibleError) as raised:
            Lookup().run(["vCloud:VM"], {}, **{**vro.options, **options})
        assert words in str(raised.value) and vro.options["vro_password"] not in str(raised.value)
    with pytest.raises(AnsibleError, match="did you mean 'VM'"):
        look(vro, "vCloud:Vm", name="x")


def test_what_is_no_type_is_refused_before_anything_is_sent(vro: Any) -> None:
    with pytest.raises(AnsibleError, match="write it as scripts do"):
        look(vro, "a/b", name="x")
    assert vro.control.count() == 0


@pytest.mark.parametrize("option", PRODUCTS["vro"], ids=lambda option: option.name)
def test_the_connection_options_are_those_of_the_modules_with_their_environment(option: Any) -> None:
    documented = FRAGMENT[option.name]
    assert documented["env"] == [{"name": option.env}]
    assert (documented["type"], documented.get("default")) == (option.type, option.default)
