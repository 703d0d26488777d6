# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The run of a module: options, login, find, plan, apply, read back, result. The only room that knows AnsibleModule.

A module is one of four shapes: a `Resource` (one object that is present or absent), a `Setting` (a part of a
configuration, which is always there), a `Collection` (many objects in one task) or an `Info` (reads a list); anything
else is a plain `Definition`. Each says what a thing is; what to do follows from the plan, so check mode, diff,
idempotence and the look-up of a lost reply are written here once.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib

from ._address import login_part
from ._command import CommandError
from ._http import HttpError, MissingLibrary
from ._options import PRODUCTS
from ._parallel import in_flight
from ._plan import CREATE, DELETE, UPDATE, Field, InputError, Plan, Values, given, plan, plan_many
from ._remedies import remedy
from ._wait import TaskFailed, WaitTimeout, wait_for

Params = Mapping[str, Any]

# Who is told of the progress of a long task while it runs: the display of Ansible where the module runs in its process
# (plugin_utils/in_process.py), else the system's log.
watcher: Callable[[str], None] | None = None

# Sentences of failures that say what is known of the work done before them.
LOOKS_FIRST = "Run the task again: it looks first."
UNKNOWN = f"Whether it was carried out is not known. {LOOKS_FIRST}"
NOT_BEGUN = "not begun, because fail_fast is set"

STATE_SPEC: dict[str, Any] = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}


def connection_spec(product: str) -> dict[str, Any]:
    """The argument spec of a product's connection options, environment fallbacks included."""
    spec: dict[str, Any] = {}
    for option in PRODUCTS[product]:
        # Said of every option, because Ansible takes some for secrets by their names (vcd_api_token_org).
        entry: dict[str, Any] = {"type": option.type, "fallback": (env_fallback, [option.env]), "no_log": option.secret}
        if option.default is not None:
            entry["default"] = option.default
        if option.required:
            entry["required"] = True
        if option.choices:
            entry["choices"] = list(option.choices)
        spec[option.name] = entry
    return spec


class Failure(Exception):
    """A failure with more to tell than a sentence: `result` is merged into what the module returns."""

    def __init__(self, message: str, **result: Any) -> None:
        self.result = result
        super().__init__(message)


@dataclass
class Context:
    """What one execution has at hand: the logged-in client, the options, the mode, and where warnings go.

    `hide` takes secrets that only the server's own types make secret: results do not show them, nor the arguments.
    `no_log` tells that the task says so: nobody but its register sees the result.
    """

    api: Any
    params: Params
    check_mode: bool
    warn: Callable[[str], None]
    want_diff: bool = True
    wait: dict[str, int] = field(default_factory=dict)
    tell: Callable[[str], None] = lambda text: None
    hide: Callable[[Iterable[str]], None] = lambda secrets: None
    no_log: bool = False

    def identify(self, kind: str, name: str, tenant: str | None = None) -> dict[str, Any]:
        """The `object` of a diff entry: what the drift page groups by."""
        about = {"kind": kind, "name": name, "site": self.api.site, "endpoint": self.api.endpoint}
        return {**about, "tenant": tenant} if tenant else about

    def missing(self, text: str) -> None:
        """Refuse because of something that does not exist; `text` is a sentence without its full stop.

        In check mode it is a warning, because an earlier task of the run may have created it. Raises InputError.
        """
        sentence = text if text.endswith("?") else f"{text}."
        if not self.check_mode:
            raise InputError(f"{sentence} Nothing was changed.")
        self.warn(f"{sentence} Predicted as if an earlier task of this run created it.")

    def diff_entry(self, step: Plan, kind: str, name: str, tenant: str | None = None) -> dict[str, Any]:
        """One entry of a result's `diff`: the managed fields that differ, and which object they belong to."""
        before, after = step.difference()
        header = f"{kind} {name}" + (f" ({self.api.site})" if self.api.site else "")
        return {
            "before": before,
            "after": after,
            "before_header": header,
            "after_header": header,
            "object": self.identify(kind, name, tenant),
        }


class Definition:
    """What all shapes share. `noun` names the result, `product` the connection options.

    `waits` is the default of wait_timeout in seconds, None for a module that never waits.
    """

    noun: ClassVar[str]
    product: ClassVar[str] = "vcav"
    waits: ClassVar[int | None] = None

    @staticmethod
    def connect(params: Params) -> AbstractContextManager[Any]:
        """A logged-in client of the product. Raises InputError, HttpError."""
        raise TypeError("a definition names its product's connect")

    def spec(self) -> dict[str, Any]:
        """The options of this module beside connection, state and waiting."""
        return {}

    def rules(self) -> dict[str, Any]:
        """Constraints for AnsibleModule: mutually_exclusive, required_if and their like."""
        return {}

    def full_spec(self) -> dict[str, Any]:
        """The whole argument spec."""
        waiting = {
            "wait_timeout": {"type": "int", "default": self.waits},
            "wait_interval": {"type": "int", "default": 2},
        }
        return {**connection_spec(self.product), **({} if self.waits is None else waiting), **self.spec()}

    def secrets(self, params: Params) -> Iterable[str]:
        """Secrets in options that are not secret as a whole; called first, so that no message or result shows them."""
        return ()

    def validate(self, params: Params) -> None:
        """Refuse what cannot be before anything is sent. Raises InputError."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Do the work and return the module's result."""
        raise TypeError(f"{type(self).__name__} has no execute")


class Resource(Definition):
    """One object, found by its key, present or absent. Objects are dicts in the product's words ("wire")."""

    fields: ClassVar[Mapping[str, Field]]
    key: ClassVar[str] = "name"

    def full_spec(self) -> dict[str, Any]:
        return {**super().full_spec(), **STATE_SPEC}

    def find(self, context: Context) -> Any | None:
        """The wire object, None when there is none."""
        raise TypeError(f"{type(self).__name__} has no find")

    def read(self, context: Context, wire: Any) -> Values:
        """The wire object in the user's words."""
        raise TypeError(f"{type(self).__name__} has no read")

    def wanted(self, context: Context) -> Values:
        """What the user set, in the user's words. Raises InputError for what this release cannot have."""
        return given(context.params, self.fields)

    def managed(self, context: Context) -> Mapping[str, Field]:
        """The fields that this release has."""
        return self.fields

    def label(self, context: Context) -> str:
        """The name under which diffs and messages know the object."""
        return str(context.params[self.key])

    def before_delete(self, context: Context, wire: Any) -> None:
        """Refuse a deletion that cannot be. Raises InputError."""

    def more(self, context: Context, step: Plan) -> dict[str, Any]:
        """Further return values, the same in check mode as in the run; called before the first write."""
        return {}

    def advise(self, context: Context, step: Plan) -> None:
        """Warn about what the plan does not show. Called once, before the first write and in check mode too."""

    def create(self, context: Context, values: Values) -> None:
        """Create the object and wait until it exists."""
        raise TypeError(f"{type(self).__name__} has no create")

    def update(self, context: Context, wire: Any, values: Values) -> None:
        """Change the object; `values` are all that the user set."""
        raise TypeError(f"{type(self).__name__} has no update")

    def delete(self, context: Context, wire: Any) -> None:
        """Remove the object and wait until it is gone."""
        raise TypeError(f"{type(self).__name__} has no delete")

    def _plan(self, context: Context) -> tuple[Plan, Any | None]:
        wire = self.find(context)
        present = None if wire is None else self.read(context, wire)
        wanted = None if context.params.get("state") == "absent" else self.wanted(context)
        step = plan(self.managed(context), present, wanted)
        if step.action == DELETE:
            self.before_delete(context, wire)
        return step, wire

    def _perform(self, context: Context, step: Plan, wire: Any | None) -> None:
        if step.action == CREATE:
            self.create(context, step.values)
        elif step.action == UPDATE:
            self.update(context, wire, step.values)
        elif step.action == DELETE:
            self.delete(context, wire)

    def execute(self, context: Context) -> dict[str, Any]:
        step, wire = self._plan(context)
        self.advise(context, step)
        result: dict[str, Any] = {"changed": step.is_change, self.noun: step.after, **self.more(context, step)}
        if step.is_change:
            if context.want_diff:
                result["diff"] = [context.diff_entry(step, self.noun, self.label(context))]
            if not context.check_mode:
                try:
                    self._perform(context, step, wire)
                except HttpError as lost:
                    # The write may have been made although its answer was lost: look, never repeat blindly.
                    if not lost.outcome_unknown:
                        raise
                    sentence = f"Before that, the answer to {lost.method} {lost.path} was lost. {UNKNOWN}"
                    with _told(sentence):
                        again, wire = self._plan(context)
                    if again.is_change:
                        self._perform(context, again, wire)
                with _told(f"Before that, the {step.action} was accepted. {LOOKS_FIRST}"):
                    self._verify(context, step)
        return result

    def _verify(self, context: Context, step: Plan) -> None:
        """Read back what was written. Raises Failure where the server did not keep it."""
        left, _unused = self._plan(context)
        if not left.is_change:
            return
        before, after = left.difference()
        raise Failure(
            f"{self.noun} {self.label(context)}: the server accepted the {step.action} but did not keep it: "
            f"it holds {before or 'nothing'} where {after or 'nothing'} was asked for. Somebody else may be changing "
            "the same object; run the task again.",
            **{self.noun: before},
        )


class Setting(Resource):
    """A part of a service's configuration: always there, so it is changed but neither created nor removed.

    `find` always returns something, and `read` gives fields that are not set as None.
    """

    def full_spec(self) -> dict[str, Any]:
        return Definition.full_spec(self)

    def label(self, context: Context) -> str:
        """A service has one of each setting: the site's name says which, or the address before it has one."""
        return str(context.api.site or context.api.endpoint)


class Collection(Definition):
    """Many small objects in one task: one read, a computed change list, a bounded number of requests in flight.

    Keys are in the user's words; `item_key` names the key in results.
    """

    fields: ClassVar[Mapping[str, Field]]
    item_key: ClassVar[str]

    def full_spec(self) -> dict[str, Any]:
        switches = {"prune": {"type": "bool", "default": False}, "fail_fast": {"type": "bool", "default": False}}
        return {**super().full_spec(), **switches}

    def wanted(self, params: Params) -> dict[str, Values]:
        """What the user set, by key. Raises InputError (a key given twice, say)."""
        raise TypeError(f"{type(self).__name__} has no wanted")

    def validate(self, params: Params) -> None:
        self._wanted = self.wanted(params)

    def present(self, context: Context, wanted: Mapping[str, Values], everything: bool) -> dict[str, Values]:
        """What is, by key: at least for the keys of `wanted`; with `everything` also what pruning would touch.

        It may put the values of `wanted` into the server's spelling.
        """
        raise TypeError(f"{type(self).__name__} has no present")

    def pruned(self, context: Context) -> Values | None:
        """What an object that is pruned becomes; None when it is removed."""
        return None

    def check(self, context: Context, plans: Mapping[str, Plan]) -> None:
        """Refuse what cannot be, before the first write. Raises InputError."""

    def turns(self, changes: Mapping[str, Plan]) -> list[Mapping[str, Plan]]:
        """The changes in groups, each of which begins when the one before it has ended."""
        return [changes]

    def apply(self, context: Context, key: str, step: Plan) -> None:
        """Carry out one change. Called from several threads."""
        raise TypeError(f"{type(self).__name__} has no apply")

    def tenant(self, key: str) -> str | None:
        """The organization that a key belongs to, for the drift page."""
        return None

    def diff(self, context: Context, key: str, step: Plan) -> dict[str, Any]:
        """The entry of the result's `diff` for one object."""
        return context.diff_entry(step, self.noun, key, self.tenant(key))

    def rows(self, context: Context, final: Mapping[str, Values]) -> list[Values]:
        """The noun's list: all objects as they are in the end, sorted by key."""
        return [{self.item_key: key, **values} for key, values in final.items()]

    def execute(self, context: Context) -> dict[str, Any]:
        prune = bool(context.params["prune"])
        wanted = self._wanted
        present = self.present(context, wanted, prune)
        targets: dict[str, Values | None] = dict(wanted)
        if prune:
            extra = [key for key in sorted(present) if key not in targets]
            targets.update({key: self.pruned(context) for key in extra})
        plans = plan_many(self.fields, present, targets)
        changes = {key: step for key, step in plans.items() if step.is_change}
        self.check(context, changes)
        errors = {} if context.check_mode else self._carry_out(context, changes)
        final = {key: (step.before if key in errors else step.after) for key, step in plans.items()}
        result: dict[str, Any] = {
            "changed": len(changes) > len(errors),
            self.noun: self.rows(context, {key: final[key] for key in sorted(final) if final[key]}),
            "outcomes": [
                {
                    self.item_key: key,
                    **{name: final[key][name] for name in step.changed if name in final[key]},
                    "changed": key not in errors,
                    **({"error": errors[key]} if key in errors else {}),
                }
                for key, step in changes.items()
            ],
        }
        if context.want_diff and changes:
            result["diff"] = [self.diff(context, key, step) for key, step in changes.items() if key not in errors]
        if errors:
            failed = [key for key, text in errors.items() if text != NOT_BEGUN]
            idle = f", {len(errors) - len(failed)} were not begun because of fail_fast" * (len(failed) < len(errors))
            raise Failure(
                f"{self.noun}: {len(failed)} of {len(changes)} changes failed{idle}, "
                f"{len(changes) - len(errors)} were made. First: {failed[0]}: {errors[failed[0]].rstrip('.')}. "
                "The result's outcomes name each; running the task again repairs the rest.",
                **result,
            )
        return result

    def _carry_out(self, context: Context, changes: Mapping[str, Plan]) -> dict[str, str]:
        """Apply all changes and read back; returns an error text per key that failed or was not begun."""
        if not changes:
            return {}
        errors, unknown = self._apply_all(context, changes, bool(context.params["fail_fast"]))
        made = {key: step for key, step in changes.items() if key not in errors}
        sent = (
            f"Before that, {len(made)} of {len(changes)} changes were sent; they could not be read back. {LOOKS_FIRST}"
        )
        with _told(sent):
            errors.update(self._read_back(context, made, unknown))
        return {key: errors[key] for key in changes if key in errors}

    def _read_back(self, context: Context, made: Mapping[str, Plan], unknown: Mapping[str, str]) -> dict[str, str]:
        """Wait until the changes can be read, making again what was lost; an error text per key that is not there."""
        errors: dict[str, str] = {}
        # Changes whose reply was lost are looked up first and made again only where they are not there.
        lost = {key: made[key] for key in self._missing(context, made) if key in unknown} if unknown else {}
        if lost:
            errors.update(self._apply_all(context, lost, bool(context.params["fail_fast"]))[0])
        made = {key: step for key, step in made.items() if key not in errors}
        if made:
            try:
                wait_for(
                    lambda: self._missing(context, made),
                    lambda missing: not missing,
                    timeout=context.wait["timeout"],
                    interval=context.wait["interval"],
                )
            except WaitTimeout as late:
                missing = late.last if isinstance(late.last, dict) else {}
                errors.update({key: unknown.get(key, text) for key, text in missing.items()})
        return errors

    def _apply_all(
        self, context: Context, changes: Mapping[str, Plan], fail_fast: bool
    ) -> tuple[dict[str, str], dict[str, str]]:
        """(errors, changes with unknown outcome), each a text by key."""
        errors: dict[str, str] = {}
        unknown: dict[str, str] = {}
        begun: set[str] = set()

        def work(key: str) -> None:
            self.apply(context, key, changes[key])

        for turn in self.turns(changes):
            if fail_fast and errors:
                break
            for key, _nothing, fault in in_flight(work, turn, stop=lambda: fail_fast and bool(errors)):
                begun.add(key)
                if isinstance(fault, HttpError) and fault.outcome_unknown:
                    unknown[key] = str(fault)
                elif isinstance(fault, (HttpError, TaskFailed)):
                    errors[key] = str(fault)
                elif fault is not None:
                    raise fault
        errors.update({key: NOT_BEGUN for key in changes if key not in begun})
        return errors, unknown

    def _missing(self, context: Context, made: Mapping[str, Plan]) -> dict[str, str]:
        """Read back; a text for every key whose change is not there."""
        now = self.present(context, {key: step.after for key, step in made.items()}, False)
        missing = {}
        for key, step in made.items():
            left = plan(self.fields, now.get(key), None if step.action == DELETE else step.after)
            if left.is_change:
                missing[key] = f"the server accepted the change but holds {left.difference()[0] or 'nothing'}"
        return missing


class Info(Definition):
    """Reads a list of objects; filters go to the server where it has them."""

    def fetch(self, context: Context) -> list[Any]:
        """The objects in the user's words, in a stable order."""
        raise TypeError(f"{type(self).__name__} has no fetch")

    def more(self, context: Context) -> dict[str, Any]:
        """Further return values; called after fetch."""
        return {}

    def execute(self, context: Context) -> dict[str, Any]:
        return {"changed": False, self.noun: self.fetch(context), **self.more(context)}


def run(definition: Definition) -> None:
    """The `main()` of a module: never returns, never lets a traceback out."""
    module = AnsibleModule(argument_spec=definition.full_spec(), supports_check_mode=True, **definition.rules())
    # An address with a password in it is refused, but ansible-core would still show it among the arguments.
    module.no_log_values.update(filter(None, map(login_part, module.params.values())))
    module.no_log_values.update(filter(None, definition.secrets(module.params)))
    with _explained(module):
        definition.validate(module.params)
        with definition.connect(module.params) as api:
            waits = {"timeout": module.params.get("wait_timeout"), "interval": module.params.get("wait_interval")}
            context = Context(
                api=api,
                params=module.params,
                check_mode=module.check_mode,
                warn=module.warn,
                want_diff=bool(module._diff),
                wait=waits if definition.waits is not None else {},
                tell=watcher or module.log,
                hide=lambda secrets: module.no_log_values.update(filter(None, secrets)),
                no_log=bool(module.no_log),
            )
            result = definition.execute(context)
        module.exit_json(**result)


@contextlib.contextmanager
def _told(sentence: str) -> Iterator[None]:
    """A request that fails inside also tells what had been done before it."""
    try:
        yield
    except HttpError as problem:
        problem.advice = f"{sentence} {remedy(problem)}".rstrip()
        raise


@contextlib.contextmanager
def _explained(module: AnsibleModule) -> Iterator[None]:
    """Turn every exception into a failed result that says what was tried, what was answered and what to do."""
    try:
        yield
    except InputError as problem:
        module.fail_json(msg=str(problem))
    except Failure as problem:
        module.fail_json(msg=str(problem), **problem.result)
    except HttpError as problem:
        advice = remedy(problem)
        if problem.outcome_unknown:
            advice = f"{UNKNOWN} {advice}".rstrip()
        text = str(problem).rstrip(".")
        module.fail_json(msg=f"{text}. {advice}" if advice else text, error=problem.as_dict())
    except CommandError as problem:
        module.fail_json(msg=str(problem), error=problem.as_dict())
    except TaskFailed as problem:
        module.fail_json(msg=str(problem), error={**problem.error, "task": problem.task})
    except WaitTimeout as problem:
        module.fail_json(msg=f"{problem}; last state: {problem.last!r}; last fault: {problem.fault}")
    except MissingLibrary as problem:
        module.fail_json(msg=missing_required_lib(problem.library), exception=str(problem))
    except Exception as problem:
        module.fail_json(
            msg=f"vcpp.vcloud made a mistake ({type(problem).__name__}: {problem}); please report it with this task's "
            "options and the output of -vvv. What the task had already done is not undone.",
            exception=traceback.format_exc(),
        )


__all__ = ["Collection", "Context", "Definition", "Failure", "Info", "InputError", "Resource", "Setting", "run"]
