"""What an uploaded package would do to a server, and does (contract section 13.3, import and dry run)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import element_files, store
from .exchange import Refusal, bad_request, conflict
from .file_markup import BadFile
from .package_files import (
    TYPES,
    PackageFile,
    PackedElement,
    certificate_info,
    is_valid_now,
    open_package,
)
from .store import Action, Category, Configuration, Element, Package, Store, Workflow, new_hex_id
from .values import is_secret

BAD_PACKAGE = "Not a valid package file"
SAME = "sameVersions"
# The only literal that anybody saw is the one above; what stands for the others is UNKNOWN, and made up here.
_OLDER, _NEWER, _ABSENT = "fileVersionOlder", "fileVersionNewer", "notOnServer"


def version_key(text: str) -> tuple[int, ...]:
    """`major.minor.micro` to compare numerically; what is missing is 0 (section 21)."""
    numbers = [int(one) for one in re.findall(r"\d+", text)[:3]]
    return tuple([*numbers, 0, 0, 0][:3])


@dataclass
class Options:
    """The query of an import."""

    overwrite: bool = False
    values: bool = False
    """Values of attributes of configuration elements are imported."""
    secrets: bool = False
    """Secret ones are."""


@dataclass
class Arriving:
    """One element of the file beside what the server has."""

    packed: PackedElement
    element: Element
    path: list[str]
    present: Element | None
    comparison: str
    twin: Element | None
    """Another element of its name in the folder that it is to go to."""


def read(content: bytes) -> PackageFile:
    """The package of an upload. Raises Refusal 400."""
    try:
        return open_package(content)
    except BadFile as problem:
        raise Refusal(400, BAD_PACKAGE) from problem


def _element(packed: PackedElement) -> Element:
    """The element of its data. Raises Refusal 400 for what is not what `info` says it is."""
    readers: dict[str, Callable[[], Element]] = {
        "Workflow": lambda: element_files.read_workflow(packed.data, "", packed.form),
        "ScriptModule": lambda: element_files.read_action(packed.data, ""),
        "ConfigurationElement": lambda: element_files.read_configuration(packed.data, ""),
        "ResourceElement": lambda: element_files.read_resource(packed.data, ""),
        # Only the place of a policy template is known here; its name is that of its id.
        "PolicyTemplate": lambda: store.PolicyTemplate(packed.id, packed.id, ""),
    }
    if packed.type not in readers:
        raise bad_request(f"Unknown type '{packed.type}' of the element '{packed.id}'")
    try:
        element = readers[packed.type]()
    except BadFile as problem:
        raise bad_request(f"{BAD_PACKAGE}: {packed.type} '{packed.id}': {problem}") from problem
    if element.id != packed.id:
        raise bad_request(f"{BAD_PACKAGE}: the element '{packed.id}' says that its id is '{element.id}'")
    return element


def _folder(there: Store, element: Element, path: list[str]) -> Category | None:
    """The folder of a path, when it is there. A module is one folder, whatever its name is cut into."""
    if element.category_type == store.MODULE_CATEGORY:
        return there.category_at(store.MODULE_CATEGORY, ".".join(path))
    found: Category | None = None
    for name in path:
        below = there.children_of(found.id if found else None, element.category_type)
        found = next((one for one in below if one.name == name), None)
        if found is None:
            return None
    return found


def compare(there: Store, package: PackageFile) -> list[Arriving]:
    """Each element of a file beside the server's. Raises Refusal 400."""
    found = []
    for packed in package.elements:
        element = _element(packed)
        path = packed.path or ["Imported"]
        present = there.of_kind(element.kind).get(element.id)
        comparison = _ABSENT
        if present is not None:
            mine, theirs = version_key(element.version), version_key(present.version)
            comparison = SAME if mine == theirs else _NEWER if mine > theirs else _OLDER
        folder = _folder(there, element, path)
        beside = there.elements_in(folder.id) if folder is not None else []
        twin = next((one for one in beside if one.name == element.name and one.id != element.id), None)
        if twin is not None and twin.kind != element.kind:
            twin = None
        found.append(Arriving(packed, element, path, present, comparison, twin))
    return found


def details(there: Store, package: PackageFile, trusted: Callable[[str], bool]) -> dict[str, Any]:
    """The answer to `import-details`. It compares versions and looks at no content."""
    rows = []
    for one in compare(there, package):
        server: dict[str, Any] = {"serverObjectName": None, "serverCategory": None, "serverObjectVersion": None}
        if one.present is not None:
            path = there.path_of(there.categories[one.present.category_id])
            server = {
                "serverObjectName": one.present.name,
                "serverCategory": path,
                "serverObjectVersion": one.present.version,
            }
        rows.append(
            {
                "id": one.packed.id,
                "type": one.packed.type,
                "fileObjectName": one.element.name,
                "fileCategory": ("." if one.packed.type == "ScriptModule" else "/").join(one.path),
                "versionComparison": one.comparison,
                "fileObjectVersion": one.element.version,
                **server,
                "importIt": one.comparison in (_NEWER, _ABSENT),
                "hasTenantConflict": False,
                "hasNameConflict": one.twin is not None,
                "isRenamed": False,
            }
        )
    certificate = package.certificate
    known = certificate is not None and trusted(certificate_info(certificate)["fingerprintSHA1"])
    return {
        "packageName": package.name,
        "packageAlreadyExists": package.name in there.packages,
        "contentVerified": package.verified,
        "certificateInfo": certificate_info(certificate) if certificate is not None else None,
        "certificateValid": certificate is not None and is_valid_now(certificate),
        "certificateTrusted": known,
        "certificateUnknown": not known,
        "importElementDetails": rows,
    }


def apply(there: Store, package: PackageFile, options: Options, demand: Callable[[Element], None]) -> Package:
    """Imports a file; the package is there afterwards. `demand` raises for elements that the caller may not change.

    Without `overwrite` elements that are there in this version stay as they are, older ones are replaced, and a newer
    one refuses the whole import (409); with it the file wins always. Raises Refusal 400, 409 before anything changes.
    """
    if not package.verified:
        # The integrity is looked at (SH); which status it is told with is INFERRED.
        raise bad_request("The content of the package cannot be verified")
    arriving = compare(there, package)
    if not options.overwrite:
        newer = [one.element.name for one in arriving if one.comparison == _OLDER]
        if newer:
            raise conflict(f"One or more elements have older version: {', '.join(newer)}")
    for one in arriving:
        if one.twin is not None:
            # What becomes of two elements of one name (`isRenamed`) is UNKNOWN: it is refused.
            raise conflict(f"{one.packed.type} with name '{one.element.name}' already exists in the category")
        if one.present is not None:
            demand(one.present)
    members: dict[str, list[str]] = {}
    for one in arriving:
        if options.overwrite or one.comparison in (_NEWER, _ABSENT):
            _place(there, one, options)
        members.setdefault(TYPES[one.packed.type], []).append(one.packed.id)
    present = there.packages.get(package.name)
    if present is not None and not options.overwrite:
        # Without it a package is added to; what only the server has stays in it.
        for kind, ids in present.members.items():
            listed = members.setdefault(kind, [])
            listed += [one for one in ids if one not in listed]
    identity = present.id if present is not None else package.id or new_hex_id()
    made = Package(identity, package.name, package.description, members, list(package.used_plugins))
    there.packages[package.name] = made
    return made


def _place(there: Store, one: Arriving, options: Options) -> None:
    """Puts an element where the package says, which moves one that is elsewhere (INFERRED)."""
    element, old = one.element, one.present
    if isinstance(element, Action):
        name = ".".join(one.path)
        module = there.category_at(element.category_type, name)
        folder = module or there.add_category(element.category_type, name)
    else:
        folder = _ensure(there, element, one.path)
    element.category_id = folder.id
    if isinstance(element, Configuration):
        element.attributes = _attributes(element, old if isinstance(old, Configuration) else None, options)
    if isinstance(element, Workflow) and isinstance(old, Workflow):
        element.library = old.library and not element.content
    there.add(element)
    if old is not None and old.category_id != element.category_id:
        drop_empty_module(there, old.category_id)


def _ensure(there: Store, element: Element, path: list[str]) -> Category:
    found: Category | None = None
    for name in path:
        below = there.children_of(found.id if found else None, element.category_type)
        known = next((one for one in below if one.name == name), None)
        found = known or there.add_category(element.category_type, name, found)
    if found is None:
        raise bad_request(f"The element '{element.id}' has no category")
    return found


def _attributes(new: Configuration, old: Configuration | None, options: Options) -> list[store.Attribute]:
    """The attributes of the file; values that are not imported are those that the server has, or none."""
    present = {(one.name, one.type): one.value for one in (old.attributes if old else [])}
    made = []
    for one in new.attributes:
        taken = options.values and (options.secrets or not is_secret(one.type)) and one.value is not None
        value = one.value if taken else present.get((one.name, one.type))
        made.append(dataclasses.replace(one, value=value))
    return made


def drop_empty_module(there: Store, category_id: str) -> None:
    """A module without actions is gone (L8; the other releases are INFERRED)."""
    category = there.categories.get(category_id)
    if category is not None and category.type == store.MODULE_CATEGORY and not there.elements_in(category_id):
        there.remove_category(category)
