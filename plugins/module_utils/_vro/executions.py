# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Executions of workflows: started, followed to their end, cancelled, told in plain words (contract vro-api.md, 8).

Logs are in logs.py, what a waiting execution asks for in interactions.py, lists of executions in execution_lists.py.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import unquote

from .._http import HttpError, is_passing
from .._wait import WaitTimeout
from . import links, values
from .client import Vro, document_of, segment

Document = dict[str, Any]
Pause = Callable[[float], None]

WAITING = "waiting"
TERMINAL = frozenset({"completed", "failed", "canceled"})
STATES = ("initializing", "running", WAITING, "waiting-signal", "suspended", "completed", "failed", "canceled")

# Pauses between two looks: a fifth of the time that the run has taken, so a run is seen to have ended after at most a
# fifth more, and one of two seconds takes eleven looks.
FIRST_PAUSE, SHARE = 0.15, 0.2
CANCEL_SECONDS = 15.0

# "ReferenceError: "x" is not defined (Workflow:Add a host / Scriptable task (item3)#12)"
_PLACE = re.compile(r"\(Workflow:[^()]*/ (?P<item>[^()]*?) ?\((?P<id>item\d+)\)#(?P<line>\d+)\)")
_ADDRESS = re.compile(r"/workflows/(?P<workflow>[^/]+)/executions/(?P<id>[^/]+)(?:/|$)")
# "(Workflow:Run Script#3(eval)#12) message", contract 8.4
_EVAL = re.compile(r"\(eval\)#(?P<line>\d+)\)")


@dataclass(frozen=True)
class Run:
    """Which execution: of which workflow, and its id."""

    workflow_id: str
    id: str

    @property
    def path(self) -> str:
        """Its address below `/vco/api`, without a slash at its end."""
        return f"workflows/{segment(self.workflow_id)}/executions/{segment(self.id)}"


def addressed(document: Any) -> Run | None:
    """The execution whose address stands first in a document, wherever it stands; None where there is none."""
    if isinstance(document, str):
        found = _ADDRESS.search(document)
        # Addresses are encoded twice (contract 1).
        return Run(unquote(unquote(found["workflow"])), unquote(unquote(found["id"]))) if found else None
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    return next((run for run in map(addressed, inner) if run is not None), None)


def behind(api: Vro, catalog: str, identifier: str) -> Run | None:
    """The execution that an object of the inventory is, or belongs to; None where there is no such object.

    `catalog` is the path of the objects of its type (contract 12). Raises HttpError.
    """
    path = f"{catalog}/{segment(identifier)}"
    document = api.find(path)
    if document is None:
        return None
    found = addressed(document)
    if found is None:
        raise api.unexpected("GET", path, 200, "it does not tell which workflow's execution it belongs to")
    return found


def start(api: Vro, workflow_id: str, parameters: list[Document]) -> Run:
    """Start a workflow. `parameters` are encoded (values.parameters). Raises HttpError.

    The answer is a body with the id, an address in `Location`, or both (contract 8.1).
    """
    path = f"workflows/{segment(workflow_id)}/executions"
    reply = api.send("POST", path, json={"parameters": parameters} if parameters else {})
    told = document_of(reply)
    identifier = told.get("id") if isinstance(told, dict) else None
    identifier = identifier or links.identifier(reply.headers.get("Location", ""))
    if not identifier or identifier == "executions":
        raise api.unexpected("POST", path, reply.status, "it tells no id of the execution")
    return Run(workflow_id, str(identifier))


def read(api: Vro, run: Run) -> Document | None:
    """An execution as the server has it; None where its record is gone. Raises HttpError."""
    found = api.find(run.path)
    if found is None or (isinstance(found, dict) and "state" in found):
        return found
    raise api.unexpected("GET", run.path, 200, "no execution: it has no state")


def state_of(document: Mapping[str, Any] | None) -> str:
    """The state as the wire writes it, in lower case; `gone` for a record that was removed."""
    return "gone" if document is None else str(document.get("state") or "").lower()


def is_over(document: Mapping[str, Any] | None) -> bool:
    """True for an execution that has ended, or whose record is gone. Any other state goes on (contract 8.2)."""
    return document is None or state_of(document) in TERMINAL


def follow(
    api: Vro,
    run: Run,
    *,
    timeout: float,
    interval: float,
    pause: Pause,
    until: Callable[[Document | None], bool] = is_over,
    clock: Callable[[], float] = time.monotonic,
) -> Document | None:
    """Look at an execution until `until` is true of it; what was seen then, None for a record that is gone.

    `timeout` is in seconds, `interval` the longest pause. Faults that may pass count as "not yet". Raises
    WaitTimeout, HttpError, and what `pause` raises.
    """
    begun = clock()
    last: Document | None = None
    fault: Exception | None = None
    while True:
        elapsed = clock() - begun
        if elapsed >= timeout:
            raise WaitTimeout(timeout, state_of(last) if last else None, fault)
        pause(min(max(FIRST_PAUSE, SHARE * elapsed), max(interval, FIRST_PAUSE), timeout - elapsed))
        try:
            last, fault = read(api, run), None
        except HttpError as problem:
            if not is_passing(problem):
                raise
            fault = problem
            continue
        if until(last):
            return last


def cancel(api: Vro, run: Run, pause: Pause = time.sleep) -> str:
    """Cancel an execution and wait until it has ended; its state in the end. Raises HttpError, WaitTimeout.

    From 8.x on there is an address of its own for it; before, removing a live execution cancels it, and removing one
    that has ended would destroy its record: that one is left alone (contract 8.5, 20.2).
    """
    now = read(api, run)
    if is_over(now):
        return state_of(now)
    if not (api.has("cancel_by_state") and _delete(api, f"{run.path}/state")):
        _delete(api, run.path)
    return state_of(follow(api, run, timeout=CANCEL_SECONDS, interval=0.5, pause=pause))


def _delete(api: Vro, path: str) -> bool:
    """False where the server does not have this address, or not this method of it."""
    try:
        api.send("DELETE", path)
    except HttpError as problem:
        if problem.status not in (404, 405):
            raise
        return False
    return True


# In plain words


def moment(value: Any) -> str | None:
    """A moment as ISO-8601 in UTC: 5.x to 7.x write milliseconds, 8.x and attributes ISO (contract 8.2, 8.3)."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        found = datetime.fromtimestamp(value / 1000, timezone.utc)
        return found.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    # Before Python 3.11 fromisoformat takes no Z, no offset without its colon, and no five digits of a second.
    spelled = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", re.sub(r"[zZ]$", "+00:00", text))
    spelled = re.sub(r"\.(\d+)", lambda found: f".{found[1][:6]:0<6}", spelled)
    try:
        parsed = datetime.fromisoformat(spelled)
    except ValueError:
        return text
    zoned = parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)
    return zoned.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(value: Any) -> int | None:
    """The same moment in milliseconds since 1970; None for none."""
    text = moment(value)
    with contextlib.suppress(ValueError, TypeError):
        return round(datetime.fromisoformat(str(text).replace("Z", "+00:00")).timestamp() * 1000)
    return None


def duration(document: Mapping[str, Any]) -> float | None:
    """How long it took, in seconds; None while it goes on."""
    begun, ended = milliseconds(document.get("start-date")), milliseconds(document.get("end-date"))
    return None if begun is None or ended is None else round((ended - begun) / 1000, 3)


def error_of(document: Mapping[str, Any]) -> Document | None:
    """Why it failed: {message, item, line}, as far as the server tells; None where it did not fail.

    `line` is that of the script of the item.
    """
    if state_of(document) != "failed":
        return None
    text = str(document.get("content-exception") or "").strip()
    place = _PLACE.search(text)
    evaluated = _EVAL.search(text)
    line = int(evaluated["line"]) if evaluated else int(place["line"]) if place else None
    item = str(document.get("current-item-display-name") or "") or (place["item"] if place else "")
    return {"message": text, "item": item or None, "line": line}


def told(document: Mapping[str, Any], run: Run) -> Document:
    """An execution in the user's words, without what it gave back and without its log."""
    return {
        "id": run.id,
        "workflow": document.get("name"),
        "workflow_id": run.workflow_id,
        "state": state_of(document),
        "started": moment(document.get("start-date")),
        "ended": moment(document.get("end-date")),
        "duration": duration(document),
        "started_by": document.get("started-by"),
    }


def outcome(document: Mapping[str, Any]) -> Document:
    """What it gave back: `outputs` as plain YAML, and `error`. Secure strings are null."""
    return {"outputs": values.outputs(document.get("output-parameters")), "error": error_of(document)}
