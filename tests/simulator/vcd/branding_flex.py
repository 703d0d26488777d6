"""Branding of the Flex portal, which vCloud Director had until 9.7 (contract section 3.8). The other one is its own."""

from __future__ import annotations

import re

from ..wire import Reply
from .exchange import Exchange, bad_request
from .extensions_markup import ADMIN, link, vmext
from .markup import Element, Value
from .routes import Route, Routes
from .themes import only_provider
from .versions import ApiNumber
from .xml_body import VMEXT, in_order, read_xml

_PATH = "/api/admin/extension/settings/branding"
_MEDIA = f"{ADMIN}.brandingSettings"
_LAST: ApiNumber = (32, 0)
_FIELDS = (
    "CompanyName",
    "LoginPageCustomizationTheme",
    "PreviewCustomTheme",
    "FinalCustomTheme",
    "AboutCompanyUrl",
    "SupportUrl",
    "SignUpUrl",
    "ForgotUserNameOrPasswordURL",
)
_BINARY = ("PreviewCustomTheme", "FinalCustomTheme")
_HEX = re.compile(r"([0-9A-Fa-f]{2})*")


class FlexBranding:
    """The settings of one vCD, when it is old enough."""

    def __init__(self, own: ApiNumber) -> None:
        self._there = own <= _LAST
        self._texts: dict[str, str] = {}
        self.clear()

    def clear(self) -> None:
        """Back to a fresh system (its name is INFERRED)."""
        self._texts = {"CompanyName": "vCloud Director"}

    def register(self, routes: Routes) -> None:
        """Adds the calls to a release that has the Flex portal."""
        if self._there:
            routes.add("GET", _PATH, Route(self.read))
            routes.add("PUT", _PATH, Route(self.replace, writes=True))

    def read(self, exchange: Exchange) -> Reply:
        """`GET /api/admin/extension/settings/branding`."""
        only_provider(exchange, "BRANDING_SETTINGS_VIEW")
        href = f"{exchange.base_url}{_PATH}"
        children = [link("edit", href, _MEDIA)]
        children += [Element(f"vmext:{name}", text=self._texts[name]) for name in _FIELDS if name in self._texts]
        attributes: dict[str, Value] = {"href": href, "type": f"{_MEDIA}+xml"}
        return exchange.element(vmext("BrandingSettings", attributes, children), _MEDIA)

    def replace(self, exchange: Exchange) -> Reply:
        """`PUT` of the same: everything is replaced."""
        only_provider(exchange, "BRANDING_SETTINGS_EDIT")
        root = read_xml(exchange, f"{VMEXT}BrandingSettings", f"{_MEDIA}+xml")
        texts = in_order(root, [VMEXT + name for name in _FIELDS], ("CompanyName",))
        for name in _BINARY:
            if not _HEX.fullmatch(texts.get(name, "")):
                raise bad_request(f"The element {name} must be hexadecimal.")
        self._texts = {name: text for name, text in texts.items() if text}
        return self.read(exchange)
