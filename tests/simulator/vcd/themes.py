"""Themes of the portal: the list, custom ones, and their style sheets (contract sections 3.5 and 3.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..wire import Reply
from .exchange import Exchange, Refusal, bad_request, forbidden
from .json_body import check_object, read_object
from .routes import Route, Routes
from .transfer import Transfers, UploadSpec
from .versions import ApiNumber

BUILT_IN, CUSTOM = "BUILT_IN", "CUSTOM"
DEFAULT_THEME = "Default"
_BUILT_IN_NAMES = (DEFAULT_THEME, "Dark")
_FIELDS: dict[str, type] = {"themeType": str, "name": str}
# What working clients send (section 3.5), in any case; the server reads it leniently and looks the name up.
_SENT_TYPES = frozenset({CUSTOM, BUILT_IN, "DEFAULT"})
_PATH = "/cloudapi/branding/themes"
_SINCE: ApiNumber = (30, 0)
# The schema says 30.0, the published client refuses below 31.0 (section 7).
_CSS_SINCE: ApiNumber = (31, 0)
_TYPE_REQUIRED: ApiNumber = (32, 0)


@dataclass
class Theme:
    """One theme; built-in ones never change."""

    name: str
    built_in: bool = False
    css: bytes | None = None

    def view(self) -> dict[str, str]:
        """The UiTheme."""
        return {"themeType": BUILT_IN if self.built_in else CUSTOM, "name": self.name}


def only_provider(exchange: Exchange, operation: str) -> None:
    """Raises Refusal 403 for everybody but System users (section 3.1)."""
    if not exchange.user.is_provider:
        raise forbidden("System Operations", operation, exchange.user.user.org)


def check_theme(body: Any, version: ApiNumber, where: str = "") -> dict[str, Any]:
    """A UiTheme of a client: its name, and its type from API 32.0 on. Raises Refusal 400."""
    theme = check_object(body, _FIELDS, ("name", "themeType") if version >= _TYPE_REQUIRED else ("name",), where)
    sent = theme.get("themeType")
    if sent is not None and sent.upper() not in _SENT_TYPES:
        raise bad_request(f"'{sent}' is not a type of themes.")
    return theme


class Themes:
    """The themes of one vCD."""

    def __init__(self, transfers: Transfers) -> None:
        self.transfers = transfers
        self.is_selected: Callable[[str], bool] = lambda _name: False
        """Whether a branding, the system's or an organization's, selects the theme of this name."""
        self._themes: dict[str, Theme] = {}
        self.clear()

    def clear(self) -> None:
        """Back to the built-in ones."""
        self._themes = {name: Theme(name, built_in=True) for name in _BUILT_IN_NAMES}

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        add, one, contents = routes.add, f"{_PATH}/*", f"{_PATH}/*/contents"
        add("GET", _PATH, Route(self.read_all, since=_SINCE))
        add("POST", _PATH, Route(self.create, since=_SINCE, writes=True))
        add("GET", one, Route(self.read, since=_SINCE))
        add("PUT", one, Route(self.rename, since=_SINCE, writes=True))
        add("DELETE", one, Route(self.delete, since=_SINCE, writes=True))
        add("GET", f"{one}/css", Route(self.read_css, since=_CSS_SINCE, public=True))
        add("POST", contents, Route(self.upload, since=_CSS_SINCE, writes=True))
        add("DELETE", contents, Route(self.delete_css, since=_CSS_SINCE, writes=True))

    # Rules, also for changes behind everybody's back

    def get(self, name: str) -> Theme | None:
        """The theme of exactly this name (whether its case matters is UNKNOWN: it does)."""
        return self._themes.get(name)

    def all(self) -> list[Theme]:
        """All of them, built-in ones first."""
        return list(self._themes.values())

    def add(self, name: str, css: bytes | None = None) -> Theme:
        """A new custom theme. Raises Refusal 400 (INFERRED) when there is one of its name."""
        if not name.strip():
            raise bad_request("A theme needs a name.")
        if name in self._themes:
            raise Refusal(400, "DUPLICATE_NAME", f"There is a theme '{name}' already.")
        theme = self._themes[name] = Theme(name, css=css)
        return theme

    def remove(self, name: str) -> None:
        """Removes a theme, whoever selects it."""
        del self._themes[name]

    def _find(self, name: str) -> Theme:
        theme = self._themes.get(name)
        if theme is None:
            raise Refusal(404, "NOT_FOUND", f"There is no theme '{name}'.")
        return theme

    def _to_change(self, exchange: Exchange, name: str) -> Theme:
        only_provider(exchange, "THEME_EDIT")
        theme = self._find(name)
        if theme.built_in:
            # 400 or 403 (section 3.5): 400 taken.
            raise bad_request(f"The theme '{name}' is built in and cannot be changed.")
        return theme

    def _not_selected(self, theme: Theme) -> None:
        # Whether a selection follows a new name is UNKNOWN: refused like the deletion, the stricter reading.
        if self.is_selected(theme.name):
            raise bad_request(f"The theme '{theme.name}' is selected.")

    # Calls

    def read_all(self, exchange: Exchange) -> Reply:
        """`GET /branding/themes`: a plain array."""
        return exchange.json([theme.view() for theme in self._themes.values()])

    def read(self, exchange: Exchange, name: str) -> Reply:
        """`GET /branding/themes/{name}`."""
        return exchange.json(self._find(name).view())

    def _wanted_name(self, exchange: Exchange) -> str:
        body = check_theme(read_object(exchange, _FIELDS), exchange.version)
        if body.get("themeType") is not None and body["themeType"].upper() != CUSTOM:
            raise bad_request("Only themes of the type CUSTOM can be made.")
        return str(body["name"])

    def create(self, exchange: Exchange) -> Reply:
        """`POST /branding/themes`."""
        only_provider(exchange, "THEME_CREATE")
        theme = self.add(self._wanted_name(exchange))
        address = f"{exchange.base_url}{_PATH}/{quote(theme.name, safe='')}"
        return exchange.json(theme.view(), 201, [("Content-Location", address)])

    def rename(self, exchange: Exchange, name: str) -> Reply:
        """`PUT /branding/themes/{name}`: the name is all that can change."""
        theme = self._to_change(exchange, name)
        wanted = self._wanted_name(exchange)
        if wanted != name:
            self._not_selected(theme)
            self.add(wanted, theme.css)
            self.remove(name)
        return exchange.json(self._find(wanted).view())

    def delete(self, exchange: Exchange, name: str) -> Reply:
        """`DELETE /branding/themes/{name}`; a body is not looked at."""
        self._not_selected(self._to_change(exchange, name))
        self.remove(name)
        return exchange.nothing()

    def read_css(self, exchange: Exchange, name: str) -> Reply:
        """`GET /branding/themes/{name}/css`, whatever `Accept` names: the schema has no 406 here."""
        css = self._find(name).css
        if css is None:
            raise Refusal(404, "NOT_FOUND", f"The theme '{name}' has no CSS.")
        return exchange.raw(css, "text/css")

    def upload(self, exchange: Exchange, name: str) -> Reply:
        """`POST /branding/themes/{name}/contents`: where to put the style sheet. It is in force once it is there."""
        theme = self._to_change(exchange, name)
        spec = UploadSpec.read(exchange, ".css")

        def arrived(content: bytes) -> None:
            if self._themes.get(theme.name) is not theme:
                raise Refusal(404, "NOT_FOUND", f"There is no theme '{name}' any more.")
            theme.css = content

        return exchange.nothing(headers=self.transfers.announce(exchange, spec, arrived))

    def delete_css(self, exchange: Exchange, name: str) -> Reply:
        """`DELETE /branding/themes/{name}/contents`."""
        self._to_change(exchange, name).css = None
        return exchange.nothing()
