"""What a server tells of its adapter kinds, and what adapters are made of (contract A3).

VMWARE is as VMware's documentation shows it. DockerAdapter is AN INVENTION: no public text gives the keys of the
management pack for Docker. Its names were made up for this simulator and must be in no client.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..wire import Reply
from .exchange import Exchange, not_found

UNIQUE, PLAIN = True, False
SECRET = "password"
INSTANCE = "ADAPTER_INSTANCE"


@dataclass(frozen=True)
class Identifier:
    """One identifier of an adapter instance: name, data type, whether it is part of the uniqueness, default."""

    name: str
    type: str
    unique: bool
    default: str | None = None

    def told(self) -> dict[str, object]:
        """As lists of resource kinds and instances tell it."""
        return {"name": self.name, "dataType": self.type, "isPartOfUniqueness": self.unique}


@dataclass(frozen=True)
class CredentialKind:
    """A kind of credentials: its fields are (key, value type, required)."""

    key: str
    name: str
    fields: tuple[tuple[str, str, bool], ...]

    @property
    def secrets(self) -> frozenset[str]:
        """Fields whose values are never told."""
        return frozenset(key for key, kind, _required in self.fields if kind == SECRET)


@dataclass(frozen=True)
class AdapterKind:
    """A kind of adapters; `children` are the further kinds of objects that one collects."""

    key: str
    name: str
    pack: str
    instance_kind: str
    instance_name: str
    identifiers: tuple[Identifier, ...]
    credentials: tuple[CredentialKind, ...]
    children: tuple[str, ...]

    def identifier(self, name: str) -> Identifier | None:
        """The identifier of this name."""
        return next((one for one in self.identifiers if one.name == name), None)

    def credential(self, key: str) -> CredentialKind | None:
        """The credential kind of this key."""
        return next((one for one in self.credentials if one.key == key), None)


KINDS: dict[str, AdapterKind] = {
    kind.key: kind
    for kind in (
        AdapterKind(
            "VMWARE",
            "vCenter Adapter",
            "VMware vSphere",
            "VMwareAdapter Instance",
            "vCenter Server",
            (
                Identifier("AUTODISCOVERY", "STRING", PLAIN, "true"),
                Identifier("DISABLE_COMPUTATION_BASED_ON_CONSUMERS", "STRING", PLAIN),
                Identifier("DV_PORT_GROUP_DISABLED", "STRING", PLAIN),
                Identifier("DVS_DISABLED", "STRING", PLAIN),
                Identifier("PROCESSCHANGEEVENTS", "STRING", PLAIN, "true"),
                Identifier("VCURL", "STRING", UNIQUE),
                Identifier("VM_FOLDER_DISABLED", "STRING", PLAIN),
                Identifier("VM_LIMIT", "INTEGER", PLAIN),
            ),
            (
                CredentialKind(
                    "PRINCIPALCREDENTIAL",
                    "Principal Credential",
                    (("USER", "string", True), ("PASSWORD", SECRET, True)),
                ),
            ),
            ("Datacenter", "HostSystem", "VirtualMachine"),
        ),
        AdapterKind(
            "DockerAdapter",
            "Docker (invented keys)",
            "Management Pack for Docker (invented)",
            "DockerAdapterInstance",
            "Docker Adapter Instance",
            (
                Identifier("DOCKER_HOST", "HOST", UNIQUE),
                Identifier("DOCKER_PORT", "INTEGER", UNIQUE, "2375"),
                Identifier("USE_TLS", "BOOLEAN", PLAIN, "false"),
                Identifier("COLLECT_STOPPED", "BOOLEAN", PLAIN, "true"),
                Identifier("REQUEST_SECONDS", "INTEGER", PLAIN, "30"),
                Identifier("NOTES", "STRING", PLAIN),
            ),
            (
                CredentialKind(
                    "DOCKER_USER", "Docker user", (("USER", "string", True), ("PASSWORD", SECRET, True))
                ),
                CredentialKind(
                    "DOCKER_CLIENT_CERTIFICATE",
                    "Docker client certificate",
                    (("CERTIFICATE", "string", True), ("KEY", SECRET, True), ("AUTHORITY", "string", False)),
                ),
            ),
            ("DockerHost", "DockerContainer"),
        ),
    )
}  # fmt: skip


def find(key: str) -> AdapterKind:
    """The adapter kind. A key whose management pack is not installed is a 404 (INFERRED)."""
    if key not in KINDS:
        raise not_found("adapter kind", key)
    return KINDS[key]


class KindCalls:
    """The calls that describe kinds."""

    def adapter_kinds(self, exchange: Exchange) -> Reply:
        """`GET /api/adapterkinds`."""
        wanted = exchange.request.query.get("adapterKindKey")
        told = [self._told(kind) for kind in KINDS.values() if not wanted or kind.key in wanted]
        return exchange.answer({"adapter-kind": told}, root="adapter-kinds")

    def adapter_kind(self, exchange: Exchange, key: str) -> Reply:
        """`GET /api/adapterkinds/{key}`."""
        return exchange.answer(self._told(find(key)), root="adapter-kind")

    def resource_kinds(self, exchange: Exchange, key: str) -> Reply:
        """`GET /api/adapterkinds/{key}/resourcekinds`."""
        wanted = exchange.request.first("resourceKindType")
        told = [one for one in self._resource_kinds(find(key)) if wanted in (None, one["resourceKindType"])]
        return exchange.answer({"resource-kind": told}, root="resource-kinds")

    def identifiers(self, exchange: Exchange, key: str, resource_kind: str) -> Reply:
        """`GET /api/adapterkinds/{key}/resourcekinds/{kind}/identifiers`."""
        kind = find(key)
        if resource_kind not in (kind.instance_kind, *kind.children):
            raise not_found("resource kind", resource_kind)
        of_instances = kind.identifiers if resource_kind == kind.instance_kind else ()
        told = [
            {**one.told(), **({"defaultValue": one.default} if one.default is not None else {})} for one in of_instances
        ]
        return exchange.answer({"resourceIdentifiersDetails": told}, root="resource-identifiers-details")

    def credential_kinds(self, exchange: Exchange) -> Reply:
        """`GET /api/credentialkinds`."""
        wanted = exchange.request.query.get("adapterKind")
        told = [
            {
                "id": kind.key,
                "name": kind.name,
                "adapterKindKey": adapter.key,
                "fields": [
                    {
                        "key": key,
                        "name": key,
                        "valueType": type_,
                        "required": required,
                        "enumerated": False,
                        "enumeratedValues": [],
                    }
                    for key, type_, required in kind.fields
                ],
            }
            for adapter in KINDS.values()
            if not wanted or adapter.key in wanted
            for kind in adapter.credentials
        ]
        return exchange.answer({"credentialTypes": told}, root="credential-kinds")

    def solutions(self, exchange: Exchange) -> Reply:
        """`GET /api/solutions`."""
        told = [
            {
                "id": kind.pack,
                "name": kind.pack,
                "version": "1.0.0",
                "description": kind.name,
                "vendor": "VMware Inc.",
                "adapterKindKeys": [kind.key],
            }
            for kind in KINDS.values()
        ]
        return exchange.answer({"solution": told}, root="solutions")

    @staticmethod
    def _told(kind: AdapterKind) -> dict[str, object]:
        return {
            "key": kind.key,
            "name": kind.name,
            "description": kind.pack,
            "adapterKindType": "GENERAL",
            "describeVersion": 1,
            "identifiers": [],
            "resourceKinds": [kind.instance_kind, *kind.children],
            "links": [
                {
                    "href": f"/suite-api/api/adapterkinds/{kind.key}/resourcekinds",
                    "rel": "RELATED",
                    "name": "linkToResourceKinds",
                }
            ],
        }

    @staticmethod
    def _resource_kinds(kind: AdapterKind) -> list[dict[str, object]]:
        common = {"adapterKind": kind.key, "resourceKindSubType": "NONE"}
        instance: dict[str, object] = {
            "key": kind.instance_kind,
            "name": kind.instance_name,
            **common,
            "resourceKindType": INSTANCE,
            "resourceIdentifierTypes": [one.told() for one in kind.identifiers],
        }
        children: list[dict[str, object]] = [
            {"key": key, "name": key, **common, "resourceKindType": "GENERAL", "resourceIdentifierTypes": []}
            for key in kind.children
        ]
        return [instance, *children]
