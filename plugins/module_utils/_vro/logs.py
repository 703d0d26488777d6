# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an execution logged, in the three ways that releases have it (contract vro-api.md, 8.4).

Before 7.4 there are the events of the engine only: what scripts log is not to be had over REST.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from .client import Vro
from .executions import Document, Pause, Run, error_of, milliseconds, moment, state_of

NONE, QUICK, COMPLETE = "none", "quick", "complete"
CHOICES = (NONE, QUICK, COMPLETE)
SETTLE = 1.5  # seconds after the end until the last line is readable
_SPELLED = {"warn": "warning", "warning": "warning"}
# Lines that carry the engine's own stack, for the product's client.
_STACK = ("__item_stack:/",)
_STACK_END = "*** End of execution stack."


def read(api: Vro, run: Run) -> list[Document]:
    """The log so far, oldest first: {time, severity, origin, text}. Raises HttpError.

    `origin` is `server` for an event of the engine and `system` for what a script logged; severities are debug, info,
    warning and error.
    """
    if api.has("script_log_by_get"):
        document = api.get(f"{run.path}/syslogs")
    elif api.has("script_log"):
        # Despite the name of its field it answers what is newer (contract 8.4); it writes nothing.
        body = {"severity": "debug", "older-than": 0}
        path = f"{run.path}/syslogs"
        document = api.parse(api.send("POST", path, json=body, repeatable=True), "POST", path)
    else:
        document = api.get(f"{run.path}/logs")
    listed = document.get("logs") if isinstance(document, dict) else None
    entries = [each.get("entry", each) for each in listed or [] if isinstance(each, dict)]
    found = [_line(each, api.has("script_log")) for each in entries]
    shown = [line for line in found if not line["text"].startswith(_STACK) and _STACK_END not in line["text"]]
    # Some lists are newest first. Lines of one moment keep their order of writing, which the sort does not touch.
    stamps = [milliseconds(line["time"]) or 0 for line in shown]
    if stamps and stamps[0] > stamps[-1]:
        shown.reverse()
    return sorted(shown, key=lambda line: milliseconds(line["time"]) or 0)


def _line(entry: Mapping[str, Any], scripts: bool) -> Document:
    severity = str(entry.get("severity") or "info").lower()
    text = str(entry.get("long-description") or entry.get("short-description") or "")
    if not scripts:  # an event: the short text is the whole sentence, the long one its details
        text = str(entry.get("short-description") or entry.get("long-description") or "")
    return {
        "time": moment(entry.get("time-stamp-val") or entry.get("time-stamp")),
        "severity": _SPELLED.get(severity, severity),
        "origin": str(entry.get("origin") or ("system" if scripts else "server")),
        "text": text,
    }


def of_ended(
    api: Vro,
    run: Run,
    document: Mapping[str, Any],
    how: str,
    pause: Pause,
    ended_ago: float = 0.0,
    clock: Callable[[], float] = time.monotonic,
) -> list[Document]:
    """The log of an execution that has ended, read as `how` says; a failed one's is always waited for.

    `ended_ago` is how many seconds ago it was seen to have ended. Raises HttpError.
    """
    if how == NONE:
        return []
    begun = clock()
    found = read(api, run)
    patient = how == COMPLETE or state_of(document) == "failed"
    if not patient or not api.has("script_log"):
        return found
    left = SETTLE - ended_ago - (clock() - begun)
    if left > 0:
        pause(left)
        found = read(api, run)
    return found


def explained(api: Vro, run: Run, document: Mapping[str, Any]) -> Document | None:
    """Why an execution failed, as executions.error_of; where the record does not say it, its events do.

    Raises HttpError.
    """
    error = error_of(document)
    if error is None or error["message"]:
        return error
    # Releases before 8 tell it in the events (contract 8.2: content-exception is a key of 8.x).
    events = api.find(f"{run.path}/logs")
    listed = events.get("logs") if isinstance(events, dict) else None
    texts = []
    for each in listed or []:
        entry = each.get("entry", each)
        if str(entry.get("severity")).lower() == "error":
            texts.append(str(entry.get("long-description") or entry.get("short-description") or ""))
    fullest = max(texts, key=len, default="")
    again = error_of({**document, "content-exception": fullest})
    return again if again is None or fullest else {**again, "message": "the server does not tell why"}
