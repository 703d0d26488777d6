# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resource elements: files that workflows read, with a type and a description (contract vro-api.md, 13.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import _files
from .._parallel import side_by_side
from .._plan import Field, InputError, Values
from . import categories, elements, permissions, versions
from .client import JSON, Vro, segment

KIND = "resources"
STREAM = "application/octet-stream"
_METADATA = "application/vnd.o11n.resource.metadata+json"
# The longest text that a diff shows.
_REVIEWED = 64 * 1024
FIELDS: dict[str, Field] = {
    "name": Field("name", immutable=True),
    "category": Field("categoryId", immutable=True),
    "description": Field("description", default=""),
    "mime_type": Field("mime-type"),
    "sha256": Field(""),
    "permissions": permissions.FIELD,
}


@dataclass(frozen=True)
class Resource:
    """One element as it is; `content` is None where nobody asked for it."""

    id: str
    name: str
    description: str
    mime_type: str
    version: str
    content: bytes | None = field(default=None, repr=False)

    def values(self, category: str) -> Values:
        """In the user's words."""
        told = {"name": self.name, "category": category, "description": self.description, "mime_type": self.mime_type}
        return told if self.content is None else {**told, "sha256": digest(self.content)}

    def options(self, category: str) -> Values:
        """In the form of the options of vro_resource_element, with the content where it is a short text."""
        told = {key: value for key, value in self.values(category).items() if key != "sha256"}
        shown = None if self.content is None else text(self.content)
        return told if shown is None else {**told, "content": shown}

    def details(self) -> Values:
        """What there is to tell beside."""
        told: Values = {"id": self.id, "version": self.version}
        return told if self.content is None else {**told, "size": len(self.content), "sha256": digest(self.content)}


def digest(content: bytes) -> str:
    """What a content is compared by and shown as."""
    return hashlib.sha256(content).hexdigest()


def load(params: Mapping[str, Any]) -> bytes | None:
    """The bytes that the options give; None where they give none. Raises InputError."""
    if params["path"] is not None:
        return _files.read("path", params["path"], "Name a file that the user who runs the task may read.")
    return None if params["content"] is None else str(params["content"]).encode("utf-8")


def path(identifier: str) -> str:
    """The path of an element."""
    return f"{KIND}/{segment(identifier)}"


def download(api: Vro, identifier: str) -> tuple[bytes, str]:
    """(bytes, type) of an element. Raises HttpError."""
    reply = api.send("GET", path(identifier), accept=STREAM)
    return reply.body, str(reply.headers.get("Content-Type") or STREAM).partition(";")[0].strip()


def read(api: Vro, identifier: str, with_content: bool) -> Resource:
    """One element. Raises HttpError."""
    where = path(identifier)
    # Before release 8 there is one kind of JSON; from there on what else is asked for is the content.
    reply = api.send("GET", where, accept=_METADATA if api.has("resource_metadata") else JSON)
    document = api.parse(reply, "GET", where)
    if not (isinstance(document, dict) and document.get("id") and document.get("name")):
        raise api.unexpected("GET", where, 200, "no resource element")
    return Resource(
        str(document["id"]),
        str(document["name"]),
        str(document.get("description") or ""),
        str(document.get("mime-type") or document.get("mimeType") or ""),
        str(document.get("version") or ""),
        download(api, identifier)[0] if with_content else None,
    )


def find(api: Vro, category: str, name: str, with_content: bool) -> Resource | None:
    """The element of a name in the category at a path. Raises InputError where several have it, HttpError."""
    _category, row = elements.find(api, categories.RESOURCE, category, name)
    return read(api, str(row["id"]), with_content) if row else None


def read_each(api: Vro, identifiers: Iterable[str], with_content: bool) -> dict[str, Resource]:
    """{id: element}, read side by side. Raises HttpError."""
    return side_by_side(lambda identifier: read(api, identifier, with_content), identifiers)


def refuse_metadata(api: Vro, changed: Mapping[str, Any]) -> None:
    """Refuse what releases before 8 do not let anybody set. `changed` are the fields that differ. Raises InputError."""
    if api.has("resource_metadata"):
        return
    for option in ("description", "mime_type"):
        if changed.get(option):
            raise InputError(
                f"{option} is {changed[option]!r}: releases before 8 take no {option} of a resource element over this "
                f"API, and {versions.text(api.version)} is spoken here; leave {option} out. Nothing was changed."
            )


def create(api: Vro, category_id: str, name: str, content: bytes) -> None:
    """Upload a new element. Raises HttpError."""
    place = {"categoryId": category_id}
    api.send("POST", KIND, query=place, form=place, file=(name, content))


def describe(api: Vro, present: Resource, values: Mapping[str, Any]) -> None:
    """Write description and type; what a server is not told it clears. Raises HttpError."""
    document = {
        "id": present.id,
        "name": present.name,
        "version": present.version,
        "description": values.get("description", present.description),
        "mime-type": values.get("mime_type") or present.mime_type,
    }
    api.send("PUT", path(present.id), json={key: value for key, value in document.items() if value is not None})


def finish(api: Vro, category: str, values: Values) -> str:
    """Give an element that was just uploaded its description and type; its id. Raises InputError, HttpError."""
    made = find(api, category, str(values["name"]), False)
    if made is None:
        raise api.unexpected("POST", KIND, 200, f"there is no {values['name']!r} in {category!r} after the upload")
    if any(values.get(name) not in (None, made.values(category)[name]) for name in ("description", "mime_type")):
        describe(api, made, values)
    return made.id


def replace(api: Vro, present: Resource, content: bytes) -> None:
    """Give an element another content. Raises HttpError."""
    api.send("POST", path(present.id), file=(present.name, content))


def reviewable(result: Mapping[str, Any], before: bytes | None, after: bytes | None) -> None:
    """Put contents that are texts into a result's diff, where digests alone tell that they differ."""
    texts = {"before": text(before), "after": text(after)}
    for entry in result.get("diff", []):
        if all(each is not None for each in texts.values()):
            for side, told in texts.items():
                if "sha256" in entry[side]:
                    entry[side] = {**entry[side], "content": told}


def text(content: bytes | None) -> str | None:
    """A content as a text that people can read, None where it is none or too long. No content is an empty text."""
    if content is None:
        return ""
    if len(content) > _REVIEWED or b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
