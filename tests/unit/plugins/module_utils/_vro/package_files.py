"""Packages as files, built of elements (contract vro-api.md, 13.3). Unsigned, which servers accept.

package_file("com.example.lib", [replace(workflow, place="Library/Example"), resource("…", …)])
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import archives, artifacts, markup
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.artifacts import (
    ACTION,
    KINDS,
    RESOURCE,
    Artifact,
    Package,
)

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">\n'
    "<properties>\n<comment>UTF-16</comment>\n"
)
_WIRE = {kind: wire for wire, kind in KINDS.items()}


def package_file(
    name: str,
    elements: Iterable[Artifact],
    *,
    description: str = "",
    server_version: str = "",
    used_plugins: Mapping[str, str] | None = None,
) -> Package:
    """A package of elements that each know their place. Raises InputError where they do not fit together."""
    about = {
        "pkg-name": name,
        # The same for the same name, as other tools that build packages do it.
        "pkg-id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"http://{name}.package")),
        "pkg-description": description,
        "vso-version": server_version,
        "used-plugins": ",".join(f"{plugin}#{version}" for plugin, version in (used_plugins or {}).items()),
    }
    files = {"dunes-meta-inf": _properties(about)}
    for each in elements:
        folder = f"elements/{each.id}/"
        wire = _WIRE.get(each.kind, each.kind)
        files[f"{folder}info"] = _properties({"id": each.id, "type": wire})
        files[f"{folder}categories"] = _categories(each)
        files[f"{folder}data"] = _data(each)
    built = artifacts.read(f"package {name}", archives.pack(files))
    if not isinstance(built, Package):
        raise TypeError("what was built is no package")
    return built


def resource(identifier: str, name: str, place: str, data: bytes, mime_type: str, version: str = "1.0.0") -> Artifact:
    """A resource element for a package."""
    return Artifact(RESOURCE, identifier, name, version, place=place, data=data, mime_type=mime_type)


def _properties(entries: Mapping[str, str]) -> bytes:
    lines = (f"<entry key={quoteattr(key)}>{escape(value)}</entry>\n" for key, value in entries.items())
    return f"{_HEAD}{''.join(lines)}</properties>\n".encode()


def _categories(each: Artifact) -> bytes:
    place = each.place or ""
    names = [place] if each.kind == ACTION else [part for part in place.split("/") if part]
    held = "".join(f"<category name={quoteattr(part)}><name>{markup.cdata(part)}</name></category>" for part in names)
    # Little end first: servers write it so, though the data beside it the other way.
    return b"\xff\xfe" + f"<categories>{held}</categories>".encode("utf-16-le")


def _data(each: Artifact) -> bytes:
    if each.kind == RESOURCE:
        told = {"id": each.id, "name": each.name, "version": each.version, "mimetype": each.mime_type}
        told["description"] = each.description
        inner = {f"VSO-RESOURCE-INF/attribute_{key}": value.encode() for key, value in told.items() if value}
        return archives.pack({**inner, "VSO-RESOURCE-INF/data": each.data})
    if each.document is not None:
        return markup.encode(artifacts.xml(each))
    return each.data
