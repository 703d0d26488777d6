"""API extensions over MQTT and their tokens (contract section 5.2). Their API filters are in extensions.py."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from ..wire import Headers, Reply
from .exchange import Exchange, Refusal, bad_request, forbidden
from .extensions import Extensions, Service
from .json_body import check_object, read_json
from .listing import answer
from .routes import Route, Routes
from .sessions import SYSTEM_ID, Session
from .themes import only_provider
from .versions import ApiNumber

# The schema's example says `urn:vcloud:extension:VMware.Timer:1.0.0`; a client that works builds this one (section 7).
URN = "urn:vcloud:extension-api:"
TOKEN_URN = "urn:vcloud:token:"
_PATH = "/cloudapi/extensions/api"
_SINCE: ApiNumber = (35, 0)
_FIELDS: dict[str, type] = {
    "name": str,
    "id": str,
    "version": str,
    "vendor": str,
    "priority": int,
    "enabled": bool,
    "authorizationEnabled": bool,
    "description": str,
    "mqttTopics": dict,
}
_SEARCHED = {name: kind for name, kind in _FIELDS.items() if kind is not dict}
_REQUIRED = ("name", "version", "vendor", "enabled")
_FLAGS = ("enabled", "authorizationEnabled")
_KEY = ("name", "vendor", "version")
# "Semantic without pre-release"; letters of name and vendor as for the parts of other URNs (INFERRED).
SEMANTIC_VERSION = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}")
ID_PART = re.compile(r"[A-Za-z0-9_-]{1,128}")
_TOKEN: dict[str, type] = {"name": str, "type": str, "extensionId": str}
_MASK = "*" * 36
_QUERIES = " ".join(
    f"application/vnd.vmware.vcloud.query.{style}+{notation}"
    for style, notation in (
        ("records", "xml"),
        ("idrecords", "xml"),
        ("records", "json"),
        ("idrecords", "json"),
        ("references", "xml"),
        ("references", "json"),
    )
)


@dataclass
class ExtensionToken:
    """A token of an extension."""

    id: str
    name: str
    extension: str
    """The extension's URN."""
    service_id: str
    """Bare UUID of its service."""


class MqttExtensions:
    """The extensions of one vCD that talk MQTT."""

    def __init__(self, extensions: Extensions) -> None:
        self.extensions = extensions
        self._documents: dict[str, dict[str, Any]] = {}
        """Service id -> the document."""
        self._tokens: dict[str, ExtensionToken] = {}

    def clear(self) -> None:
        """Forgets all of them."""
        self._documents.clear()
        self._tokens.clear()

    def register(self, routes: Routes) -> None:
        """Adds the calls. Those of tokens are shared with API tokens: tokens.py asks here."""
        add, one = routes.add, f"{_PATH}/*"
        add("GET", _PATH, Route(self.read_all, since=_SINCE))
        add("POST", _PATH, Route(self.create, since=_SINCE, writes=True))
        add("GET", one, Route(self.read, since=_SINCE))
        add("PUT", one, Route(self.replace, since=_SINCE, writes=True))
        add("DELETE", one, Route(self.delete, since=_SINCE, writes=True))

    # Extensions

    @staticmethod
    def _wanted(exchange: Exchange) -> dict[str, Any]:
        """The document of a client. Booleans may be texts: container-service-extension sends `"true"`."""
        body = read_json(exchange)
        if isinstance(body, dict):
            words = {"true": True, "false": False}
            body = {key: words.get(value, value) if key in _FLAGS else value for key, value in body.items()}
        given = check_object(body, _FIELDS, _REQUIRED)
        for name in ("name", "vendor"):
            if not ID_PART.fullmatch(given[name]):
                raise bad_request(f"The field '{name}' has letters, digits, hyphens and underscores.")
        if not SEMANTIC_VERSION.fullmatch(given["version"]):
            raise bad_request(f"The version '{given['version']}' is not of the form 1.0.0.")
        priority = 50 if given.get("priority") is None else given["priority"]
        if not 0 <= priority <= 100:
            raise bad_request("The field 'priority' must be from 0 to 100.")
        vendor, name, version = (given[part] for part in ("vendor", "name", "version"))
        topic = f"topic/extension/{vendor}/{name}/{version}"
        return {
            "name": name,
            "id": f"{URN}{vendor}:{name}:{version}",
            "version": version,
            "vendor": vendor,
            "priority": priority,
            "enabled": given["enabled"],
            "authorizationEnabled": given.get("authorizationEnabled") or False,
            "description": given.get("description"),
            "mqttTopics": {"monitor": f"{topic}/ext", "respond": f"{topic}/vcd"},
        }

    def _find(self, exchange: Exchange, identity: str) -> tuple[str, dict[str, Any]]:
        only_provider(exchange, "EXTERNAL_SERVICE_VIEW")
        for key, document in self._documents.items():
            if document["id"] == identity:
                return key, document
        raise forbidden("System Operations", "EXTERNAL_SERVICE_VIEW", identity)

    @staticmethod
    def _links(exchange: Exchange, key: str) -> Headers:
        """The one way to the id of the service that filters, links and rights hang on, in the form of a published
        answer."""
        service = f"{exchange.base_url}/api/admin/extension/service/{key}"
        right = "application/vnd.vmware.admin.right"
        links = [f'<{service}/{one}>;rel="down";type="{_QUERIES}"' for one in ("apifilters", "links")]
        links.append(f'<{service}/rights>;rel="add";type="{right}+xml {right}+json"')
        return [("Link", ", ".join(links))]

    def read_all(self, exchange: Exchange) -> Reply:
        """`GET /extensions/api`."""
        only_provider(exchange, "EXTERNAL_SERVICE_VIEW")
        return answer(exchange, self._documents.values(), _SEARCHED, "ExternalServices", references=frozenset())

    def create(self, exchange: Exchange) -> Reply:
        """`POST /extensions/api`: 200."""
        only_provider(exchange, "EXTERNAL_SERVICE_CREATE")
        document = self._wanted(exchange)
        if any(one["id"] == document["id"] for one in self._documents.values()):
            raise Refusal(400, "DUPLICATE_NAME", f"There is an extension {document['id']} already.")
        key = str(uuid.uuid4())
        self._documents[key] = document
        self.extensions.services[key] = Service(
            key,
            document["name"],
            f"{document['vendor']}.{document['name']}",
            over_amqp=False,
            enabled=document["enabled"],
            urn=document["id"],
        )
        return exchange.json(document, headers=self._links(exchange, key))

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /extensions/api/{id}`."""
        key, document = self._find(exchange, identity)
        return exchange.json(document, headers=self._links(exchange, key))

    def replace(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /extensions/api/{id}`; name, vendor and version are fixed."""
        key, document = self._find(exchange, identity)
        wanted = self._wanted(exchange)
        if any(wanted[name] != document[name] for name in _KEY):
            raise bad_request("Name, vendor and version of an extension cannot be changed.")
        self._documents[key] = wanted
        self.extensions.services[key].enabled = wanted["enabled"]
        return exchange.json(wanted, headers=self._links(exchange, key))

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /extensions/api/{id}`: of a disabled one only, with its tokens and filters."""
        key, document = self._find(exchange, identity)
        if document["enabled"]:
            raise bad_request(f"The extension {identity} must be disabled before it can be deleted.")
        self.extensions.remove(self.extensions.services[key])
        self.forget(key)
        return exchange.nothing()

    def service_of(self, identity: str) -> Service | None:
        """The service of an extension's URN."""
        found = (key for key, document in self._documents.items() if document["id"] == identity)
        key = next(found, None)
        return self.extensions.services[key] if key is not None else None

    # Behind everybody's back

    def install(self, name: str, vendor: str, version: str, description: str) -> Service:
        """An extension that is there and enabled, with its service, whose filters the caller adds."""
        key, identity, topic = str(uuid.uuid4()), f"{URN}{vendor}:{name}:{version}", f"{vendor}/{name}/{version}"
        self._documents[key] = {
            "name": name,
            "id": identity,
            "version": version,
            "vendor": vendor,
            "priority": 100,
            "enabled": True,
            "authorizationEnabled": False,
            "description": description,
            "mqttTopics": {"monitor": f"topic/extension/{topic}/ext", "respond": f"topic/extension/{topic}/vcd"},
        }
        service = Service(key, name, f"{vendor}.{name}", over_amqp=False, enabled=True, urn=identity)
        self.extensions.services[key] = service
        return service

    def switch(self, key: str, enabled: bool) -> None:
        """Switches the extension of a service; nothing when the service is of the other kind."""
        if key in self._documents:
            self._documents[key] = {**self._documents[key], "enabled": enabled}
            self.extensions.services[key].enabled = enabled

    def forget(self, key: str) -> None:
        """Removes the extension of a service, and its tokens."""
        document = self._documents.pop(key, None)
        if document is not None:
            self._tokens = {name: one for name, one in self._tokens.items() if one.extension != document["id"]}

    # Tokens

    def create_token(self, exchange: Exchange) -> Reply:
        """`POST /cloudapi/1.0.0/tokens` of the type EXTENSION: 200, the secret for the only time."""
        body = check_object(read_json(exchange), _TOKEN, ("name", "type", "extensionId"))
        if body["type"] != "EXTENSION":
            raise bad_request("Only tokens of the type EXTENSION are made here.")
        only_provider(exchange, "TOKEN_MANAGE")
        own = [one for one in self._tokens.values() if one.extension == body["extensionId"]]
        if not body["name"] or any(one.name == body["name"] for one in own):
            raise bad_request(f"The extension has a token '{body['name']}' already, or the name is empty.")
        key, _document = self._find(exchange, body["extensionId"])
        token = ExtensionToken(str(uuid.uuid4()), body["name"], body["extensionId"], key)
        self._tokens[token.id] = token
        # It is not kept: nothing here looks at it again.
        return exchange.json({**self._token(token), "token": str(uuid.uuid4())})

    @staticmethod
    def _token(token: ExtensionToken) -> dict[str, Any]:
        """The document, with the secret masked (how is not published)."""
        vendor, name, version = token.extension.removeprefix(URN).split(":")
        return {
            "id": f"{TOKEN_URN}{token.id}",
            "name": token.name,
            "token": _MASK,
            "expirationTimeUtc": None,
            "owner": {"name": f"{vendor}/{name}/{version}", "id": f"urn:vcloud:externalService:{token.service_id}"},
            "org": {"name": "System", "id": f"urn:vcloud:org:{SYSTEM_ID}"},
            "type": "EXTENSION",
        }

    def tokens(self, exchange: Exchange) -> list[dict[str, Any]]:
        """The tokens that a caller sees: all of them for System, none for tenants."""
        return [self._token(one) for one in self._tokens.values()] if exchange.user.is_provider else []

    def revoke_token(self, session: Session, identity: str) -> bool:
        """Removes a token; False when there is none of this id that the caller sees."""
        known = session.is_provider and identity.removeprefix(TOKEN_URN) in self._tokens
        return known and self._tokens.pop(identity.removeprefix(TOKEN_URN)) is not None
