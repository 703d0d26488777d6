"""One execution of a workflow: what it was given, how far it is, what it has said, how answers show it (section 8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .store import Parameter
from .values import Wire, is_secret, shown

INITIALIZING, RUNNING, WAITING, WAITING_SIGNAL = "initializing", "running", "waiting", "waiting-signal"
COMPLETED, FAILED, CANCELED = "completed", "failed", "canceled"
TERMINAL = frozenset({COMPLETED, FAILED, CANCELED})
SYSTEM_ORIGIN, SERVER_ORIGIN = "system", "server"
SEVERITIES = ("debug", "info", "warning", "error")
MOST_LINES = 20_000
"""What a script that never stops to talk leaves behind; the real limit is a size on disk."""


@dataclass(frozen=True)
class LogLine:
    """One line of the script log, or an event of the engine in it."""

    ms: int
    origin: str
    severity: str
    text: str
    details: str = ""


@dataclass(frozen=True)
class Event:
    """One line of the event log, which `System.log` does not reach."""

    ms: int
    severity: str
    user: str
    text: str
    details: str


@dataclass
class Question:
    """A user interaction that waits."""

    id: str
    title: str
    parameters: list[Parameter]
    mandatory: frozenset[str]
    labels: Mapping[str, str]
    answered: Callable[[dict[str, Wire | None]], None]
    """Goes on with the answers, by name."""
    asked: int = 0
    """Epoch milliseconds."""
    assignees: list[str] = field(default_factory=list)
    """Who may answer, beside administrators; nobody named: whoever may run the workflow."""


@dataclass
class Execution:
    """One execution. All times are epoch milliseconds of the simulator's clock."""

    id: str
    workflow_id: str
    name: str
    started_by: str
    started: int
    inputs: list[tuple[Parameter, Wire | None]]
    outputs: list[Parameter]
    state: str = INITIALIZING
    ended: int | None = None
    exception: str | None = None
    business_state: str | None = None
    current_item: str = ""
    """Display name of the item that it is at."""
    results: dict[str, Wire | None] = field(default_factory=dict)
    """Outputs by name, as far as they have been set."""
    lines: list[LogLine] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    question: Question | None = None
    """The one that waits."""
    questions: list[Question] = field(default_factory=list)
    """All that there were."""
    attributes: Callable[[], dict[str, Wire | None]] = dict
    """The workflow's own variables as they are now; set by whoever runs it."""
    abort: Callable[[], None] = lambda: None
    """Stops what is under way; set by whoever runs it."""

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen any more."""
        return self.state in TERMINAL

    def log(self, ms: int, origin: str, severity: str, text: str, details: str = "") -> None:
        """Adds a line."""
        if len(self.lines) < MOST_LINES:
            self.lines.append(LogLine(ms, origin, severity, text, details))

    def event(self, ms: int, text: str, details: str | None = None, severity: str = "info") -> None:
        """Adds an event; its long form is the short one where there is none (T5)."""
        self.events.append(Event(ms, severity, self.started_by, text, text if details is None else details))


def iso(ms: int) -> str:
    """As attributes have dates in every release: `2014-12-10T17:39:08.843Z`."""
    return f"{_date(ms)}Z"


def stamp(ms: int) -> str:
    """As log lines have them: `2026-04-21T10:48:52.172+00:00`."""
    return f"{_date(ms)}+00:00"


def epoch_ms(text: str) -> int:
    """Epoch milliseconds of an ISO date with `Z` or an offset, fractions or none; without a zone it is UTC, the
    server's. Raises ValueError."""
    cleaned = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", re.sub(r"[zZ]$", "+00:00", text.strip()))
    # Python 3.10 reads three or six digits of a fraction and nothing between.
    cleaned = re.sub(r"\.(\d+)", lambda found: f".{found[1][:6].ljust(6, '0')}", cleaned)
    moment = datetime.fromisoformat(cleaned)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() * 1000)


def _date(ms: int) -> str:
    moment = datetime.fromtimestamp(ms // 1000, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}"


@dataclass(frozen=True)
class Shapes:
    """How a release writes values: its generation, and where objects are."""

    generation: int
    href: Callable[..., str]
    """Address of a call below `/vco/api`, from its parts."""
    name_of: Callable[[str, str], str | None]
    """Display name of an object by type and id; None for one that is not there."""

    def value(self, declared: str, value: Wire | None) -> Wire | None:
        """A value for an answer; None where `value` is left out: nulls and secrets."""
        if value is None or is_secret(declared):
            return None
        return self._linked(shown(value, self.generation))

    def _linked(self, value: Wire) -> Wire | None:
        """Objects have their address and display name on read."""
        if not value:
            return value
        key, content = next(iter(value.items()))
        if key in ("secure-string", "encrypted-string"):
            return None
        if key == "array":
            return {key: {"elements": [self._linked(one) or {} for one in content["elements"]]}}
        if key in ("properties", "composite"):
            pairs = [(one, self._linked(one["value"])) for one in content["property"]]
            kept = [{**one, "value": made} if made is not None else _without_value(one) for one, made in pairs]
            return {key: {**content, "property": kept}}
        if key == "sdk-object":
            # Scripts and parameters call it a token, the catalog an execution.
            kind = "WorkflowExecution" if content["type"] == "WorkflowToken" else content["type"]
            space, _colon, name = kind.rpartition(":")
            shown_name = self.name_of(kind, content["id"])
            address = self.href("catalog", space or "System", name, content["id"])
            more = {} if shown_name is None else {"displayValue": shown_name}
            return {key: {**content, "href": address, **more}}
        return value

    def parameter(self, parameter: Parameter, value: Wire | None) -> dict[str, Any]:
        """A parameter with its value."""
        made = self.value(parameter.type, value)
        start = {} if made is None else {"value": made}
        return {**start, "type": parameter.type, "name": parameter.name, "scope": "local"}

    def moment(self, ms: int) -> int | str:
        """A date of an execution: a number before 8.x, a text from there on (section 18)."""
        return ms if self.generation < 8 else iso(ms)


def _without_value(one: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in one.items() if name != "value"}


def document(execution: Execution, shapes: Shapes) -> dict[str, Any]:
    """The execution as it is read. `execution-stack` and `workflow-item`, which `showDetails` adds, are left out:
    nobody has shown what is in them."""
    own = ("workflows", execution.workflow_id, "executions", execution.id)
    href = shapes.href(*own)
    body: dict[str, Any] = {
        "id": execution.id,
        "state": execution.state,
        "name": execution.name,
        "href": href,
        "start-date": shapes.moment(execution.started),
        "started-by": execution.started_by,
        "input-parameters": [shapes.parameter(one, value) for one, value in execution.inputs],
        "output-parameters": [shapes.parameter(one, execution.results.get(one.name)) for one in execution.outputs],
    }
    more: Sequence[tuple[str, Any]] = (
        ("end-date", None if execution.ended is None else shapes.moment(execution.ended)),
        ("content-exception", execution.exception),
        ("business-state", execution.business_state),
        ("current-item-display-name", execution.current_item or None),
        ("current-item-for-display", execution.current_item or None),
    )
    body |= {name: value for name, value in more if value is not None}
    relations = [{"rel": "up", "href": shapes.href(*own[:3])}, {"rel": "remove", "href": href}]
    relations += [{"rel": name, "href": shapes.href(*own, name)} for name in ("logs", "state")]
    if execution.question is not None:
        relations.append({"rel": "interaction", "href": shapes.href(*own, "interaction")})
    return {**body, "relations": {"link": relations}}


def attributes(execution: Execution) -> dict[str, object]:
    """What lists show of it; dates are ISO texts in every release (section 8.3)."""
    return {
        "id": execution.id,
        "startDate": iso(execution.started),
        "endDate": None if execution.ended is None else iso(execution.ended),
        "startedBy": execution.started_by,
        "state": execution.state,
        "name": execution.name,
        "currentItemDisplayName": execution.current_item or None,
    }
