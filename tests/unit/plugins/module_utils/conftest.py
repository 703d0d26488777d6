"""What every test of module_utils starts with: no proxy, no certificate bundle and no connection of another test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from ansible_collections.vcpp.vcloud.plugins.module_utils import _http, _options, _sessions

settings.register_profile("vcpp", max_examples=60, deadline=None, database=None)
settings.load_profile("vcpp")

DECIDING = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle")


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in DECIDING:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for table in _options.PRODUCTS.values():
        for option in table:
            monkeypatch.delenv(option.env, raising=False)
    monkeypatch.setattr(_sessions, "_run", None)
    yield
    for session in _http._pools.values():
        session.close()
    _http._pools.clear()
    _http._contexts.clear()
