"""What tests with a real Kubernetes share: without its programs they are skipped with a sentence, in CI they fail."""

from __future__ import annotations

import os

import pytest

from tests.labs.ceph.small import missing as missing_ceph
from tests.labs.kubernetes import SIDECARS, STAND_IN, missing

# In CI the lab's own LabError is the failure.
needs_kubernetes = pytest.mark.skipif(bool(missing()) and not os.environ.get("CI"), reason=missing() or "all there")
_CHAIN = missing(*SIDECARS, STAND_IN) or missing_ceph()
needs_chain = pytest.mark.skipif(bool(_CHAIN) and not os.environ.get("CI"), reason=_CHAIN or "all there")
