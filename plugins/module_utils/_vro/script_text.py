# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A script of a user as the text of a scriptable task, and what came of it (contract vro-api.md, 8.4 and 17). Pure.

The task evaluates the script as the body of a function, so `return` gives its result and lines keep their numbers.
What it logs is collected beside the server's own log, as the vendor's workflow "Run Script" does it: releases before
7.4 give nobody the log of a script. There the task also catches what the script throws, to hand the log out in spite of
it; later releases tell the line of an error surely only where nobody has caught it.

The engine is Rhino: ECMAScript 5 at the most.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .._names import nearest
from .._plan import InputError, Plan
from . import executions, runnable, values
from .workflow_files import IDENTIFIER

RESULT, LOG, ERROR = "vcppResult", "vcppLog", "vcppError"
_RESERVED = frozenset(
    "arguments break case catch class const continue debugger default delete do else enum eval export extends false "
    "finally for function if implements import in instanceof interface let new null package private protected public "
    "return static super switch this throw true try typeof undefined var void while with yield "
    "System Server Properties Packages JSON Date Math Object Array String Number Boolean RegExp Error".split()
)
_SIMPLE = {bool: "boolean", int: "number", float: "number", str: "string"}

_TASK = r"""
var vcppLines = [];
function vcppText(value) {
  try { return String(value); } catch (unsayable) { return Object.prototype.toString.call(value); }
}
function vcppWrap(original, severity, origin) {
  return function (message, details) {
    var text = vcppText(message);
    vcppLines.push({time: new Date().getTime(), severity: severity, origin: origin, text: text});
    if (arguments.length > 1) { original(text, details); } else { original(text); }
  };
}
function vcppIsProperties(value) {
  try {
    return value instanceof Properties || System.getObjectType(value) == "Properties";
  } catch (other) {
    return false;
  }
}
function vcppPlain(value, depth) {
  var kind = typeof value, made, index;
  if (value === null || value === undefined) { return null; }
  if (kind == "string" || kind == "boolean") { return value; }
  if (kind == "number") { return isFinite(value) ? value : String(value); }
  if (depth > 30) { return vcppText(value); }
  if (value instanceof Date) { return value.toISOString(); }
  if (value instanceof Array) {
    made = [];
    for (index = 0; index < value.length; index++) { made.push(vcppPlain(value[index], depth + 1)); }
    return made;
  }
  if (value.constructor === Object) {
    made = {};
    for (index in value) { made[index] = vcppPlain(value[index], depth + 1); }
    return made;
  }
  if (vcppIsProperties(value)) {
    made = {};
    for (index = 0; index < value.keys.length; index++) {
      made[value.keys[index]] = vcppPlain(value.get(value.keys[index]), depth + 1);
    }
    return made;
  }
  try {
    made = {type: String(System.getObjectType(value)), id: String(System.getObjectId(value))};
    if (made.type.indexOf(":") > 0 && made.id != "null") { return made; }
  } catch (unknown) { /* no object of a plug-in: its text has to do */ }
  return vcppText(value);
}
function vcppExplain(problem) {
  var told = {message: vcppText(problem), line: null, file: null, stack: null};
  if (problem !== null && typeof problem == "object") {
    if (typeof problem.lineNumber == "number") { told.line = problem.lineNumber; }
    if (problem.fileName) { told.file = String(problem.fileName); }
    if (problem.stack) { told.stack = String(problem.stack); }
  }
  return JSON.stringify(told);
}
var vcppNames = [[System, "debug", "debug", "system"], [System, "log", "info", "system"],
  [System, "warn", "warning", "system"], [System, "error", "error", "system"], [Server, "log", "info", "server"],
  [Server, "warn", "warning", "server"], [Server, "error", "error", "server"]];
var vcppKept = [];
for (var vcppPlace = 0; vcppPlace < vcppNames.length; vcppPlace++) {
  var vcppOne = vcppNames[vcppPlace];
  vcppKept.push(vcppOne[0][vcppOne[1]]);
  vcppOne[0][vcppOne[1]] = vcppWrap(vcppOne[0][vcppOne[1]], vcppOne[2], vcppOne[3]);
}
try {
  var vcppBody = eval(@TEXT@);
  var vcppValue = vcppBody(@NAMES@);
  vcppResult = @VALUE@;
} @CATCH@finally {
  for (vcppPlace = 0; vcppPlace < vcppNames.length; vcppPlace++) {
    vcppNames[vcppPlace][0][vcppNames[vcppPlace][1]] = vcppKept[vcppPlace];
  }
  vcppLog = JSON.stringify(vcppLines);
}
"""
_CATCH = "catch (vcppProblem) {\n  vcppError = vcppExplain(vcppProblem);\n} "


def typed(given: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """{name: (declared type, value)} of the inputs of a script, by the types that YAML gives them or that are said.

    Raises InputError for a name that is no variable, and for nothing without a type.
    """
    return {str(name): _typed(str(name), value) for name, value in given.items()}


def _typed(name: str, value: Any) -> tuple[str, Any]:
    if not IDENTIFIER.fullmatch(name) or name in _RESERVED or name.startswith("vcpp"):
        raise InputError(
            f"inputs has the name {name!r}: a variable of a script has letters, digits, _ and $, begins with no digit, "
            "and is no word of the language or of the product"
        )
    if isinstance(value, Mapping) and set(value) == {"type", "value"}:
        return _kind(f"inputs.{name}.type", str(value["type"])), value["value"]
    if isinstance(value, Mapping) and set(value) in ({"type", "id"}, {"type", "search"}):
        return str(value["type"]), value
    return _guessed(name, value), value


def _kind(option: str, declared: str) -> str:
    element = declared.rpartition("/")[2] if declared.startswith("Array/") else declared
    known = ("string", "number", "boolean", "Date", "SecureString", "EncryptedString", "Properties", "Any",
             "MimeAttachment", "Regexp", "Text", "Path")  # fmt: skip
    # Types of plug-ins have a colon, those of the server a capital.
    if element in known or ":" in element or element.startswith("CompositeType(") or element[:1].isupper():
        wrong = next((each for each in known if each.lower() == element.lower() and each != element), None)
        if wrong is None:
            return declared
    raise InputError(f"{option} is {declared!r}, which is no type{nearest(element, known)}")


def check_type(option: str, declared: str) -> None:
    """Refuse a type that the product does not have. Raises InputError."""
    _kind(option, declared)


def _guessed(name: str, value: Any) -> str:
    if type(value) in _SIMPLE:
        return _SIMPLE[type(value)]
    if isinstance(value, (list, tuple)):
        kinds = {_guessed(name, each) for each in value}
        return f"Array/{kinds.pop()}" if len(kinds) == 1 else "Array/Any"
    if isinstance(value, Mapping):
        return "Properties"
    if value is None:
        raise InputError(f"inputs.{name} is nothing: say of which type, as {{type: string, value: null}}")
    return "string" if isinstance(value, str) else "Any"


def secrets(given: Mapping[str, Any] | None) -> list[str]:
    """The texts of inputs that are said to be of a secret type. It is asked before anything is checked."""
    return [
        text
        for value in (given or {}).values()
        if isinstance(value, Mapping) and set(value) == {"type", "value"}
        for text in values.secret_texts(str(value["type"]), value["value"])
    ]


def task(script: str, names: Iterable[str], *, catches: bool, output_type: str | None) -> str:
    """The text of the scriptable task. Without `output_type` the result is JSON."""
    listed = ", ".join(names)
    text = json.dumps(f"(function ({listed}) {{{script}\n}})")
    # What JSON takes for letters, ECMAScript 5 takes for ends of lines.
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    value = "vcppValue" if output_type else "JSON.stringify(vcppPlain(vcppValue, 0))"
    parts = {"@TEXT@": text, "@NAMES@": listed, "@VALUE@": value, "@CATCH@": _CATCH if catches else ""}
    return re.sub("|".join(parts), lambda found: parts[found[0]], _TASK.strip() + "\n")


def step(script: str, inputs: Mapping[str, tuple[str, Any]]) -> Plan:
    """What the diff shows: the script and its inputs, but for secrets."""
    types = {name: kind for name, (kind, _value) in inputs.items()}
    given = {name: value for name, (_kind, value) in inputs.items()}
    return runnable.begun(runnable.open_values(types, given), script=script)


def result(outputs: Mapping[str, Any], output_type: str | None) -> Any:
    """What the script returned, as plain YAML."""
    found = outputs.get(RESULT)
    if output_type or not isinstance(found, str):
        return found
    return json.loads(found)


def log(outputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines that the script logged, as logs.read tells them; nothing where the task could not hand them out."""
    found = outputs.get(LOG)
    lines = json.loads(found) if isinstance(found, str) else []
    return [{**line, "time": executions.moment(line.get("time"))} for line in lines]


def caught(outputs: Mapping[str, Any], script: str) -> dict[str, Any] | None:
    """The error that the task has caught: {message, line, code}; None where there was none."""
    found = outputs.get(ERROR)
    if not isinstance(found, str):
        return None
    told = json.loads(found)
    line = told.get("line")
    if told.get("file") and "eval" not in str(told["file"]):
        line = None  # of an action that the script has called
    if line is None and told.get("stack"):
        line = _of_stack(str(told["stack"]), script)
    return _error(str(told.get("message")), line, script)


def _of_stack(stack: str, script: str) -> int | None:
    """The line of the innermost frame that is one of the script, and not of an action that it has called."""
    frames = [re.search(r"[:#](\d+)(?::\d+)?\)?\s*$", each) for each in stack.splitlines()]
    found = [(frame.string, int(frame[1])) for frame in frames if frame]
    own = [line for text, line in found if "(eval)" in text] or [line for _text, line in found]
    return next((line for line in own if line <= len(script.splitlines())), None)


def uncaught(message: str, script: str) -> dict[str, Any]:
    """The error of a failed execution, in the same form. The place stands before or after the words."""
    place = re.search(r"\([^()]*(?:\([^()]*\)[^()]*)*\(eval\)#(\d+)\)", message)
    if place is None:
        return _error(message, None, script)
    words = message[place.end() :].strip() or message[: place.start()].strip()
    return _error(words, int(place[1]), script)


def _error(message: str, line: int | None, script: str) -> dict[str, Any]:
    lines = script.splitlines() or [""]
    if line is None:
        line = _only_throw(lines, message)
    if line is not None:  # an end that is missing is missed after the last line
        line = min(max(line, 1), len(lines))
    return {"message": message, "line": line, "code": lines[line - 1].strip() if line else None}


def _only_throw(lines: list[str], message: str) -> int | None:
    """The line of the only statement that can have thrown what is no error object and carries no line."""
    if re.match(r"\w*Error\b", message):
        return None
    found = [number for number, text in enumerate(lines, 1) if re.search(r"\bthrow\b", text.partition("//")[0])]
    return found[0] if len(found) == 1 else None


def line_beside(name: str, message: str) -> int | None:
    """The line that an error's words tell of a script of this name: `(… : getExtensions#3)`."""
    found = re.search(rf"{re.escape(name)}#(\d+)\)", message)
    return int(found[1]) if found else None


def declared_outputs(catches: bool, output_type: str | None) -> list[dict[str, str]]:
    """The outputs of the temporary workflow."""
    found = [{"name": RESULT, "type": output_type or "string"}, {"name": LOG, "type": "string"}]
    return [*found, {"name": ERROR, "type": "string"}] if catches else found


def parameters(inputs: Mapping[str, tuple[str, Any]], resolve: values.Resolve | None) -> list[values.Wire]:
    """The inputs encoded. Raises InputError."""
    declared = [{"name": name, "type": kind} for name, (kind, _value) in inputs.items()]
    return values.parameters(declared, {name: value for name, (_kind, value) in inputs.items()}, resolve)
