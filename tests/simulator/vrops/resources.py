"""Resources: adapter instances and what they collect, in pages; a filter matches a part of a name (contract A6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..wire import Reply
from . import kinds
from .adapters import Adapters
from .exchange import Exchange, Refusal, body_of, invalid, not_found, number
from .state import Child, Instance, State

_PAGE, _MOST = 1000, 10_000


class Resources:
    """The calls about resources."""

    def __init__(self, state: State, adapters: Adapters) -> None:
        self._state, self._adapters = state, adapters

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /api/resources`."""
        return self._page(exchange, list(self._everything()))

    def of_kind(self, exchange: Exchange, kind: str) -> Reply:
        """`GET /api/adapterkinds/{key}/resources`."""
        kinds.find(kind)
        return self._page(exchange, [one for one in self._everything() if one["resourceKey"]["adapterKindKey"] == kind])

    def of_instance(self, exchange: Exchange, key: str) -> Reply:
        """`GET /api/adapters/{id}/resources`."""
        instance = self._adapters.find(key)
        return self._page(exchange, [self._child(instance, one) for one in self._state.children(instance)])

    def of_credential(self, exchange: Exchange, key: str) -> Reply:
        """`GET /api/credentials/{id}/resources`: the instances that use it, as resources."""
        users = self._adapters.users_of(key)
        return self._page(exchange, [self._instance(self._state.instances[one]) for one in users])

    def create(self, exchange: Exchange, key: str) -> Reply:
        """`POST /api/resources/adapters/{id}`: a resource of an instance, as clients of 6.x make them."""
        instance = self._adapters.find(key)
        known = ("resourceKey", "description", "resourceStatusStates", "geoLocation", "monitoringInterval")
        body = body_of(exchange.request, known, ("resourceKey",))
        given = body["resourceKey"]
        if not isinstance(given, dict) or not given.get("name"):
            raise invalid("resourceKey.name is required", "resourceKey.name")
        if (
            given.get("adapterKindKey") != instance.kind.key
            or given.get("resourceKindKey") not in instance.kind.children
        ):
            raise invalid("The resource kind is none of this adapter kind", "resourceKey.resourceKindKey")
        child = Child(self._state.new_id(), str(given["name"]), str(given["resourceKindKey"]))
        instance.children.append(child)
        return exchange.answer(self._child(instance, child), 201, "resource")

    def read(self, exchange: Exchange, key: str) -> Reply:
        """`GET /api/resources/{id}`."""
        return exchange.answer(self._find(key), root="resource")

    def remove(self, exchange: Exchange, key: str) -> Reply:
        """`DELETE /api/resources/{id}`: what was left over, or what an instance may find again."""
        self._find(key)
        if key in self._state.instances:
            # UNKNOWN: an instance may have to be deleted as such; refusing is the stricter reading.
            raise Refusal(400, "An adapter instance is deleted by /api/adapters.")
        self._state.left.pop(key, None)
        for instance in self._state.instances.values():
            instance.children = [one for one in instance.children if one.id != key]
        return Reply.empty()

    def switch(self, exchange: Exchange, key: str, on: bool) -> Reply:
        """`PUT /api/resources/{id}/monitoringstate/start` and `/stop`, as clients of 6.x start an instance."""
        self._find(key)
        instance = self._state.instances.get(key)
        if instance is not None:
            (self._state.start if on else self._state.stop)(instance)
        return Reply.empty(200)

    # How a resource looks

    def _find(self, key: str) -> dict[str, Any]:
        for one in self._everything():
            if one["identifier"] == key:
                return one
        raise not_found("resource", key)

    def _everything(self) -> Iterator[dict[str, Any]]:
        for instance in self._state.instances.values():
            yield self._instance(instance)
            for child in self._state.children(instance):
                yield self._child(instance, child)
        for instance, child in self._state.left.values():
            yield self._child(instance, child, left=True)

    def _status(self, instance: Instance) -> tuple[str, str, str]:
        """(state, status, message) of an instance."""
        state, problem = instance.state, self._state.problem(instance)
        if state in ("STARTED", "STOPPED") and self._state.in_maintenance(instance):
            state = "MAINTAINED_MANUAL" if instance.maintained_until is None else "MAINTAINED"
        if instance.state != "STARTED":
            return state, "NONE", ""
        return (state, "ERROR", problem) if problem else (state, "DATA_RECEIVING", "")

    def _instance(self, instance: Instance) -> dict[str, Any]:
        """An instance is a resource with its own id (INFERRED)."""
        state, status, message = self._status(instance)
        return self._told(
            instance.id, self._adapters.key(instance), instance.id, state, status, message, instance.minutes
        )

    def _child(self, instance: Instance, child: Child, left: bool = False) -> dict[str, Any]:
        key = {
            "name": child.name,
            "adapterKindKey": instance.kind.key,
            "resourceKindKey": child.kind,
            "resourceIdentifiers": [],
        }
        collects = not left and instance.state == "STARTED"
        state = "STARTED" if collects else "STOPPED"
        status = "NO_PARENT_MONITORING" if left else "DATA_RECEIVING" if collects else "NONE"
        return self._told(child.id, key, instance.id, state, status, "", instance.minutes)

    @staticmethod
    def _told(
        key: str, resource_key: dict[str, Any], instance: str, state: str, status: str, message: str, minutes: int
    ) -> dict[str, Any]:
        return {
            "creationTime": 1_700_000_000_000,
            "resourceKey": resource_key,
            "resourceStatusStates": [
                {
                    "adapterInstanceId": instance,
                    "resourceStatus": status,
                    "resourceState": state,
                    "statusMessage": message,
                }
            ],
            "resourceHealth": "GREEN" if status == "DATA_RECEIVING" else "GREY",
            "resourceHealthValue": 100.0 if status == "DATA_RECEIVING" else -1.0,
            "monitoringInterval": minutes,
            "identifier": key,
            "links": [{"href": f"/suite-api/api/resources/{key}", "rel": "SELF", "name": "linkToSelf"}],
        }

    @staticmethod
    def _page(exchange: Exchange, found: list[dict[str, Any]]) -> Reply:
        """One page of what the filters let through. `name` matches a part in any case (INFERRED), kinds match whole."""
        request = exchange.request
        kinds_wanted, of_kinds = request.query.get("adapterKind"), request.query.get("resourceKind")
        ids = request.query.get("resourceId")
        found = [
            one
            for one in found
            if (not kinds_wanted or one["resourceKey"]["adapterKindKey"] in kinds_wanted)
            and (not of_kinds or one["resourceKey"]["resourceKindKey"] in of_kinds)
            and (not ids or one["identifier"] in ids)
        ]
        parts = [part.lower() for part in request.query.get("name", [])]
        if parts:
            found = [one for one in found if any(part in one["resourceKey"]["name"].lower() for part in parts)]
        page, size = number(request, "page", 0), min(number(request, "pageSize", _PAGE), _MOST)
        if size < 1:
            raise Refusal(400, "pageSize must be greater than 0.")
        document = {
            "pageInfo": {
                "totalCount": len(found),
                "page": page,
                "pageSize": size,
                "sortBy": "resourceName",
                "sortOrder": "ASCENDING",
            },
            "links": [{"href": request.target, "rel": "SELF", "name": "current"}],
            "resourceList": found[page * size : (page + 1) * size],
        }
        return exchange.answer(document, root="resources")
