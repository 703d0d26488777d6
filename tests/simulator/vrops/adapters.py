"""Adapter instances, with the traps of contract A5.

Identifiers are {name, value} on the way in and {identifierType, value} on the way out, the collector's id is a text in
and a number out, the credential an object in and an id out; the name lives in `resourceKey` once the instance exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..wire import Reply
from . import kinds, releases
from .credentials import Credentials
from .exchange import Exchange, Refusal, body_of, flag, invalid, not_found, number
from .kinds import AdapterKind
from .state import COLLECTORS, Instance, State, target_of

_NEW = (
    "name description adapterKindKey collectorId collectorGroupId resourceIdentifiers credential monitoringInterval "
    "monitoringIntervalSeconds physicalDatacenterId"
).split()
_WHOLE = (
    "id resourceKey description collectorId collectorGroupId credentialInstanceId monitoringInterval lastCollected "
    "monitoringIntervalSeconds lastHeartbeat numberOfMetricsCollected numberOfResourcesCollected physicalDatacenterId "
    "messageFromAdapterInstance adapter-certificates"
).split()
_METRICS_PER_OBJECT = 20


class Adapters:
    """The calls about adapter instances."""

    def __init__(self, state: State, credentials: Credentials, release: str) -> None:
        self._state, self._credentials, self._release = state, credentials, release
        self._tested: dict[str, set[str]] = {}
        """Thumbprints that were accepted for a target by a tested connection, before there was an instance."""

    def clear(self) -> None:
        """Forget what was tested."""
        self._tested.clear()

    # How an instance looks

    def key(self, instance: Instance) -> dict[str, Any]:
        """Its `resourceKey`: every identifier of the kind, those without a value too."""
        return {
            "name": instance.name,
            "adapterKindKey": instance.kind.key,
            "resourceKindKey": instance.kind.instance_kind,
            "resourceIdentifiers": [
                {"identifierType": one.told(), "value": instance.identifiers.get(one.name, "")}
                for one in instance.kind.identifiers
            ],
        }

    def told(self, instance: Instance, certificates: bool = False) -> dict[str, Any]:
        """An instance as it is read; `certificates`: with those that are presented and not accepted."""
        count = len(self._state.children(instance))
        document: dict[str, Any] = {
            "resourceKey": self.key(instance),
            "description": instance.description,
            "collectorId": instance.collector,
            "collectorGroupId": instance.group,
            "credentialInstanceId": instance.credential,
            "monitoringInterval": instance.minutes,
            "monitoringIntervalSeconds": instance.seconds,
            "numberOfMetricsCollected": _METRICS_PER_OBJECT * count if instance.last_collected else 0,
            "numberOfResourcesCollected": count,
            "lastHeartbeat": self._state.now() if instance.state == "STARTED" else instance.last_collected,
            "lastCollected": instance.last_collected,
            "messageFromAdapterInstance": self._state.problem(instance) if instance.state == "STARTED" else "",
            "links": [
                {"href": f"/suite-api/api/adapters/{instance.id}", "rel": "SELF", "name": "linkToSelf"},
                {"href": f"/suite-api/api/resources/{instance.id}", "rel": "RELATED", "name": "relatedResource"},
            ],
            "id": instance.id,
        }
        if instance.datacenter:
            document["physicalDatacenterId"] = instance.datacenter
        if certificates:
            document["adapter-certificates"] = [
                self._certificate(instance, one) for one in self._state.untrusted(instance)
            ]
        return document

    def _certificate(self, instance: Instance, thumbprint: str) -> dict[str, str]:
        host, _tls = target_of(instance.kind, instance.identifiers)
        return {
            "thumbprint": thumbprint,
            "certificateDetails": f"[ Version: V3 Subject: CN={host} Signature Algorithm: SHA256withRSA ]",
            "issuedTo": f"CN={host}",
            "issuedBy": f"CN={host}",
            "expires": "Tue Jul 08 11:26:30 UTC 2036",
        }

    def find(self, key: str) -> Instance:
        """Raises Refusal."""
        if key not in self._state.instances:
            raise not_found("adapter instance", key)
        return self._state.instances[key]

    # Reading

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /api/adapters`."""
        wanted = exchange.request.query.get("adapterKindKey")
        found = [one for one in self._state.instances.values() if not wanted or one.kind.key in wanted]
        if wanted and not found:
            # Documented: 404 when there is none; an empty list is what others saw.
            raise Refusal(404, "No adapter instance found.")
        return exchange.answer({"adapterInstancesInfoDto": [self.told(one) for one in found]}, root="adapter-instances")

    def of_collector(self, exchange: Exchange, collector: str) -> Reply:
        """`GET /api/collectors/{id}/adapters`."""
        if collector not in {one[0] for one in COLLECTORS}:
            raise not_found("collector", collector)
        found = [one for one in self._state.instances.values() if str(one.collector) == collector]
        return exchange.answer({"adapterInstancesInfoDto": [self.told(one) for one in found]}, root="adapter-instances")

    def users_of(self, key: str) -> list[str]:
        """Ids of the instances that use a credential. Raises Refusal."""
        return self._credentials.users(self._credentials.find(key))

    def of_credential(self, exchange: Exchange, key: str) -> Reply:
        """`GET /api/credentials/{id}/adapters`."""
        found = [self.told(self._state.instances[one]) for one in self.users_of(key)]
        return exchange.answer({"adapterInstancesInfoDto": found}, root="adapter-instances")

    def read(self, exchange: Exchange, key: str) -> Reply:
        """`GET /api/adapters/{id}`."""
        return exchange.answer(self.told(self.find(key)), root="adapter-instance")

    # Writing

    def create(self, exchange: Exchange) -> Reply:
        """`POST /api/adapters`. With `force` (the default; 8.x and newer) also where the target does not answer."""
        body = body_of(exchange.request, _NEW, ("name", "adapterKindKey"))
        instance = self._made(body, flag(exchange.request, "extractIdentifierDefaults", False))
        self._alone(instance)
        forced = flag(exchange.request, "force", True) or not releases.has(self._release, "force")
        host, _tls = target_of(instance.kind, instance.identifiers)
        if not forced and not self._state.is_reachable(host):
            raise Refusal(400, f"Unable to establish a connection to {host}.")
        instance.credential = self._credential(instance.kind, body.get("credential"), keep=True)
        self._state.instances[instance.id] = instance
        return exchange.answer(self.told(instance, certificates=True), 201, "adapter-instance")

    def accept(self, exchange: Exchange) -> Reply:
        """`PATCH /api/adapters`: the certificates of the body are accepted; an empty list takes all back."""
        body = body_of(exchange.request, _WHOLE, ("id", "resourceKey"))
        instance = self.find(str(body["id"]))
        given = self._thumbprints(body)
        instance.accepted = set() if given == [] else instance.accepted | set(given or ())
        if instance.state == "STARTED":
            self._state.started(instance)
        return exchange.answer(self.told(instance), root="adapter-instance")

    def replace(self, exchange: Exchange) -> Reply:
        """`PUT /api/adapters`: the whole instance. What is part of the uniqueness stays as it is (INFERRED)."""
        body = body_of(exchange.request, _WHOLE, ("id", "resourceKey"))
        instance = self.find(str(body["id"]))
        key = body["resourceKey"]
        if not isinstance(key, dict) or not key.get("name"):
            raise invalid("resourceKey.name is required", "resourceKey.name")
        if key.get("adapterKindKey") != instance.kind.key:
            raise invalid("The adapter kind of an instance cannot be changed", "resourceKey.adapterKindKey")
        values = dict(instance.identifiers)
        for item in key.get("resourceIdentifiers") or []:
            values |= self._identifier(instance.kind, (item.get("identifierType") or {}).get("name"), item.get("value"))
        if Instance("", "", instance.kind, values).unique != instance.unique:
            raise invalid("Identifiers that are part of the uniqueness cannot be changed", "resourceKey")
        collector, group = self._place(body, strict=True)
        credential = body.get("credentialInstanceId")
        if credential is not None and self._credentials.find(str(credential)).kind is not instance.kind:
            raise invalid("The credential is of another adapter kind", "credentialInstanceId")
        instance.name, instance.identifiers, instance.credential = str(key["name"]), values, credential
        instance.description = str(body.get("description") or "")
        instance.collector, instance.group = collector, group
        instance.minutes, instance.seconds = self._interval(body)
        instance.datacenter = body.get("physicalDatacenterId")
        return exchange.answer(self.told(instance), root="adapter-instance")

    def remove(self, exchange: Exchange, key: str) -> Reply:
        """`DELETE /api/adapters/{id}`: 204, and it is gone some time later."""
        if exchange.request.first("deleteResources") is None:
            raise Refusal(400, "Required query parameter deleteResources is not present.")
        with_resources = flag(exchange.request, "deleteResources", False)
        self._state.remove(self.find(key), with_resources)
        return Reply.empty()

    def start(self, exchange: Exchange, key: str) -> Reply:
        """`PUT /api/adapters/{id}/monitoringstate/start`."""
        self._state.start(self.find(key))
        return Reply.empty(200)

    def stop(self, exchange: Exchange, key: str) -> Reply:
        """`PUT /api/adapters/{id}/monitoringstate/stop`."""
        self._state.stop(self.find(key))
        return Reply.empty(200)

    def maintain(self, exchange: Exchange, key: str) -> Reply:
        """`PUT /api/adapters/{id}/maintained`: for `duration` minutes; without it until somebody ends it."""
        instance = self.find(key)
        minutes = number(exchange.request, "duration", 0)
        instance.maintained = True
        instance.maintained_until = self._state.now() + minutes * 60_000 if minutes else None
        return Reply.empty(200)

    def end_maintenance(self, exchange: Exchange, key: str) -> Reply:
        """`DELETE /api/adapters/{id}/maintained`."""
        instance = self.find(key)
        instance.maintained, instance.maintained_until = False, None
        return Reply.empty()

    # Testing

    def test(self, exchange: Exchange) -> Reply:
        """`POST /api/adapters/testConnection`: nothing is kept. An unknown certificate is told and is no failure."""
        body = body_of(exchange.request, _NEW, ("name", "adapterKindKey"))
        instance = self._made(body, flag(exchange.request, "extractIdentifierDefaults", False))
        instance.credential = self._credential(instance.kind, body.get("credential"), keep=False)
        host, _tls = target_of(instance.kind, instance.identifiers)
        if not self._state.is_reachable(host):
            raise Refusal(400, f"Unable to establish a connection to {host}.")
        instance.accepted |= self._tested.get(host, set())
        document = self.told(instance, certificates=True)
        return exchange.answer(document, 201, "adapter-instance")

    def accept_tested(self, exchange: Exchange) -> Reply:
        """`PATCH /api/adapters/testConnection`: the certificates of the body are good for further tests."""
        body = body_of(exchange.request, _WHOLE, ("resourceKey",))
        key = body["resourceKey"]
        kind = kinds.find(str(key.get("adapterKindKey")))
        values: dict[str, str] = {}
        for item in key.get("resourceIdentifiers") or []:
            values |= self._identifier(kind, (item.get("identifierType") or {}).get("name"), item.get("value"))
        host, _tls = target_of(kind, values)
        if not self._state.is_reachable(host):
            raise Refusal(400, f"Unable to establish a connection to {host}.")
        self._tested.setdefault(host, set()).update(self._thumbprints(body) or ())
        return exchange.answer(body, root="adapter-instance")

    # Reading bodies

    def _made(self, body: Mapping[str, Any], with_defaults: bool) -> Instance:
        """An instance of a create body, without its credential. Raises Refusal."""
        kind = kinds.KINDS.get(str(body["adapterKindKey"]))
        if kind is None:
            raise invalid(f"Adapter kind {body['adapterKindKey']} does not exist", "adapterKindKey")
        values = {one.name: (one.default or "") if with_defaults else "" for one in kind.identifiers}
        for item in body.get("resourceIdentifiers") or []:
            values |= self._identifier(kind, item.get("name"), item.get("value"))
        for one in kind.identifiers:
            if one.unique and not values[one.name].strip():
                # One with a default takes it, asked for or not: which instance it is must be known (INFERRED).
                if one.default is None:
                    raise invalid(f"Identifier {one.name} is required", "resourceIdentifiers")
                values[one.name] = one.default
        if isinstance(body.get("collectorId"), int):
            raise invalid("collectorId is not a text", "collectorId")
        collector, group = self._place(body, strict=True)
        if collector is None and group is None:
            collector = 1
        minutes, seconds = self._interval(body)
        return Instance(
            self._state.new_id(),
            str(body["name"]),
            kind,
            values,
            str(body.get("description") or ""),
            collector,
            group,
            None,
            minutes,
            seconds,
            body.get("physicalDatacenterId"),
        )

    def _alone(self, instance: Instance) -> None:
        """Two of a kind with the same unique identifiers cannot be: 400 (INFERRED)."""
        for other in self._state.instances.values():
            if other.kind is instance.kind and other.unique == instance.unique:
                raise Refusal(400, f"Adapter instance with the same identifiers already exists: {other.name}.")

    @staticmethod
    def _identifier(kind: AdapterKind, name: Any, value: Any) -> dict[str, str]:
        """One identifier of a body; its value must be a text that fits its type. Raises Refusal."""
        one = kind.identifier(str(name))
        if one is None:
            raise invalid(f"Identifier {name} does not exist", "resourceIdentifiers")
        text = "" if value is None else value
        if not isinstance(text, str):
            raise invalid(f"The value of {name} is not a text", "resourceIdentifiers")
        if text and one.type == "INTEGER" and not text.strip().lstrip("-").isdecimal():
            raise invalid(f"The value of {name} is not an integer: {text}", "resourceIdentifiers")
        if text and one.type == "BOOLEAN" and text.strip().lower() not in ("true", "false"):
            raise invalid(f"The value of {name} is not a boolean: {text}", "resourceIdentifiers")
        return {one.name: text}

    def _place(self, body: Mapping[str, Any], strict: bool) -> tuple[int | None, str | None]:
        """(collector, collector group) of a body. Raises Refusal."""
        collector, group = body.get("collectorId"), body.get("collectorGroupId")
        if collector is not None and group is not None:
            raise invalid("Either collectorId or collectorGroupId can be given", "collectorId")
        if collector is not None and str(collector) not in {one[0] for one in COLLECTORS}:
            raise invalid(f"Collector {collector} does not exist", "collectorId")
        if group is not None and group != self._state.group_id:
            raise invalid(f"Collector group {group} does not exist", "collectorGroupId")
        return (None if collector is None else int(collector)), group

    @staticmethod
    def _interval(body: Mapping[str, Any]) -> tuple[int, int]:
        """(minutes, seconds) between two collections. Raises Refusal."""
        minutes = body.get("monitoringInterval")
        seconds = body.get("monitoringIntervalSeconds") or 0
        minutes = 5 if minutes is None else minutes
        if not isinstance(minutes, int) or not isinstance(seconds, int) or minutes < 0 or minutes * 60 + seconds < 1:
            raise invalid("The monitoring interval is not a number of minutes", "monitoringInterval")
        return minutes, seconds

    def _credential(self, kind: AdapterKind, given: Any, keep: bool) -> str | None:
        """The id of the credential of a body: of one that exists, or of a new one that is made on the way."""
        if given is None:
            return None
        if not isinstance(given, dict):
            raise invalid("credential is not an object", "credential")
        if given.get("id"):
            if str(given["id"]) not in self._state.credentials:
                raise invalid(f"Credential {given['id']} does not exist", "credential.id")
            found = self._credentials.find(str(given["id"]))
            if found.kind is not kind:
                raise invalid("The credential is of another adapter kind", "credential.id")
            return found.id
        for name in ("name", "adapterKindKey", "credentialKindKey"):
            if not given.get(name):
                raise invalid(f"{name} is required", f"credential.{name}")
        made = self._credentials.add(given)
        if not keep:
            del self._state.credentials[made.id]
            return None
        return made.id

    @staticmethod
    def _thumbprints(body: Mapping[str, Any]) -> list[str] | None:
        """The thumbprints of a body's certificates; None where it has no list of them."""
        certificates = body.get("adapter-certificates")
        if certificates is None:
            return None
        if not isinstance(certificates, list) or not all(isinstance(one, dict) for one in certificates):
            raise invalid("adapter-certificates is not a list of certificates", "adapter-certificates")
        return [str(one.get("thumbprint", "")).replace(":", "").lower() for one in certificates]
