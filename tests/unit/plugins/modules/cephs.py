"""Ceph as its programs told of it once: the tests of modules run on what a real cluster of 16.2.15 answered.

`ceph_16_2.json` has the answers by command, recorded of the small lab with its addresses and keys put out. What a
module writes is kept and changes nothing, so tests predict, or look at what was written. How the modules fare with
Ceph itself is in tests/integration/targets and tests/e2e/test_ceph_bad_days.py.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _options
from ansible_collections.vcpp.vcloud.plugins.module_utils._ceph import client
from ansible_collections.vcpp.vcloud.plugins.module_utils._command import CommandError
from ansible_collections.vcpp.vcloud.plugins.module_utils._resource import Definition
from tests.unit.plugins.module_utils.running import run_module

RECORDED = Path(__file__).with_name("ceph_16_2.json")
# The keys of the recordings all have this in them.
KEY = "RecordedKeyOfNobody"


class Ceph:
    """The programs. `answers` are by program and command, `failures` (code, text) by the beginning of a command."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
        self.failures: dict[str, list[tuple[int, str]]] = {}
        self.asked: list[str] = []
        self.written: list[str] = []
        self.stdin: list[str] = []
        self.commands: list[list[str]] = []

    def __call__(self, command: list[str], *, shown: list[str], stdin: str, seconds: float | None, **more: Any) -> str:
        self.commands.append(command)
        reads = list(shown[-2:]) == ["--format", "json"]
        told = " ".join(shown[:-2] if reads else shown)
        (self.asked if reads else self.written).append(told)
        for begin, failures in self.failures.items():
            if told.startswith(begin) and failures:
                code, said = failures.pop(0)
                raise CommandError("failed", shown, code, said)
        if not reads:
            self.stdin.append(stdin)
            return "AQ99NewKeyOfNobody==\n" if "--gen-print-key" in shown else ""
        assert seconds is not None, "a read is bounded"
        if told not in self.answers:
            raise CommandError("failed", shown, 2, "Error ENOENT: there is no such thing")
        return "\n" + json.dumps(self.answers[told])

    @property
    def cluster(self) -> client.Cluster:
        """A client, for what a module is made of."""
        return client.Cluster({"ceph_user": "client.admin", "ceph_via": "host", "ceph_timeout": 5})

    def run(self, module: type[Definition], /, check: bool = True, **options: Any) -> Any:
        """The result of a module, by default in check mode."""
        return run_module(module(), options, check)

    def pool(self, name: str) -> dict[str, Any]:
        """The recording of a pool, to be changed."""
        pools: list[dict[str, Any]] = self.answers["ceph osd pool ls detail"]
        (found,) = [pool for pool in pools if pool["pool_name"] == name]
        return found


@pytest.fixture
def ceph(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ceph]:
    """The recorded cluster, and no other: with the pools kube and archive, and the images a (of a snapshot) and b."""
    for option in _options.CEPH:
        monkeypatch.delenv(option.env, raising=False)
    fake = Ceph()
    which = shutil.which
    monkeypatch.setattr(client, "run", fake)
    monkeypatch.setattr(
        client.shutil, "which",
        lambda name, *more, **named: f"/usr/bin/{name}" if name != "cephadm" else which(name, path=os.devnull),
    )  # fmt: skip
    before = copy.deepcopy(fake.answers)
    yield fake
    assert set(before) <= set(fake.answers)
