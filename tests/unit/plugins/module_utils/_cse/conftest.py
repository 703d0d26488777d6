"""The scripted server of the vCD client's tests, under this client too."""

from __future__ import annotations

from tests.unit.plugins.module_utils._vcd.conftest import scripted_server

__all__ = ["scripted_server"]
