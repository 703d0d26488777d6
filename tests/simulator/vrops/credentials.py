"""Credential instances: names are unique, secrets are never told, what is in use stays (contract A4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..wire import Reply
from . import kinds
from .exchange import Exchange, Refusal, body_of, invalid, not_found
from .state import Credential, State

_KNOWN = ("id", "name", "adapterKindKey", "credentialKindKey", "fields", "editable")


class Credentials:
    """The calls about credentials."""

    def __init__(self, state: State) -> None:
        self._state = state

    def told(self, credential: Credential) -> dict[str, Any]:
        """A credential as it is read: secrets without their value (INFERRED)."""
        described = credential.kind.credential(credential.credential_kind)
        secrets = described.secrets if described else frozenset()
        fields = [
            {"name": name} if name in secrets else {"name": name, "value": value}
            for name, value in credential.values.items()
        ]
        return {
            "id": credential.id,
            "name": credential.name,
            "adapterKindKey": credential.kind.key,
            "credentialKindKey": credential.credential_kind,
            "fields": fields,
            "editable": True,
        }

    def find(self, key: str) -> Credential:
        """Raises Refusal."""
        if key not in self._state.credentials:
            raise not_found("credential", key)
        return self._state.credentials[key]

    def users(self, credential: Credential) -> list[str]:
        """Ids of the instances that use it."""
        return [one.id for one in self._state.instances.values() if one.credential == credential.id]

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /api/credentials`."""
        ids, of_kinds = (exchange.request.query.get(name) for name in ("id", "adapterKind"))
        told = [
            self.told(one)
            for one in self._state.credentials.values()
            if (not ids or one.id in ids) and (not of_kinds or one.kind.key in of_kinds)
        ]
        return exchange.answer({"credentialInstances": told}, root="credentials")

    def create(self, exchange: Exchange) -> Reply:
        """`POST /api/credentials`."""
        body = body_of(exchange.request, _KNOWN, ("name", "adapterKindKey", "credentialKindKey"))
        return exchange.answer(self.told(self.add(body)), 201, "credential")

    def add(self, body: Mapping[str, Any]) -> Credential:
        """A new credential of a body, of this call or on the way to an adapter instance. Raises Refusal."""
        kind, key, values = self._checked(body, {})
        self._free(str(body["name"]), None)
        made = Credential(self._state.new_id(), str(body["name"]), kind, key, values)
        self._state.credentials[made.id] = made
        return made

    def read(self, exchange: Exchange, key: str) -> Reply:
        """`GET /api/credentials/{id}`."""
        return exchange.answer(self.told(self.find(key)), root="credential")

    def replace(self, exchange: Exchange) -> Reply:
        """`PUT /api/credentials`: the id is in the body. A secret that is sent without a value is kept (INFERRED)."""
        body = body_of(exchange.request, _KNOWN, ("id", "name", "adapterKindKey", "credentialKindKey"))
        return self._change(exchange, body)

    def patch(self, exchange: Exchange) -> Reply:
        """`PATCH /api/credentials`: what the body leaves out stays."""
        body = body_of(exchange.request, _KNOWN, ("id",))
        present = self.told(self.find(str(body["id"])))
        sent = {item.get("name"): item for item in body.get("fields") or []}
        fields = [sent.pop(item["name"], item) for item in present["fields"]] + list(sent.values())
        return self._change(exchange, {**present, **body, "fields": fields})

    def _change(self, exchange: Exchange, body: Mapping[str, Any]) -> Reply:
        credential = self.find(str(body["id"]))
        kind, key, values = self._checked(body, credential.values)
        if kind is not credential.kind or key != credential.credential_kind:
            # UNKNOWN whether the kind can change; refusing is the stricter reading.
            raise invalid("The kind of a credential cannot be changed", "credentialKindKey")
        self._free(str(body["name"]), credential)
        credential.name, credential.values = str(body["name"]), values
        return exchange.answer(self.told(credential), root="credential")

    def remove(self, exchange: Exchange, key: str) -> Reply:
        """`DELETE /api/credentials/{id}`: 204 also when it is gone already."""
        credential = self._state.credentials.get(key)
        if credential is not None:
            if self.users(credential):
                raise Refusal(400, f"Credential {credential.name} is used by adapter instances.")
            del self._state.credentials[key]
        return Reply.empty()

    def _free(self, name: str, own: Credential | None) -> None:
        if any(one.name == name and one is not own for one in self._state.credentials.values()):
            raise Refusal(422, f"Credential instance with name {name} already exists.")

    @staticmethod
    def _checked(body: Mapping[str, Any], present: Mapping[str, str]) -> tuple[kinds.AdapterKind, str, dict[str, str]]:
        """(kind, credential kind, values) of a body. Raises Refusal."""
        kind = kinds.KINDS.get(str(body.get("adapterKindKey")))
        if kind is None:
            raise invalid(f"Adapter kind {body.get('adapterKindKey')} does not exist", "adapterKindKey")
        described = kind.credential(str(body.get("credentialKindKey")))
        if described is None:
            raise invalid(f"Credential kind {body.get('credentialKindKey')} does not exist", "credentialKindKey")
        values: dict[str, str] = {}
        known = {key for key, _type, _required in described.fields}
        fields = body.get("fields") or []
        if not isinstance(fields, list) or not all(isinstance(item, dict) for item in fields):
            raise invalid("fields is not a list of name and value", "fields")
        for item in fields:
            name, value = item.get("name"), item.get("value")
            if name not in known:
                raise invalid(f"Credential field {name} does not exist", "fields")
            if value is None and name in described.secrets:
                value = present.get(name)
            if value is not None:
                if not isinstance(value, str):
                    raise invalid(f"The value of {name} is not a text", "fields")
                values[name] = value
        for name, _type, required in described.fields:
            if required and not values.get(name):
                raise invalid(f"Credential field {name} is required", "fields")
        return kind, described.key, values
