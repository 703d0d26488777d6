"""What tests with a real Ceph cluster share: without its packages they are skipped with a sentence, in CI they fail."""

from __future__ import annotations

import os

import pytest

from tests.labs.ceph.small import missing

# In CI the lab's own LabError is the failure.
needs_ceph = pytest.mark.skipif(bool(missing()) and not os.environ.get("CI"), reason=missing() or "all there")
