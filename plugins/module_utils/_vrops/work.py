# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task's work on one adapter instance: what it orders, what is tested before, and the calls in their order.

Making one is: test the connection, create, accept its certificates, start, wait (contract A5, lifecycle).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._plan import CREATE, Plan, Values, given, plan
from . import collectors, instances, kinds, matching
from .client import Vrops
from .collectors import COLLECTOR, GROUP
from .instances import Instance, Names, Order

# What is in the instance's document, and what changes the way to its target.
_DOCUMENT = ("name", "description", "identifiers", "credential", COLLECTOR, GROUP, "monitoring_interval")
_WAY = ("identifiers", "credential", COLLECTOR, GROUP)
_TROUBLED = ("ERROR", "DOWN", "NO_DATA_RECEIVING")

Params = Mapping[str, Any]


class Reading:
    """What is read of a kind's instances: once for one task, however many of them it is about.

    `many`: the states of all come in one list too, instead of each by itself.
    """

    def __init__(self, api: Vrops, kind: str, many: bool = False) -> None:
        """Raises HttpError."""
        self._api = api
        self.rows = instances.list_of(api, kind)
        self.names = Names(api, kind)
        self._states = instances.states(api, self.rows) if many else None

    def look(self, row: Mapping[str, Any]) -> Instance:
        """An instance with its state. Raises HttpError."""
        if self._states is None:
            return instances.look(self._api, row)
        return instances.with_state(row, self._states.get(str(row["id"])))


class Work:
    """The work on one instance. `missing` refuses, or warns in check mode, of what an earlier task may have made."""

    def __init__(
        self,
        api: Vrops,
        params: Params,
        reading: Reading,
        missing: Callable[[str], None],
        warn: Callable[[str], None],
        hide: Callable[[Iterable[str]], None],
    ) -> None:
        self.api, self.params = api, params
        self._missing, self._warn, self._hide = missing, warn, hide
        self.reading, self.names = reading, reading.names
        self._order = Order({}, {})
        self._unique_changes = False
        self._nameless = False  # a new one without what says which one it is: of a check run only
        self._tested: dict[str, Any] | None = None
        self._values: Values = {}

    def find(self) -> Instance | None:
        """The instance that the task means, with its state where that matters. Raises InputError, HttpError."""
        params = self.params
        gone = params["state"] == "absent"
        row = matching.choose(
            self.reading.rows,
            params["name"],
            instances.texts(params["identifiers"]),
            recreate=params["recreate"],
            gone=gone,
        )
        if row is None:
            return None
        return Instance(row) if gone else self.reading.look(row)

    def read(self, instance: Instance) -> Values:
        """The instance in the user's words."""
        return instances.read(instance, self.names, self.params)

    def wanted(self, instance: Instance | None) -> Values:
        """What the task describes, in the user's words. Raises InputError, HttpError."""
        params, row = self.params, None if instance is None else instance.row
        values = given(params, instances.FIELDS)
        held, known = instances.hold(self.api, params, row, self._missing)
        self._nameless = row is None and any(each.unique and not held.get(name) for name, each in known.items())
        secrets = {name: value for name, value in held.items() if known[name].type == kinds.SECRET}
        if secrets:
            self.api.hide(*secrets.values())
            self._hide(secrets.values())
        plain = {name: value for name, value in held.items() if name not in secrets}
        present = matching.values_of(row) if row else {}
        values["identifiers"] = instances.merged(plain, known, present)
        self._unique_changes = row is not None and any(
            each.unique and not matching.same(present.get(name), values["identifiers"].get(name))
            for name, each in known.items()
        )
        ids = {option: key for option in ("credential", COLLECTOR, GROUP) if (key := self._id(option))}
        self._order = Order({**values, "name": params["name"]}, ids, secrets)
        if instance is not None and instance.state == "STARTED" and instance.status in _TROUBLED:
            shown = self._untrusted_now(instance)
            if shown:
                values["accepted_certificates"] = shown
        self._values = values
        return values

    def _id(self, option: str) -> str | None:
        """The id of what an option names; None where it is left out, cleared, or may come in check mode."""
        text = self.params[option]
        if not text:
            return None
        known = self.names.of(option)
        if option != "credential":
            return collectors.resolve(option, text, known)
        found = [key for key, name in known.items() if text in (key, name)]
        if not found:
            hint = kinds.hint(text, known.values())
            said = "" if hint == "." else hint
            self._missing(f"credential is {text!r}: {self.params['adapter_kind']} has no credential of this name{said}")
        return found[0] if found else None

    def _untrusted_now(self, instance: Instance) -> list[str]:
        """Certificates that keep an instance from collecting, where the task says which ones it accepts."""
        if not (self.params["accept_any_certificate"] or self.params["accept_thumbprints"]):
            return []
        self._tested = instances.probe(self.api, Order.again(instance.row, self._order), self._warn)
        shown = instances.untrusted(self._tested)
        instances.refuse_certificates(self.params, self.params["name"], shown, "Nothing was changed.")
        return [instances.colons(one) for one in shown]

    def prepare(self, step: Plan, instance: Instance | None) -> None:
        """Test the connection before the first write, in check mode too: nothing is kept of it.

        Raises InputError for a certificate that nobody accepts, HttpError.
        """
        making = step.action == CREATE or self._unique_changes
        if not self.params["test_connection"] or not (making or set(step.changed) & set(_WAY)):
            return
        if self._nameless or (self.params["credential"] and not self._order.id_of("credential")):
            return  # check mode: an earlier task of the run would have made it
        order = self._order if instance is None else Order.again(instance.row, self._order)
        self._tested = instances.probe(self.api, order, self._warn)
        shown = instances.untrusted(self._tested)
        instances.refuse_certificates(self.params, self.params["name"], shown, "Nothing was changed.")

    def create(self, values: Values, wait: Mapping[str, int]) -> None:
        """Make the instance. Raises InputError, HttpError, TaskFailed."""
        order = Order({**values, "name": self.params["name"]}, self._order.ids, self._order.secrets)
        self._make(order, values.get("running"), values.get("maintenance"), wait)

    def _make(self, order: Order, running: Any, maintenance: Any, wait: Mapping[str, int]) -> None:
        key = instances.create(self.api, order, self.params, self._tested)
        if running:
            self._start(key, wait)
        if maintenance:
            instances.maintain(self.api, key, True, self.params["maintenance_minutes"])

    def _start(self, key: str, wait: Mapping[str, int]) -> None:
        seen = instances.switch(self.api, key, True, **wait)
        if seen.status in _TROUBLED:
            self._warn(f"{self.params['name']} runs but collects nothing: {seen.message or seen.status}")

    def update(self, instance: Instance, wait: Mapping[str, int]) -> None:
        """Change the instance, or make it anew. Raises InputError, HttpError, TaskFailed."""
        step = plan(instances.FIELDS, self.read(instance), self._values)
        changed, after = set(step.changed), step.after
        order = Order.again(instance.row, self._order)
        if self._unique_changes:
            instances.delete(self.api, instance.id, self.params["delete_resources"], **wait)
            self._make(order, after.get("running"), after.get("maintenance"), wait)
            return
        if changed & set(_DOCUMENT):
            instances.update(self.api, instance, order)
        if instances.untrusted(self._tested):
            # What was just written is what the certificates are accepted for.
            now = self.api.request("GET", f"{instances.PATH}/{instance.id}")
            instances.accept(self.api, Instance(now), self._tested or {})
        if "maintenance" in changed:
            instances.maintain(self.api, instance.id, after["maintenance"], self.params["maintenance_minutes"])
        if "running" in changed:
            if after["running"]:
                self._start(instance.id, wait)
            else:
                instances.switch(self.api, instance.id, False, **wait)

    def delete(self, instance: Instance, wait: Mapping[str, int]) -> None:
        """Remove the instance and wait until it is gone. Raises HttpError, TaskFailed."""
        instances.delete(self.api, instance.id, self.params["delete_resources"], **wait)
