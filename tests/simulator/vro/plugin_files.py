"""Files of plug-ins (contract section 15): `.dar`, an archive with `VSO-INF/vso.xml`, and `.vmoapp`, one with `.dar`s.

What stands in them is read as the plug-in of dimitrovvlado/o11n-plugin-redis has it: the root of `vso.xml` is a
`module` with name, version, build number and display name; the license of a `.vmoapp` is `VSO-INF/vsoapp.txt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .element_files import make_archive, open_archive
from .file_markup import BadFile, Node, decode, dump, parse

DAR, VMOAPP = "dar", "vmoapp"
_DESCRIPTOR = "VSO-INF/vso.xml"
_LICENSE = "VSO-INF/vsoapp.txt"
_MANIFEST = b"Manifest-Version: 1.0\r\nCreated-By: Apache Maven\r\n\r\n"


@dataclass(frozen=True)
class PluginFile:
    """A plug-in as its `.dar` has it."""

    name: str
    """The module name."""
    version: str
    build: str
    display_name: str
    description: str
    content: bytes
    """The `.dar` itself."""

    @property
    def file_name(self) -> str:
        """How the archive of a `.vmoapp` calls it."""
        return f"o11nplugin-{self.name.lower()}.dar"


@dataclass(frozen=True)
class Bundle:
    """What an upload brings: one plug-in, or those of a `.vmoapp` with its license."""

    plugins: tuple[PluginFile, ...]
    eula: str = ""


def open_dar(content: bytes) -> PluginFile:
    """The plug-in of a `.dar`. Raises BadFile."""
    files = open_archive(content)
    if _DESCRIPTOR not in files:
        raise BadFile(f"There is no {_DESCRIPTOR}.")
    root = parse(files[_DESCRIPTOR])
    if root.name != "module" or not root.get("name") or not root.get("version"):
        raise BadFile(f"{_DESCRIPTOR} is not that of a module with a name and a version.")
    name = root.get("name")
    display = root.get("display-name") or name
    return PluginFile(
        name, root.get("version"), root.get("build-number"), display, root.text_of("description"), content
    )


def save_dar(name: str, version: str, build: str, display_name: str, description: str = "") -> bytes:
    """A `.dar` with a descriptor and no code."""
    root = Node("module", {"name": name, "version": version, "build-number": build})
    root.attributes.update({"image": "images/default-16x16.png", "display-name": display_name})
    root.add("description", description)
    root.add("installation", mode="version")
    root.add("finder-datasources")
    root.add("finders")
    return make_archive({"META-INF/MANIFEST.MF": _MANIFEST, _DESCRIPTOR: dump(root).encode()})


def open_upload(content: bytes, kind: str | None = None) -> Bundle:
    """The plug-ins of an upload: `kind` is DAR or VMOAPP, None when the file has to say. Raises BadFile."""
    files = open_archive(content)
    inner = [one for name, one in files.items() if name.endswith(".dar")]
    found = VMOAPP if inner else DAR
    if kind not in (None, found):
        raise BadFile(f"The file is no .{kind}.")
    if found == DAR:
        return Bundle((open_dar(content),))
    return Bundle(tuple(open_dar(one) for one in inner), decode(files.get(_LICENSE, b"")))


def save_vmoapp(dars: Sequence[tuple[str, bytes]], eula: str) -> bytes:
    """A `.vmoapp` of these `.dar`s: names and contents."""
    return make_archive({"META-INF/MANIFEST.MF": _MANIFEST, _LICENSE: eula.encode(), **dict(dars)})
