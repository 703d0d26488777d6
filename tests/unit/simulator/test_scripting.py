"""The engine of scripts by itself: what is rewritten for it, and what its processes do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.scripting.framing import pack, unpack
from tests.simulator.scripting.rewriting import rewrite
from tests.simulator.scripting.sessions import Session, open_session, pump


@pytest.mark.parametrize(
    ("script", "rewritten"),
    [
        ("for each (var x in a.b(c in d)) {}", "for  (var x of __each( a.b(c in d))) {}"),
        ("for each(x in [1, 2]) f(x)", "for (x of __each( [1, 2])) f(x)"),
        ("for (var each in things) {}", "for (var each in things) {}"),
        ("throw 'x';", "throw __thrown().value = 'x';"),
        ("throw(x)", "throw __thrown().value =(x)"),
        ("a = {throw: 1}; a.throw", "a = {throw: 1}; a.throw"),
        ("'throw x' + \"throw\" // throw x", "'throw x' + \"throw\" // throw x"),
        ("/* throw x */ `throw`", "/* throw x */ `throw`"),
        ("throw /it's/.test(a) / 2 / b", "throw __thrown().value = /it's/.test(a) / 2 / b"),
        ("eval(a + ')')", "eval(__source(a + ')'))"),
        ("eval(); var evaluate = medieval(1); x.eval(2)", "eval(); var evaluate = medieval(1); x.eval(2)"),
        ("for each (var x in", "for each (var x in"),
    ],
)
def test_what_is_rewritten(script: str, rewritten: str) -> None:
    assert rewrite(script) == rewritten


def test_no_line_moves() -> None:
    script = "a;\nfor each (\n  var x\n  in xs\n) {\n  throw\n  x;\n}\neval(\n'b'\n);"
    assert rewrite(script).count("\n") == script.count("\n")


def test_messages_come_in_pieces() -> None:
    content = pack({"a": "ü"}) + pack({"b": 2}) + pack({"c": 3})[:5]
    buffer = bytearray(content[:7])
    assert unpack(buffer) == []
    buffer += content[7:]
    assert unpack(buffer) == [{"a": "ü"}, {"b": 2}]
    assert len(buffer) == 5


class Door:
    """A door that answers what the test says."""

    def __init__(self, answers: dict[str, Any] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[tuple[str, list[Any]]] = []
        self.notes: list[tuple[str, list[Any]]] = []

    def ask(self, name: str, args: list[Any], answer: Callable[[dict[str, Any]], None]) -> None:
        self.asked.append((name, args))
        found = self.answers.get(name, {"error": f"{name} is not there"})
        answer(found)

    def note(self, name: str, args: list[Any]) -> None:
        self.notes.append((name, args))


def run(script: str, door: Door | None = None, session: Session | None = None, **more: Any) -> dict[str, Any]:
    """Runs a script in a session of its own; answers the result."""
    found: list[dict[str, Any]] = []
    used = session or open_session(door or Door())
    job = {"label": "Test", "script": script, "inputs": [], "outputs": [], "returns": "Any", "now": 0, **more}
    used.run(job, found.append)
    end = time.monotonic() + 60
    while not found:
        assert time.monotonic() < end
        pump(0.01)
    if session is None:
        used.close()
    return found[0]


def test_scripts_of_one_session_know_nothing_of_one_another() -> None:
    session = open_session(Door())
    assert run("leak = 5; System.log = null; return 1;", session=session)["value"] == {"number": {"value": 1}}
    assert run("return typeof leak + typeof System.log;", session=session)["value"] == {
        "string": {"value": "undefinedfunction"}
    }
    session.close()
    session.close()


def test_an_error_of_the_server_can_be_caught() -> None:
    door = Door({"find": {"error": "the vCenter is away"}})
    script = "try { Server.findForType('VC:VirtualMachine', 'x'); } catch (problem) { return '' + problem; }"
    assert run(script, door)["value"] == {"string": {"value": "the vCenter is away"}}
    assert door.asked == [("find", ["VC:VirtualMachine", "x"])]


def test_what_a_script_can_use_up() -> None:
    assert run("function f() { return f(); } f();")["failure"]["text"].startswith("RangeError")
    script = "var a = [], s = 'x'; while (s.length < 4e6) s += s; for (;;) a.push((s + a.length).split(''));"
    failure = run(script)["failure"]
    assert "memory" in failure["text"]


def test_an_engine_that_dies_is_a_failure_and_the_next_script_runs() -> None:
    found: list[dict[str, Any]] = []
    session = open_session(Door(), cpu_seconds=1)
    job = {"label": "Test", "script": "for (;;) {}", "inputs": [], "outputs": [], "returns": "Any", "now": 0}
    session.run(job, found.append)
    end = time.monotonic() + 60
    while not found:
        assert time.monotonic() < end
        pump(0.01)
    assert "processor time" in found[0]["failure"]["text"] and not session.is_open
    assert run("return 2;")["value"] == {"number": {"value": 2}}


def test_the_clock_is_the_simulators() -> None:
    script = "var begun = Date.now(); System.sleep(5); return [begun < 1000, new Date() - begun >= 900000];"
    door = Door({"sleep": {"value": None, "now": 901_000}})
    found = run(script, door)["value"]["array"]["elements"]
    assert [one["boolean"]["value"] for one in found] == [True, True]
    assert door.asked == [("sleep", [5])]
