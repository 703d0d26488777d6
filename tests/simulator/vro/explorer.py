"""The explorer API of 8.x and 9.x (contract section 12.1): which types, objects and methods plug-ins have."""

from __future__ import annotations

from .routes import Routes
from .server import Room


class Explorer(Room):
    """`/server-configuration/api`."""

    def register(self, routes: Routes) -> None:
        """Adds its calls."""
