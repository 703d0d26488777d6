"""Ids that are the same in every run, so that tests may write them down and a reset brings the same objects back."""

from __future__ import annotations

import uuid

_NAMESPACE = uuid.UUID("6f1b3f0e-5c0f-4b39-8f57-0c7f4a1b2c3d")


def stable_id(*parts: str) -> str:
    """A UUID that is the same in every run for the same object of the estate."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))
