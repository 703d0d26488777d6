"""The simulated vRealize Orchestrator of a site: releases 7.3, 7.6, 8.18 and 9.1. service.py says how it is built."""

from .control_center import ControlCenter
from .service import VroService

__all__ = ["ControlCenter", "VroService"]
