# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes content of the orchestrator as files, for tests: workflows, actions, configuration elements, packages.

    python -m tests.tools.make_vro_files build/greet.workflow --name Greet --version 1.0.1
    python -m tests.tools.make_vro_files build/shout.action --name shout --script 'return text.toUpperCase();'
    python -m tests.tools.make_vro_files build/greetings.vsoconf --name Greetings
    python -m tests.tools.make_vro_files build/com.example.greetings.package --name com.example.greetings
    python -m tests.tools.make_vro_files bad.package --name com.example.greetings --corrupt signature

The ending says what is made. Ids follow from names, so that the same file has the same elements every time it is made.
A package holds one element of every kind and is signed by a certificate that is made with it; every element has the
package's version. Plug-ins are made by make_vro_plugin.py.

--corrupt makes a file that a server must refuse:

    archive     it is no archive
    content     the XML of an element is not well-formed
    signature   a signature does not fit what it is of (packages)
    meta        there is no dunes-meta-inf (packages)
"""

from __future__ import annotations

import argparse
import io
import sys
import uuid
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tests.simulator.vro import element_files, workflow_model
from tests.simulator.vro.file_markup import encode
from tests.simulator.vro.package_files import META, PackageFile, PackedElement, Signer, save_package
from tests.simulator.vro.store import Action, Attribute, Configuration, Parameter, Resource
from tests.simulator.vro.workflow_model import Parameter as Declared
from tests.simulator.vro.workflow_model import Workflow

CORRUPTIONS = ("archive", "content", "signature", "meta")
MODULE = "com.example.greetings"
FOLDER = ("Kiwi Cloud", "Greetings")
SCRIPT = 'System.log("Greeting " + name);\ngreeting = "Hello " + name;\n'
ACTION_SCRIPT = "return text.toUpperCase();"
_SIGNER = "tests.example.com"


def identity(kind: str, name: str) -> str:
    """The id that an element of this kind and name has in every file that is made here."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://example.com/vro/{kind}/{name}"))


def workflow(name: str = "Greet", version: str = "1.0.0", script: str = SCRIPT, description: str = "") -> Workflow:
    """A workflow of one scriptable task: `name` in, `greeting` out."""
    inputs, outputs = [Declared("name", "string", "Who is greeted")], [Declared("greeting", "string")]
    return workflow_model.simple(identity("workflow", name), name, script, inputs, outputs, version, description)


def workflow_file(made: Workflow, form: str | None = None) -> bytes:
    """A `.workflow`; `form` is the JSON of its input form, which a native export would not carry."""
    text = workflow_model.dump(made)
    stored = element_files.read_workflow(text, "")
    if form is None:
        return element_files.save_workflow(stored)
    files = element_files.open_archive(element_files.save_workflow(stored))
    return element_files.make_archive({**files, element_files.FORM: encode(form)})


def action(name: str = "shout", version: str = "1.0.0", script: str = ACTION_SCRIPT) -> Action:
    """An action: `text` in, a string out."""
    inputs = [Parameter("text", "string", "What is shouted")]
    return Action(identity("action", name), name, "", None, version, script, "string", inputs)


def configuration(name: str = "Greetings", version: str = "1.0.0", secret: str = "s3cret") -> Configuration:
    """A configuration element with a value of some types, a secret among them."""
    attributes = [
        Attribute("word", "string", "How a greeting begins", {"string": {"value": "Hello"}}),
        Attribute("times", "number", None, {"number": {"value": 3}}),
        Attribute("names", "Array/string", None, {"array": {"elements": [{"string": {"value": "Rachael"}}]}}),
        Attribute("password", "SecureString", None, {"secure-string": {"value": secret}}),
        Attribute("nothing", "string"),
    ]
    return Configuration(identity("configuration", name), name, "", None, version, attributes)


def resource(name: str = "motd.txt", version: str = "1.0.0", data: bytes = b"Kia ora\n") -> Resource:
    """A resource element."""
    return Resource(identity("resource", name), name, "", None, version, "text/plain", data)


def package(name: str, version: str = "1.0.0", script: str = SCRIPT, used_plugins: Sequence[str] = ()) -> PackageFile:
    """A package of one element of every kind. `used_plugins`: `name#version`."""
    folder = list(FOLDER)
    settings = element_files.write_configuration(configuration(version=version), 8, secrets=True)
    elements = [
        PackedElement(
            identity("workflow", "Greet"), "Workflow", encode(workflow_model.dump(workflow("Greet", version, script))),
            folder, ["greetings"],
        ),
        PackedElement(
            identity("action", "shout"), "ScriptModule", encode(element_files.write_action(action(version=version))),
            [MODULE],
        ),
        PackedElement(identity("configuration", "Greetings"), "ConfigurationElement", encode(settings), folder),
        PackedElement(
            identity("resource", "motd.txt"), "ResourceElement",
            element_files.write_resource(resource(version=version)), folder,
        ),
    ]  # fmt: skip
    plugins = [dict(zip(("name", "version"), one.split("#"), strict=True)) for one in used_plugins]
    return PackageFile(name, identity("package", name), "Greetings for everybody", elements, plugins, "7.6.0.12923317")


def _broken_xml(content: bytes) -> bytes:
    return content[: len(content) // 2 // 2 * 2]


def corrupted(content: bytes, how: str) -> bytes:
    """The same file with something wrong. Raises ValueError for a way that it has no place for."""
    if how == "archive":
        return content[: len(content) // 2]
    files = element_files.open_archive(content)
    if how == "content":
        place = next(one for one in files if one.endswith(("-content", "/data")))
        files = {name: _broken_xml(one) if name == place else one for name, one in files.items()}
        files = {name: one for name, one in files.items() if not name.startswith("signatures/")}
    elif how == "signature":
        place = next((one for one in files if one.startswith("signatures/elements/")), "")
        if not place:
            raise ValueError("The file has no signatures.")
        files[place] = files[place][::-1]
    elif how == "meta":
        if META not in files:
            raise ValueError(f"The file has no {META}.")
        del files[META]
    else:
        raise ValueError(f"A file cannot be made {how}; there are {', '.join(CORRUPTIONS)}.")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in files.items():
            archive.writestr(name, one)
    return stream.getvalue()


def make(
    path: Path, name: str | None = None, version: str = "1.0.0", script: str | None = None, corrupt: str | None = None
) -> Path:
    """Writes a file of what its ending says; answers its path. Raises ValueError for another ending."""
    if path.suffix == ".workflow":
        content = workflow_file(workflow(name or "Greet", version, script or SCRIPT))
    elif path.suffix == ".action":
        content = element_files.save_action(action(name or "shout", version, script or ACTION_SCRIPT))
    elif path.suffix == ".vsoconf":
        text = element_files.write_configuration(configuration(name or "Greetings", version), 7, secrets=True)
        content = text.encode()
    elif path.suffix == ".package":
        content = save_package(package(name or path.stem, version, script or SCRIPT), Signer.of(_SIGNER))
    else:
        raise ValueError(f"There is no file with the ending '{path.suffix}' to make.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(corrupted(content, corrupt) if corrupt else content)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; answer the exit status."""
    title = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m tests.tools.make_vro_files", description=title)
    parser.add_argument("path", type=Path, metavar="FILE", help="what to write; its ending says what")
    parser.add_argument("--name", help="of the element or the package")
    parser.add_argument("--version", default="1.0.0", help="default: %(default)s")
    parser.add_argument("--script", help="of the workflow or the action")
    parser.add_argument("--corrupt", choices=CORRUPTIONS, help="make a file that is not in order")
    given = parser.parse_args(arguments)
    path = make(given.path, given.name, given.version, given.script, given.corrupt)
    print(f"{path}: {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
