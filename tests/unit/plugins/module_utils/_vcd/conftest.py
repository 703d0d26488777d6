"""Puts a scripted server under the client."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _http
from tests.unit.plugins.module_utils._vcd.scripted import Script, Step


@pytest.fixture(name="server")
def scripted_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Script]]:
    """`server(step, step, ...)`; at the end of the test every step must have been asked for."""
    scripts: list[Script] = []

    def follow(*steps: Step) -> Script:
        script = Script(*steps)
        scripts.append(script)
        monkeypatch.setattr(_http, "_pool", lambda transport: script)
        return script

    yield follow
    for script in scripts:
        assert not script.steps, f"never asked for: {script.steps}"
