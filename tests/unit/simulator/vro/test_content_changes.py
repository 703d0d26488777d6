"""Packages, plug-ins and values that change behind everybody's back."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.simulator.changes import change
from tests.simulator.vro.package_files import Signer, save_package
from tests.tools import make_vro_files as files
from tests.unit.simulator.vro.asking import Vro
from tests.unit.simulator.vro.uploading import upload

Make = Callable[..., Vro]
NAME = "com.example.greetings"
GREET = files.identity("workflow", "Greet")
SETTINGS = files.identity("configuration", "Greetings")


def changer(asked: Vro) -> Callable[..., dict[str, Any]]:
    """Makes changes at the one site."""
    site = asked.world.sites["North"]
    simulator: Any = SimpleNamespace(sites={"North": SimpleNamespace(world=asked.world, site=site)})
    return lambda what, **given: change(simulator, {"what": what, "site": "North", **given})


def with_package(asked: Vro) -> Vro:
    """The same with a package of four elements."""
    query = "overwrite=true&importConfigurationAttributeValues=true"
    content = save_package(files.package(NAME), Signer.of("tests.example.com"))
    assert upload(asked, f"packages?{query}", "p.package", content).status == 202
    return asked


def test_packages(vro: Make) -> None:
    asked = with_package(vro("7.6"))
    do = changer(asked)
    assert do("vro-package-remove", package=NAME) == {"removed": NAME, "elements": []}
    # Nothing counts as in use, as it would after a request.
    assert asked.ask("DELETE", f"workflows/{GREET}").status == 200
    with_package(asked)
    assert len(do("vro-package-remove", package=NAME, content=True)["elements"]) == 4
    assert asked.ask("GET", f"workflows/{GREET}").status == 404
    with pytest.raises(ValueError, match="no package"):
        do("vro-package-remove", package=NAME)


def test_plug_ins(vro: Make) -> None:
    asked = vro("8.18")
    do = changer(asked)
    do("vro-plugin-set", plugin="VC", fields={"version": "1.0.0", "enabled": False})
    do("vro-plugin-set", plugin="Redis", fields={"build": "1"})
    found = {one["moduleName"]: one for one in asked.get("plugins")["plugins"]}
    assert (found["VC"]["version"], found["VC"]["enabled"]) == ("1.0.0", False)
    assert (found["Redis"]["version"], found["Redis"]["buildNumber"]) == ("1.0.0", "1")
    do("vro-plugin-remove", plugin="Redis")
    with pytest.raises(ValueError, match="no plug-in"):
        do("vro-plugin-remove", plugin="Redis")
    with pytest.raises(ValueError, match="has no size"):
        do("vro-plugin-set", plugin="VC", fields={"size": 1})


def test_values(vro: Make) -> None:
    asked = with_package(vro("9.1"))
    do = changer(asked)
    do("vro-attribute-set", element="Greetings", fields={"word": None, "times": 5})
    found = {one["name"]: one.get("value") for one in asked.get(f"configurations/{SETTINGS}")["attributes"]}
    assert (found["word"], found["times"]) == (None, {"number": {"value": 5}})
    for fields, words in (
        ({"x": 1}, "no attribute x"),
        ({"names": "a"}, "no plain value"),
        ({"times": "many"}, "no number"),
    ):
        with pytest.raises(ValueError, match=words):
            do("vro-attribute-set", element=SETTINGS, fields=fields)
    with pytest.raises(ValueError, match="There are 0"):
        do("vro-attribute-set", element="x", fields={})
