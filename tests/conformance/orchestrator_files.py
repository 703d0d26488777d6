"""A package for the clients of the orchestrator to push: one workflow that greets, and fails when it is asked to."""

from __future__ import annotations

from pathlib import Path

from tests.simulator.vro import workflow_model
from tests.simulator.vro.element_files import encode
from tests.simulator.vro.package_files import PackageFile, PackedElement, Signer, save_package
from tests.simulator.vro.workflow_model import Parameter

WORKFLOW = "5e0d4c7e-6f0a-4f0e-9f63-0d3c5a1b7c11"
FOLDER = ["Kiwi Cloud", "Greetings"]
SCRIPT = """System.log("Greeting " + name);
if (count > 3) { throw "too many: " + count; }
greeting = "Hello " + name + " (" + count + ", " + loud + ", " + others.join("+") + ")";
"""


def make_package(folder: Path, name: str, version: str = "1.0.0") -> Path:
    """Writes `<name>.package`."""
    kinds = {"name": "string", "count": "number", "loud": "boolean", "others": "Array/string"}
    inputs = [Parameter(key, kind) for key, kind in kinds.items()]
    workflow = workflow_model.simple(WORKFLOW, "Greet", SCRIPT, inputs, [Parameter("greeting", "string")], version)
    element = PackedElement(WORKFLOW, "Workflow", encode(workflow_model.dump(workflow)), FOLDER)
    package = PackageFile(name, name, "Greetings", [element])
    path = folder / f"{name}.package"
    path.write_bytes(save_package(package, Signer.of("conformance")))
    return path
