"""vRealize Operations of a site (later Aria Operations, VCF Operations): contract vrops-docker-api.md, part A.

`service` is the door; `kinds`, `credentials`, `adapters`, `resources` and `nodes` are its rooms.
"""

from .service import VropsService

__all__ = ["VropsService"]
