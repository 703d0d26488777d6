"""A user's script as the text of a task: types of inputs, lines of errors, what is refused. No server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import script_text

SCRIPT = "var name = vm.name;\nif (!name) {\n  throw 'no name';\n}\nreturn name;"


@pytest.mark.parametrize(
    ("given", "declared", "value"),
    [
        ("abc", "string", "abc"),
        ("5", "string", "5"),
        (5, "number", 5),
        (0.5, "number", 0.5),
        (True, "boolean", True),
        (["a", "b"], "Array/string", ["a", "b"]),
        ([1, "a"], "Array/Any", [1, "a"]),
        ([], "Array/Any", []),
        ([[1], [2]], "Array/Array/number", [[1], [2]]),
        ({"a": 1}, "Properties", {"a": 1}),
        ({"type": "Date", "value": "2026-09-11T10:00:00Z"}, "Date", "2026-09-11T10:00:00Z"),
        ({"type": "string", "value": None}, "string", None),
        ({"type": "vCloud:VM", "id": "x"}, "vCloud:VM", {"type": "vCloud:VM", "id": "x"}),
        ({"type": "vCloud:VM", "search": {"name": "x"}}, "vCloud:VM", {"type": "vCloud:VM", "search": {"name": "x"}}),
    ],
)
def test_the_type_of_an_input_is_that_of_yaml_or_the_one_that_is_said(given: Any, declared: str, value: Any) -> None:
    assert script_text.typed({"x": given}) == {"x": (declared, value)}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("2nd", 1, "no word of the language"),
        ("for", 1, "no word of the language"),
        ("System", 1, "no word of the language"),
        ("vcppLog", 1, "no word of the language"),
        ("a", None, "say of which type"),
        ("a", {"type": "String", "value": "x"}, "did you mean 'string'?"),
        ("a", {"type": "Array/Number", "value": []}, "did you mean 'number'?"),
        ("a", {"type": "strnig", "value": "x"}, "did you mean 'string'?"),
    ],
)
def test_names_and_types_that_cannot_be_are_refused_with_what_was_meant(name: str, value: Any, words: str) -> None:
    with pytest.raises(InputError) as refused:
        script_text.typed({name: value})
    assert words in str(refused.value)


def test_secrets_are_the_texts_that_are_said_to_be_secret_in_lists_too() -> None:
    given = {
        "user": "admin",
        "password": {"type": "SecureString", "value": "Very-Secret-1"},
        "keys": {"type": "Array/SecureString", "value": ["Very-Secret-2"]},
        "both": {"type": "CompositeType(a:string,b:SecureString):C", "value": {"a": "open", "b": "Very-Secret-3"}},
        "broken": {"type": "CompositeType(a:string", "value": {"a": "open"}},
    }
    assert script_text.secrets(given) == ["Very-Secret-1", "Very-Secret-2", "Very-Secret-3"]
    assert script_text.secrets(None) == []


def test_the_script_is_a_text_that_is_evaluated_so_its_lines_keep_their_numbers() -> None:
    made = script_text.task("return '@NAMES@' + \"\u2028\";", ["a", "b"], catches=False, output_type=None)
    line = next(line for line in made.splitlines() if "eval(" in line)
    text = line.partition("eval(")[2].rpartition(")")[0]
    assert json.loads(text) == "(function (a, b) {return '@NAMES@' + \"\u2028\";\n})"
    assert "\u2028" not in made and "vcppBody(a, b)" in made and "catch (vcppProblem)" not in made
    assert "vcppResult = JSON.stringify(" in made
    caught = script_text.task("return 1;", [], catches=True, output_type="number")
    assert "catch (vcppProblem)" in caught and "vcppResult = vcppValue;" in caught


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (
            'ReferenceError: "vm" is not defined. (Workflow:script until 5 ab / Script (item1)#57(eval)#1)',
            {"message": 'ReferenceError: "vm" is not defined.', "line": 1, "code": "var name = vm.name;"},
        ),
        (
            "(Workflow:Run Script#3(eval)#5) TypeError: x",
            {"message": "TypeError: x", "line": 5, "code": "return name;"},
        ),
        (
            "SyntaxError: missing } (Workflow:W / Script (item1)#57(eval)#9)",
            {"message": "SyntaxError: missing }", "line": 5, "code": "return name;"},
        ),
        ("no name", {"message": "no name", "line": 3, "code": "throw 'no name';"}),
        (
            "TypeError: y (Dynamic Script Module name : getX#4)",
            {"message": "TypeError: y (Dynamic Script Module name : getX#4)", "line": None, "code": None},
        ),
    ],
)
def test_the_line_of_an_error_is_read_wherever_it_stands(message: str, error: dict[str, Any]) -> None:
    assert script_text.uncaught(message, SCRIPT) == error


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ({"message": "ReferenceError: a", "line": 2, "file": "W#57(eval)", "stack": None}, 2),
        ({"message": "TypeError: a", "line": 7, "file": "Module name : getX", "stack": None}, None),
        ({"message": "Error: a", "line": None, "file": None, "stack": "\tat W#57(eval):2\n\tat W:57"}, 2),
        ({"message": "Error: a", "line": None, "file": None, "stack": "    at <anonymous> (<input>:5:1)\n"}, 5),
        (
            {
                "message": "Error: a",
                "line": None,
                "file": None,
                "stack": "at <x> (<input>:20002:1)\nat <y> (<input>:4:1)",
            },
            4,
        ),
        ({"message": "Error: a", "line": None, "file": None, "stack": "\tat getX:3\n\tat W#57(eval):5\n\tat W:57"}, 5),
        ({"message": "no name", "line": None, "file": None, "stack": None}, 3),
    ],
)
def test_before_7_4_the_task_tells_the_error_itself(told: dict[str, Any], line: int | None) -> None:
    found = script_text.caught({script_text.ERROR: json.dumps(told)}, SCRIPT)
    assert found is not None and found["line"] == line


def test_of_two_statements_that_throw_none_is_guessed() -> None:
    twice = "if (a) { throw 'x'; }\n// throw\nthrow 'y';"
    assert script_text.uncaught("y", twice)["line"] is None


def test_result_and_log_are_plain() -> None:
    outputs = {
        script_text.RESULT: '{"a": [1, null]}',
        script_text.LOG: '[{"time": 1419026126333, "severity": "info", "origin": "system", "text": "x"}]',
    }
    assert script_text.result(outputs, None) == {"a": [1, None]}
    assert script_text.result({script_text.RESULT: "[1]"}, "string") == "[1]"
    assert script_text.result({script_text.RESULT: None}, None) is None
    assert script_text.log(outputs) == [
        {"time": "2014-12-19T21:55:26.333Z", "severity": "info", "origin": "system", "text": "x"}
    ]
    assert script_text.caught(outputs, SCRIPT) is None
