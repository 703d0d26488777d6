"""Where the AMQP broker of API extensions is (contract section 5.1)."""

from __future__ import annotations

from ..wire import Reply
from .exchange import Exchange
from .extensions_markup import ADMIN, link, vmext
from .markup import Element, Value
from .routes import Route, Routes
from .themes import only_provider
from .xml_body import VMEXT, boolean, in_order, read_xml, whole_number

AMQP_PATH = "/api/admin/extension/settings/amqp"
AMQP_MEDIA = f"{ADMIN}.amqpSettings"
_AMQP_FIELDS = (
    "AmqpHost",
    "AmqpPort",
    "AmqpUsername",
    "AmqpPassword",
    "AmqpExchange",
    "AmqpVHost",
    "AmqpUseSSL",
    "AmqpSslAcceptAll",
    "AmqpPrefix",
)
_DEFAULT_AMQP: dict[str, Value] = {
    "AmqpHost": "",
    "AmqpPort": 5672,
    "AmqpUsername": "",
    "AmqpExchange": "systemExchange",
    "AmqpVHost": "/",
    "AmqpUseSSL": False,
    "AmqpSslAcceptAll": False,
    "AmqpPrefix": "vcd",
}
"""What a fresh vCD shows (INFERRED)."""


class BrokerSettings:
    """The AMQP settings of one vCD."""

    def __init__(self) -> None:
        self.answers = True
        """Whether the broker can be reached: what a test of the settings finds."""
        self._amqp: dict[str, Value] = dict(_DEFAULT_AMQP)

    def clear(self) -> None:
        """Back to what a fresh vCD has."""
        self.answers = True
        self._amqp = dict(_DEFAULT_AMQP)

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        routes.add("GET", AMQP_PATH, Route(self.read))
        routes.add("PUT", AMQP_PATH, Route(self.replace, writes=True))
        routes.add("POST", f"{AMQP_PATH}/action/test", Route(self.test))

    def _settings(self, exchange: Exchange) -> Element:
        children = [link("edit", f"{exchange.base_url}{AMQP_PATH}", AMQP_MEDIA)]
        children += [Element(f"vmext:{name}", text=value) for name, value in self._amqp.items()]
        attributes: dict[str, Value] = {"href": f"{exchange.base_url}{AMQP_PATH}", "type": f"{AMQP_MEDIA}+xml"}
        return vmext("AmqpSettings", attributes, children)

    def read(self, exchange: Exchange) -> Reply:
        """`GET /api/admin/extension/settings/amqp`; never the password."""
        only_provider(exchange, "AMQP_SETTINGS_VIEW")
        return exchange.element(self._settings(exchange), AMQP_MEDIA)

    def _wanted_settings(self, exchange: Exchange) -> dict[str, Value]:
        root = read_xml(exchange, f"{VMEXT}AmqpSettings", f"{AMQP_MEDIA}+xml")
        required = [name for name in _AMQP_FIELDS if name not in ("AmqpSslAcceptAll", "AmqpPrefix")]
        texts = in_order(root, [VMEXT + name for name in _AMQP_FIELDS], required)
        wanted: dict[str, Value] = {name: texts.get(name, "") for name in _AMQP_FIELDS if name != "AmqpPassword"}
        wanted["AmqpPort"] = whole_number(texts, "AmqpPort", 5672, 1, 65_535)
        for name in ("AmqpUseSSL", "AmqpSslAcceptAll"):
            wanted[name] = boolean(texts, name)
        return wanted

    def replace(self, exchange: Exchange) -> Reply:
        """`PUT` of the same; the password is checked for being there and is not kept."""
        only_provider(exchange, "AMQP_SETTINGS_EDIT")
        self._amqp = self._wanted_settings(exchange)
        return exchange.element(self._settings(exchange), AMQP_MEDIA)

    def test(self, exchange: Exchange) -> Reply:
        """`POST .../amqp/action/test`: whether the broker answers. It changes nothing."""
        only_provider(exchange, "AMQP_SETTINGS_EDIT")
        self._wanted_settings(exchange)
        media = f"{ADMIN}.amqpSettingsTest"
        valid = Element("vmext:Valid", text=self.answers)
        return exchange.element(vmext("AmqpSettingsTest", {"type": f"{media}+xml"}, [valid]), media)
