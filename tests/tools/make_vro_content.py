# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes folders of the orchestrator's content as they lie in git, for tests.

    python -m tests.tools.make_vro_content build/content

first     one of everything, with awkward names
second    the same some commits later: a script edited, one removed, a workflow edited and moved, a value changed
nothing   the same categories and modules without anything in them
broken    a script that is none
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from tests.simulator.vro import element_files, workflow_model
from tests.simulator.vro.file_markup import encode
from tests.simulator.vro.package_files import PackageFile, PackedElement, Signer, save_package
from tests.simulator.vro.store import Action, Parameter
from tests.simulator.vro.workflow_model import Parameter as Declared
from tests.tools.make_vro_files import identity

Files = Mapping[str, str | bytes]
ABOUT = """\
version: 1.0.2
description: Name of a tenant
output_type: string
inputs:
  - {name: tenant, type: string}
"""
BACKUP = """\
description: Where backups go
attributes:
  - {name: url, type: string, value: "https://avamar.example.com"}
  - {name: port, type: number, value: 8543}
  - {name: password, type: SecureString}
  - {name: own, type: string}
"""


def workflow(name: str, script: str = "System.log(tenant);", version: str = "1.0.0", key: str = "") -> str:
    """The XML of a workflow of one task."""
    inputs = [Declared("tenant", "string", "Whose")]
    made = workflow_model.simple(identity("workflow", key or name), name, script, inputs, [], version, "")
    return workflow_model.dump(made)


def package(name: str) -> bytes:
    """A package of one action."""
    action = Action(
        identity("action", "one"), "one", "", None, "1.0.0", "return n + 1;", "number", [Parameter("n", "number")]
    )
    element = PackedElement(action.id, "ScriptModule", encode(element_files.write_action(action)), ["com.kiwi.lib"])
    file = PackageFile(name, identity("package", name), "", [element], [], "7.3.0.5481809")
    return save_package(file, Signer.of("tests.example.com"))


def first() -> dict[str, str | bytes]:
    """One of everything."""
    return {
        "actions/com.kiwi.tenants/nameOf.js": "return tenant.name;\n",
        "actions/com.kiwi.tenants/nameOf.yml": ABOUT,
        "actions/com.kiwi.tenants/bare.js": "return 1;\n",
        "configurations/Kiwi Cloud/Größe/Backup.yml": BACKUP,
        "resources/Kiwi Cloud/Briefe/Begrüßung.txt": "Grüß Gott\n",
        "workflows/Kiwi Cloud/Größe/Add a tenant.xml": workflow("Add a tenant"),
        "workflows/Kiwi Cloud/Größe/Twin.xml": workflow("Twin"),
        "workflows/Kiwi Cloud/Twin.xml": workflow("Twin", key="Another twin"),
        "packages/com.kiwi.lib.package": package("com.kiwi.lib"),
    }


def second() -> dict[str, str | bytes]:
    """The same some commits later."""
    files = first()
    del files["actions/com.kiwi.tenants/bare.js"], files["workflows/Kiwi Cloud/Größe/Add a tenant.xml"]
    return {
        **files,
        "actions/com.kiwi.tenants/nameOf.js": "return tenant.id;\n",
        "configurations/Kiwi Cloud/Größe/Backup.yml": BACKUP.replace("8543", "443"),
        "workflows/Kiwi Cloud/Neu/Add a tenant.xml": workflow("Add a tenant", "System.warn(tenant);", "1.0.1"),
    }


def nothing() -> dict[str, str | bytes]:
    """The places of all of these, with a mark that git keeps."""
    places = {
        path.rpartition("/")[0] for files in (first(), second()) for path in files if not path.startswith("packages/")
    }
    return {f"{place}/.gitkeep": "" for place in places}


def write(folder: Path, files: Files) -> None:
    """Write files below a folder."""
    for path, content in files.items():
        whole = folder / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(content.encode() if isinstance(content, str) else content)


def make(folder: Path) -> None:
    """Write all of them."""
    write(folder / "first", first())
    write(folder / "second", second())
    write(folder / "nothing", nothing())
    write(folder / "broken", {"actions/com.kiwi.tenants/nameOf.js": b"\0\xff"})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    make(parser.parse_args().folder)
