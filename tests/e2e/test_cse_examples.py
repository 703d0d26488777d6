"""The EXAMPLES of the CSE modules run as printed, each on a release that has what they show.

All examples of a module make one play, in their order. What the text says for the reader's vCloud Director and
passwords is replaced; its cluster is there before where an example takes it for granted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.plays import ROOT, play
from tests.e2e.test_examples import examples, names
from tests.unit.plugins.modules import benches, cses

MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("cse_*.py"))
# The release of each where it is not 3.1, which has most of what the examples show.
RELEASES: dict[str, str] = {}
# Modules that begin without the cluster k8sceph.
FROM_NOTHING = {"cse_cluster"}


@pytest.fixture(scope="module")
def simulators() -> Iterator[Any]:
    """The bench of a kind and a release, as unit tests have it."""
    yield from benches.simulators()


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_run_as_they_are_printed(module: str, simulators: Any, tmp_path: Path) -> None:
    release = RELEASES.get(module, "3.1")
    cse: cses.Cse = simulators(cses.kind_of(release), release)
    cse.control.reset()
    cse.control.task_seconds(0)
    cse.control.change("cse-ovdc", benches.HERE, org=cses.ORG, vdc=cses.VDC, runtimes=["native"])
    if module not in FROM_NOTHING:
        cse.cluster("k8sceph", workers=2, nfs=1)
    text = examples(module)
    tasks = yaml.safe_load(text)
    path = tmp_path / "examples.yml"
    written = yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], sort_keys=False)
    path.write_text(written.replace("https://vcd.example.com", cse.options["vcd_url"]), encoding="utf-8")
    assert "example.com" not in path.read_text(encoding="utf-8"), "an address that is no documented placeholder"
    secrets = {"vault_vcd_password": cse.options["vcd_password"]}
    trust = {"VCD_CA_PATH": cse.options["ca_path"], "HOME": str(tmp_path)}
    done = play("newest", tmp_path, path, secrets, **trust).assert_ok()
    assert [name for name in names(tasks) if f"TASK [{name}]" not in done.output] == []
    assert "skipping:" not in done.output
