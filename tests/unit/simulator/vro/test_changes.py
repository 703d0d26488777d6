"""Changes of an orchestrator behind everybody's back, through the control listener and the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.simulator.changes import change
from tests.simulator.cli import main
from tests.simulator.running import running_simulator
from tests.unit.simulator.vro.asking import Vro

Make = Callable[..., Vro]
SITE = "A03-Auckland"


def changer(asked: Vro) -> Callable[..., dict[str, Any]]:
    """Makes changes at the one site."""
    site = asked.world.sites["North"]
    simulator: Any = SimpleNamespace(sites={"North": SimpleNamespace(world=asked.world, site=site)})
    return lambda what, **given: change(simulator, {"what": what, "site": "North", **given})


def test_folders_elements_and_hosts(vro: Make) -> None:
    asked = vro("8.18")
    do = changer(asked)
    made = do("vro-category-add", type="ScriptModuleCategory", path="com.example", description="d")
    assert asked.get(f"categories/{made['id']}")["description"] == "d"
    action = next(iter(asked.store.actions.values()))
    named = f"com.vmware.library.rest/{action.name}"
    do("vro-element-set", kind="Action", element=named, fields={"script": "return 1;", "version": "2.0.0"})
    assert (action.script, action.version) == ("return 1;", "2.0.0")
    do("vro-element-remove", kind="Action", element=action.id)
    assert asked.store.actions == {}
    do("vro-rest-host-add", host="Avamar", url="https://a", operations=[["clients", "GET", "/clients"]])
    do("vro-rest-host-set", host="Avamar", fields={"url": "https://b"})
    assert asked.rows("catalog/REST/RESTHost")[0]["url"] == "https://b"
    assert len(asked.rows("catalog/REST/RESTOperation")) == 1
    do("vro-rest-host-remove", host="Avamar")
    do("vro-category-remove", type="ScriptModuleCategory", path="com.example")
    assert asked.ask("GET", f"categories/{made['id']}").status == 404
    assert asked.rows("catalog/REST/RESTHost") == []
    assert len(asked.world.journal) == 0


@pytest.mark.parametrize(
    ("what", "given", "words"),
    [
        ("vro-category-add", {"type": "Folder", "path": "x"}, "type must be one of WorkflowCategory"),
        ("vro-category-remove", {"type": "WorkflowCategory", "path": "x/y"}, "There is no WorkflowCategory x/y"),
        ("vro-element-remove", {"kind": "Workflow", "element": "x"}, "There are 0 of Workflow x"),
        (
            "vro-element-set",
            {"kind": "Workflow", "element": "Add a REST host", "fields": {"script": "x"}},
            "has no script",
        ),
        ("vro-rest-host-set", {"host": "x", "fields": {}}, "no REST host x"),
        ("vro-setting", {}, "needs .*internal_hrefs"),
    ],
)
def test_what_cannot_be_changed(vro: Make, what: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        changer(vro("8.18"))(what, **given)


def test_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    with running_simulator(vro_version="9.1") as simulator:
        state = ["--state", str(simulator.state_path)]
        assert main(["vro-setting", SITE, "internal_hrefs=true", "external_organizations=Tyrell", *state]) == 0
        assert json.loads(capsys.readouterr().out) == {"internal_hrefs": True, "external_organizations": ["tyrell"]}
        assert main(["vro-category-add", SITE, "WorkflowCategory", "Kiwi/Network", *state]) == 0
        assert main(["vro-category-add", SITE, "Folder", "Kiwi", *state]) == 1
        assert main(["vro-rest-host-add", SITE, "Avamar", "https://ave.vdev.local", *state]) == 0
        server = simulator.simulator.vros[SITE].server
        assert server.store.category_at("WorkflowCategory", "Kiwi/Network") is not None
        assert server.settings.internal_hrefs is True
        simulator.control.reset()
        assert server.settings.internal_hrefs is False and server.store.rest_hosts == {}
