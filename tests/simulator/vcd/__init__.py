"""The simulated vCloud Director: log-ins, organizations, look-ups and tasks, by its contract (vcd-api.md)."""

from __future__ import annotations

from .service import VcdService

__all__ = ["VcdService"]
