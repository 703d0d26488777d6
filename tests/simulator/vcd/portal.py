"""The portal and what extends it: branding, themes, plug-ins and extensions, put together for the vCD."""

from __future__ import annotations

from .branding import Brandings
from .directory import Directory
from .routes import Routes
from .themes import Themes
from .transfer import Transfers
from .ui_plugins import UiPlugins


class Portal:
    """The rooms of one vCD that belong to its portal."""

    def __init__(self, directory: Directory, release: str) -> None:
        self.transfers = Transfers()
        self.themes = Themes(self.transfers)
        self.brandings = Brandings(directory, self.themes, release)
        self.plugins = UiPlugins(directory, self.transfers)

    def register(self, routes: Routes) -> None:
        """Adds their calls."""
        self.transfers.register(routes)
        self.themes.register(routes)
        self.brandings.register(routes)
        self.plugins.register(routes)

    def clear(self) -> None:
        """Back to a fresh system."""
        self.transfers.clear()
        self.themes.clear()
        self.brandings.clear()
        self.plugins.clear()
