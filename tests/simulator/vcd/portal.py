"""The portal and what extends it: branding, themes, plug-ins and extensions, put together for the vCD."""

from __future__ import annotations

from .branding import Brandings
from .branding_flex import FlexBranding
from .branding_themes import BrandingThemes
from .directory import Directory
from .extensions import Extensions
from .extensions_broker import BrokerSettings
from .extensions_mqtt import MqttExtensions
from .extensions_rights import ExtensionRights
from .external_endpoints import ExternalEndpoints
from .feature_flags import FeatureFlags
from .query import QueryService
from .rights import Access
from .routes import Routes
from .tasks import Tasks
from .themes import Themes
from .transfer import Transfers
from .ui_plugins import UiPlugins
from .versions import number, of_release


class Portal:
    """The rooms of one vCD that belong to its portal."""

    def __init__(self, directory: Directory, tasks: Tasks, query: QueryService, access: Access, release: str) -> None:
        self.transfers = Transfers()
        self.themes = Themes(self.transfers)
        self.brandings = Brandings(directory, self.themes, release)
        self.plugins = UiPlugins(directory, self.transfers)
        self.flags = FeatureFlags(number(of_release(release)))
        self.branding_themes = BrandingThemes(directory, tasks, self.transfers, self.flags, self.brandings)
        self.extensions = Extensions(query, access)
        self.broker = BrokerSettings()
        self.mqtt = MqttExtensions(self.extensions)
        self.endpoints = ExternalEndpoints(self.extensions, self.mqtt)
        self._rooms = (
            self.transfers,
            self.themes,
            self.brandings,
            FlexBranding(number(of_release(release))),
            self.plugins,
            self.flags,
            self.branding_themes,
            self.extensions,
            ExtensionRights(self.extensions),
            self.broker,
            self.mqtt,
            self.endpoints,
        )

    def register(self, routes: Routes) -> None:
        """Adds their calls."""
        for room in self._rooms:
            room.register(routes)

    def clear(self) -> None:
        """Back to a fresh system."""
        for room in self._rooms:
            room.clear()
