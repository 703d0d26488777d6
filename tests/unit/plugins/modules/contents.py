"""Folders of content for the tests of vro_content and vro_content_export: one of everything, with awkward names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import artifacts, markup, workflow_files
from tests.unit.plugins.module_utils._vro import package_files

SECRET = "Lam9-b0x-Secret"
SCRIPT = "// Grüße\nreturn tenant.name;\n"
IDS = {
    name: f"0000000{index}-aaaa-4bbb-8ccc-000000000000" for index, name in enumerate(("Add", "Twin", "Other twin"), 1)
}


def workflow(
    name: str, identifier: str, script: str = "System.log('hi');", version: str = "1.0.0"
) -> artifacts.Artifact:
    """A workflow of one task."""
    return workflow_files.script_workflow(
        name, script, inputs=[{"name": "tenant", "type": "string"}], identifier=identifier, version=version
    )


def xml(name: str, identifier: str, script: str = "System.log('hi');", version: str = "1.0.0") -> str:
    """Its file."""
    return artifacts.readable(workflow(name, identifier, script, version))


def package(name: str, script: str = "return 1;", version: str = "1.0.0") -> bytes:
    """A package with one action."""
    action = workflow_files.action_file(
        "one", script, identifier="11111111-aaaa-4bbb-8ccc-000000000000", version=version, output_type="number"
    )
    placed = artifacts.Artifact(**{**vars(action), "place": "com.kiwi.lib"})
    return package_files.package_file(name, [placed]).packed


def configured(name: str) -> bytes:
    """A package with one configuration element, as a server exports it without values."""
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<config-element id="22222222-aaaa-4bbb-8ccc-000000000000" version="1.0.0">'
        "<display-name><![CDATA[Backup]]></display-name><atts>"
        '<att name="url" type="string" read-only="false"/><att name="password" type="SecureString" read-only="false"/>'
        "</atts></config-element>"
    )
    element = artifacts.Artifact(
        artifacts.CONFIGURATION, "22222222-aaaa-4bbb-8ccc-000000000000", "Backup", "1.0.0", place="Kiwi Cloud",
        document=markup.parse(xml),
    )  # fmt: skip
    return package_files.package_file(name, [element]).packed


def put(folder: Path, files: dict[str, Any]) -> None:
    """Write files; a value that is None removes one."""
    for path, content in files.items():
        whole = folder / path
        if content is None:
            whole.unlink()
            continue
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(content if isinstance(content, bytes) else content.encode())


EVERYTHING: dict[str, Any] = {
    "README.md": "# Not content\n",
    "actions/com.kiwi.tenants/nameOf.js": SCRIPT,
    "actions/com.kiwi.tenants/nameOf.yml": "version: 1.0.2\ndescription: Of a tenant\noutput_type: string\n"
    "inputs:\n  - {name: tenant, type: string, description: Whose}\n",
    "actions/com.kiwi.tenants/bare.js": "return 1;\n",
    "configurations/Kiwi Cloud/Größe/Backup.yml": "description: Where\nattributes:\n"
    "  - {name: url, type: string, value: 'https://a'}\n  - {name: password, type: SecureString}\n"
    "  - {name: own, type: number}\n",
    "resources/Kiwi Cloud/Briefe/Begrüßung.txt": "Grüß Gott\n",
    "resources/Kiwi Cloud/Briefe/logo.bin": b"\0\1\2",
    "workflows/Kiwi Cloud/Größe/Add a tenant.xml": xml("Add a tenant", IDS["Add"]),
    "workflows/Kiwi Cloud/Größe/Twin.xml": xml("Twin", IDS["Twin"]),
    "workflows/Kiwi Cloud/Twin.xml": xml("Twin", IDS["Other twin"]),
}


def snapshot(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
