"""External endpoints and the API filters that lead to them (contract section 5.3), and CORS origins (5.7)."""

from __future__ import annotations

import re
import uuid
from typing import Any

from ..wire import Reply
from .exchange import Exchange, Refusal, bad_request, forbidden
from .extensions import ApiFilter, Extensions, checked_pattern
from .extensions_mqtt import ID_PART, SEMANTIC_VERSION, MqttExtensions
from .json_body import check_object, read_object
from .listing import answer
from .routes import Route, Routes
from .themes import only_provider
from .versions import ApiNumber

ENDPOINT_URN = "urn:vcloud:extensionEndpoint:"
FILTER_URN = "urn:vcloud:apiFilter:"
_V1 = "/cloudapi/1.0.0"
_ENDPOINTS, _FILTERS, _CORS = f"{_V1}/externalEndpoints", f"{_V1}/apiFilters", f"{_V1}/site/settings/cors"
_SINCE: ApiNumber = (38, 1)
_CORS_SINCE: ApiNumber = (36, 0)
_ENDPOINT: dict[str, type] = {
    "id": str,
    "name": str,
    "version": str,
    "vendor": str,
    "enabled": bool,
    "description": str,
    "rootUrl": str,
}
_KEY = ("vendor", "name", "version")
_FILTER: dict[str, type] = {"id": str, "externalSystem": dict, "urlMatcher": dict, "responseContentType": str}
_SEARCHED_FILTER: dict[str, type] = {
    "id": str,
    "externalSystem.id": str,
    "externalSystem.name": str,
    "urlMatcher.urlPattern": str,
    "urlMatcher.urlScope": str,
    "responseContentType": str,
}
_SCOPES = ("EXT_API", "EXT_UI_PROVIDER", "EXT_UI_TENANT")
"""What is matched for external endpoints; for extensions over MQTT it is always `API`."""
_HTTPS = re.compile(r"https://[^\s/?#@]+(:[0-9]{1,5})?(/[^\s]*)?", re.IGNORECASE)
_ORIGIN = re.compile(r"https?://[^\s/?#@]+", re.IGNORECASE)


class ExternalEndpoints:
    """The external endpoints of one vCD, their filters, and who else may call it from a browser."""

    def __init__(self, extensions: Extensions, mqtt: MqttExtensions) -> None:
        self.extensions = extensions
        self.mqtt = mqtt
        self._endpoints: dict[str, dict[str, Any]] = {}
        self._filters: dict[str, dict[str, Any]] = {}
        self._origins: list[str] = []

    def clear(self) -> None:
        """Forgets all of them."""
        self._endpoints.clear()
        self._filters.clear()
        self._origins.clear()

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        add = routes.add
        for path, room in (
            (_ENDPOINTS, (self.read_all, self.create, self.read, self.replace, self.delete)),
            (
                _FILTERS,
                (self.read_filters, self.create_filter, self.read_filter, self.replace_filter, self.drop_filter),
            ),
        ):
            read_all, create, read, replace, delete = room
            add("GET", path, Route(read_all, since=_SINCE))
            add("POST", path, Route(create, since=_SINCE, writes=True))
            add("GET", f"{path}/*", Route(read, since=_SINCE))
            add("PUT", f"{path}/*", Route(replace, since=_SINCE, writes=True))
            add("DELETE", f"{path}/*", Route(delete, since=_SINCE, writes=True))
        add("GET", _CORS, Route(self.read_origins, since=_CORS_SINCE))
        add("PUT", _CORS, Route(self.replace_origins, since=_CORS_SINCE, writes=True))

    # External endpoints

    @staticmethod
    def _find(exchange: Exchange, table: dict[str, dict[str, Any]], identity: str) -> dict[str, Any]:
        only_provider(exchange, "EXTERNAL_ENDPOINT_VIEW")
        if identity not in table:
            raise forbidden("System Operations", "EXTERNAL_ENDPOINT_VIEW", identity)
        return table[identity]

    @staticmethod
    def _wanted(exchange: Exchange) -> dict[str, Any]:
        """An endpoint of a client. Which fields are required is not published: all but the description."""
        body = read_object(exchange, _ENDPOINT, (*_KEY, "enabled", "rootUrl"))
        for name in ("vendor", "name"):
            if not ID_PART.fullmatch(body[name]):
                raise bad_request(f"The field '{name}' has letters, digits, hyphens and underscores.")
        if not SEMANTIC_VERSION.fullmatch(body["version"]):
            raise bad_request(f"The version '{body['version']}' is not of the form 1.0.0.")
        if not _HTTPS.fullmatch(body["rootUrl"]):
            raise bad_request(f"The field 'rootUrl' is not an https address: '{body['rootUrl']}'.")
        identity = ENDPOINT_URN + ":".join(body[name] for name in _KEY)
        return {**{name: body.get(name) for name in _ENDPOINT}, "id": identity}

    def read_all(self, exchange: Exchange) -> Reply:
        """`GET /externalEndpoints`."""
        only_provider(exchange, "EXTERNAL_ENDPOINT_VIEW")
        return answer(exchange, self._endpoints.values(), _ENDPOINT, "ExternalEndpoints", references=frozenset())

    def create(self, exchange: Exchange) -> Reply:
        """`POST /externalEndpoints`."""
        only_provider(exchange, "EXTERNAL_ENDPOINT_CREATE")
        wanted = self._wanted(exchange)
        if wanted["id"] in self._endpoints:
            raise Refusal(400, "DUPLICATE_NAME", f"There is an external endpoint {wanted['id']} already.")
        self._endpoints[wanted["id"]] = wanted
        address = f"{exchange.base_url}{_ENDPOINTS}/{wanted['id']}"
        return exchange.json(wanted, 201, [("Content-Location", address)])

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /externalEndpoints/{id}`."""
        return exchange.json(self._find(exchange, self._endpoints, identity))

    def replace(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /externalEndpoints/{id}`; vendor, name and version are fixed, being its id (INFERRED)."""
        self._find(exchange, self._endpoints, identity)
        wanted = self._wanted(exchange)
        if wanted["id"] != identity:
            raise bad_request("Vendor, name and version of an external endpoint cannot be changed.")
        self._endpoints[identity] = wanted
        return exchange.json(wanted)

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /externalEndpoints/{id}`: of a disabled one only; its filters go with it (INFERRED)."""
        if self._find(exchange, self._endpoints, identity)["enabled"]:
            raise bad_request(f"The external endpoint {identity} must be disabled before it can be deleted.")
        del self._endpoints[identity]
        self._filters = {key: one for key, one in self._filters.items() if one["externalSystem"]["id"] != identity}
        return exchange.nothing()

    # API filters: of external endpoints, which are kept here, and of extensions over MQTT, which are in extensions.py

    @staticmethod
    def _matcher(given: dict[str, Any], scopes: tuple[str, ...]) -> dict[str, Any]:
        check_object(given, {"urlPattern": str, "urlScope": str}, ("urlPattern", "urlScope"), "urlMatcher.")
        if given["urlScope"] not in scopes:
            raise bad_request(f"The field 'urlMatcher.urlScope' must be one of {', '.join(scopes)}.")
        checked_pattern(given["urlPattern"])
        if "API" not in scopes and not given["urlPattern"].endswith(".*"):
            raise bad_request("The pattern of an external endpoint ends with '.*'.")
        return given

    def _wanted_filter(self, exchange: Exchange, identity: str) -> dict[str, Any]:
        body = read_object(exchange, _FILTER, ("externalSystem",))
        system = check_object(body["externalSystem"], {"name": str, "id": str}, ("id",), "externalSystem.")
        endpoint, service = self._endpoints.get(system["id"]), self.mqtt.service_of(system["id"])
        if endpoint is None and service is None:
            raise bad_request(f"There is no external system {system['id']}.")
        matcher, content_type = body.get("urlMatcher"), body.get("responseContentType") or None
        if (matcher is None) is (content_type is None):
            raise bad_request("An API filter has either a urlMatcher or a responseContentType.")
        if content_type is not None and endpoint is not None:
            raise bad_request("A responseContentType is for extensions over MQTT only.")
        if matcher is not None:
            matcher = self._matcher(matcher, _SCOPES if endpoint is not None else ("API",))
        name = endpoint["name"] if endpoint is not None else service.name if service is not None else ""
        return {
            "id": identity,
            "externalSystem": {"name": name, "id": system["id"]},
            "urlMatcher": matcher,
            "responseContentType": content_type,
        }

    def _all_filters(self) -> dict[str, dict[str, Any]]:
        found = dict(self._filters)
        for service in self.extensions.services.values():
            for one in service.filters.values() if service.urn else ():
                pattern = one.url_pattern
                found[f"{FILTER_URN}{one.id}"] = {
                    "id": f"{FILTER_URN}{one.id}",
                    "externalSystem": {"name": service.name, "id": service.urn},
                    "urlMatcher": {"urlPattern": pattern, "urlScope": "API"} if pattern else None,
                    "responseContentType": one.content_type,
                }
        return found

    def _put_filter(self, wanted: dict[str, Any]) -> None:
        self._take_filter(wanted["id"])
        service = self.mqtt.service_of(wanted["externalSystem"]["id"])
        if service is None:
            self._filters[wanted["id"]] = wanted
            return
        key, matcher = wanted["id"].removeprefix(FILTER_URN), wanted["urlMatcher"]
        service.filters[key] = ApiFilter(key, matcher["urlPattern"] if matcher else None, wanted["responseContentType"])

    def _take_filter(self, identity: str) -> None:
        self._filters.pop(identity, None)
        for service in self.extensions.services.values():
            service.filters.pop(identity.removeprefix(FILTER_URN), None)

    def read_filters(self, exchange: Exchange) -> Reply:
        """`GET /apiFilters`."""
        only_provider(exchange, "API_FILTER_VIEW")
        found = self._all_filters().values()
        return answer(exchange, found, _SEARCHED_FILTER, "ApiFilters", frozenset({"id"}), order=None)

    def create_filter(self, exchange: Exchange) -> Reply:
        """`POST /apiFilters`."""
        only_provider(exchange, "API_FILTER_CREATE")
        wanted = self._wanted_filter(exchange, f"{FILTER_URN}{uuid.uuid4()}")
        self._put_filter(wanted)
        address = f"{exchange.base_url}{_FILTERS}/{wanted['id']}"
        return exchange.json(wanted, 201, [("Content-Location", address)])

    def read_filter(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /apiFilters/{id}`."""
        return exchange.json(self._find(exchange, self._all_filters(), identity))

    def replace_filter(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /apiFilters/{id}`."""
        self._find(exchange, self._all_filters(), identity)
        wanted = self._wanted_filter(exchange, identity)
        self._put_filter(wanted)
        return exchange.json(wanted)

    def drop_filter(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /apiFilters/{id}`."""
        self._find(exchange, self._all_filters(), identity)
        self._take_filter(identity)
        return exchange.nothing()

    # Cross-origin requests

    def read_origins(self, exchange: Exchange) -> Reply:
        """`GET /site/settings/cors`."""
        only_provider(exchange, "CORS_VIEW")
        return exchange.json({"values": [{"origin": one} for one in self._origins]})

    def replace_origins(self, exchange: Exchange) -> Reply:
        """`PUT /site/settings/cors`: the whole list."""
        only_provider(exchange, "CORS_EDIT")
        body = read_object(exchange, {"values": list}, ("values",))
        wanted = [check_object(one, {"origin": str}, ("origin",), "values.")["origin"] for one in body["values"]]
        for origin in wanted:
            if not _ORIGIN.fullmatch(origin):
                raise bad_request(f"'{origin}' is not an origin such as https://portal.example.com.")
        self._origins = list(dict.fromkeys(wanted))
        return self.read_origins(exchange)
