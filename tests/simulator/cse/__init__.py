"""The Container Service Extension (CSE) beside the vCD of a site, by its contract (cse-api.md).

`releases` (which CSE fits which vCD) · `extension` (its process, how the vCD leads requests to it) · `calls` (a
request, its errors) · `system` (`/api/cse/system`) · `templates`, `machines` (what clusters are made from and of) ·
`work` (what takes time) · `sides` (what answers for which release) · `changes` (behind everybody's back).
"""

from __future__ import annotations

from .extension import Cse

__all__ = ["Cse"]
