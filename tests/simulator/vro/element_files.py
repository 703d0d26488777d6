"""Content elements as their files: what an XML says of a workflow, an action or a configuration element, and archives.

Contract sections 6 (`.workflow`), 11 (`.action`), 13.1 (`.vsoconf`) and 13.3 (`data` of a package's element). The forms
of `.action` and `.vsoconf` are those of the files that PowervRO tests with; that a resource element's `data` is an
archive with `VSO-RESOURCE-INF/` is how the vendor's build tools write and read it (vropkg).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

from . import store, value_text, workflow_model
from .file_markup import BadFile, Node, decode, dump, encode, parse
from .values import BadValue, is_secret

_INFO = "#\r\nunicode=true\r\nowner=\r\nversion=2.0\r\ntype={kind}\r\ncreator=www.dunes.ch\r\ncharset=UTF-16\r\n"
_HISTORY = '<?xml version="1.0" encoding="UTF-8"?>\n<items></items>'
_RESOURCE = "VSO-RESOURCE-INF"
_LARGEST = 64 * 1024 * 1024
FORM = "input_form_"


# Archives


def open_archive(content: bytes) -> dict[str, bytes]:
    """The files of an archive by name. Raises BadFile when it is none, or absurdly large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            if sum(one.file_size for one in entries) > _LARGEST:
                raise BadFile("The archive is too large.")
            return {one.filename: archive.read(one) for one in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as problem:
        raise BadFile(f"The file is not an archive: {problem}") from problem


def make_archive(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files in their order; its times are those of now, so that two exports are never equal."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def _info_of(files: Mapping[str, bytes], kind: str) -> None:
    """Raises BadFile unless `<kind>-info` says that the archive is of this kind."""
    if f"{kind}-info" not in files or f"{kind}-content" not in files:
        raise BadFile(f"There is no {kind}-info or no {kind}-content.")
    lines = decode(files[f"{kind}-info"]).splitlines()
    entries = dict(line.partition("=")[::2] for line in lines if "=" in line and not line.startswith("#"))
    if entries.get("type", "").strip() != kind:
        raise BadFile(f"{kind}-info does not say type={kind}.")


# Workflows


def _plain(parameters: tuple[workflow_model.Parameter, ...]) -> list[store.Parameter]:
    return [store.Parameter(one.name, one.type, one.description) for one in parameters]


def _required_by_form(form: str | None) -> set[str]:
    """The inputs that a form requires (INFERRED from forms of the vendor's editor: `constraints.required`)."""
    try:
        schema = json.loads(form).get("schema") if form else None
    except (ValueError, AttributeError):
        return set()
    found = set()
    for name, entry in schema.items() if isinstance(schema, dict) else ():
        constraints = entry.get("constraints") if isinstance(entry, dict) else None
        required = constraints.get("required") if isinstance(constraints, dict) else None
        if required is True or (isinstance(required, dict) and required.get("value") is True):
            found.add(name)
    return found


def read_workflow(content: bytes | str, category_id: str, form: str | None = None) -> store.Workflow:
    """The workflow of an XML. Raises BadFile."""
    model = workflow_model.parse(content)
    required = {one.name for one in model.fields if one.mandatory} | _required_by_form(form)
    return store.Workflow(
        id=model.id,
        name=model.name,
        category_id=category_id,
        description=model.description or None,
        version=model.version,
        inputs=_plain(model.inputs),
        outputs=_plain(model.outputs),
        content=content if isinstance(content, str) else decode(content),
        form=form,
        mandatory=tuple(one.name for one in model.inputs if one.name in required),
    )


def model_of(workflow: store.Workflow) -> workflow_model.Workflow:
    """What a stored workflow is at present. A shell and a workflow of the library have nothing but an end."""
    if workflow.content:
        model = workflow_model.parse(workflow.content)
        model.name, model.version = workflow.name, workflow.version
        model.description = workflow.description or ""
        return model

    def parameters(listed: list[store.Parameter]) -> tuple[workflow_model.Parameter, ...]:
        return tuple(workflow_model.Parameter(one.name, one.type, one.description) for one in listed)

    end = workflow_model.Item("item0", workflow_model.END)
    return workflow_model.Workflow(
        workflow.id,
        workflow.name,
        workflow.version,
        workflow.description or "",
        "item0",
        parameters(workflow.inputs),
        parameters(workflow.outputs),
        items={"item0": end},
        fields=tuple(
            workflow_model.Field(one.name, one.name, one.name in workflow.mandatory) for one in workflow.inputs
        ),
    )


def open_workflow(content: bytes, category_id: str) -> store.Workflow:
    """The workflow of a `.workflow`. Raises BadFile."""
    files = open_archive(content)
    _info_of(files, "workflow")
    form = decode(files[FORM]) if FORM in files else None
    return read_workflow(files["workflow-content"], category_id, form)


def workflow_data(workflow: store.Workflow) -> bytes:
    """The XML of a workflow as files carry it."""
    return encode(workflow_model.dump(model_of(workflow)))


def save_workflow(workflow: store.Workflow) -> bytes:
    """The `.workflow` of a native export, which drops the form (section 6)."""
    info = _INFO.format(kind="workflow").encode()
    return make_archive({"workflow-info": info, "workflow-content": workflow_data(workflow)})


# Actions


def read_action(content: bytes | str, category_id: str) -> store.Action:
    """The action of an XML. Raises BadFile."""
    root = parse(content)
    if root.name != "dunes-script-module" or not root.get("name") or not root.get("id"):
        raise BadFile("The XML is not that of an action: there is no dunes-script-module with a name and an id.")
    return store.Action(
        id=root.get("id"),
        name=root.get("name"),
        category_id=category_id,
        description=root.text_of("description") or None,
        version=root.get("version", "0.0.0"),
        script=root.text_of("script"),
        output_type=root.get("result-type", "void"),
        inputs=[store.Parameter(one.get("n"), one.get("t"), one.text) for one in root.all("param")],
        runtime=root.text_of("runtime") or None,
    )


def write_action(action: store.Action) -> str:
    """The XML of an action, which does not say its module."""
    root = Node("dunes-script-module", {"name": action.name, "result-type": action.output_type, "api-version": "6.0.0"})
    root.attributes.update({"id": action.id, "version": action.version, "allowed-operations": "vef"})
    if action.description:
        root.add("description", action.description)
    if action.runtime:
        root.add("runtime", action.runtime)
    for one in action.inputs:
        root.add("param", one.description, n=one.name, t=one.type)
    root.add("script", action.script, encoded="false")
    return dump(root)


def open_action(content: bytes, category_id: str) -> store.Action:
    """The action of a `.action`. Raises BadFile."""
    files = open_archive(content)
    _info_of(files, "action")
    return read_action(files["action-content"], category_id)


def save_action(action: store.Action) -> bytes:
    """The `.action` of an export."""
    return make_archive(
        {
            "action-info": _INFO.format(kind="action").encode(),
            "action-content": encode(write_action(action)),
            "action-versionhistory": encode(_HISTORY),
        }
    )


# Configuration elements


def read_configuration(content: bytes | str, category_id: str) -> store.Configuration:
    """The configuration element of an XML (a `.vsoconf` is nothing but this XML). Raises BadFile."""
    root = parse(content)
    if root.name != "config-element" or not root.get("id") or not root.text_of("display-name"):
        raise BadFile("The XML is not that of a configuration element: no config-element with id and display-name.")
    section = root.child("atts")
    attributes = []
    for one in section.all("att") if section is not None else ():
        value = one.child("value")
        try:
            wire = value_text.read(one.get("type"), value.text if value is not None else None)
        except BadValue as problem:
            raise BadFile(f"The attribute {one.get('name')}: {problem}") from problem
        attributes.append(
            store.Attribute(one.get("name"), one.get("type"), one.text_of("description") or None, wire)
        )  # fmt: skip
    return store.Configuration(
        id=root.get("id"),
        name=root.text_of("display-name"),
        category_id=category_id,
        description=root.text_of("description") or None,
        version=root.get("version", "0.0.0"),
        attributes=attributes,
    )


def write_configuration(
    element: store.Configuration, generation: int, values: bool = True, secrets: bool = False
) -> str:
    """The XML of a configuration element, `values` with those of its attributes, `secrets` with the concealed ones."""
    root = Node("config-element", {"id": element.id, "version": element.version})
    root.add("display-name", element.name)
    if element.description:
        root.add("description", element.description)
    section = root.add("atts")
    for one in element.attributes:
        node = section.add("att", name=one.name, type=one.type, read_only="false")
        if one.value is not None and values and (secrets or not is_secret(one.type)):
            node.add("value", value_text.write(one.value, generation), encoded="n")
        if one.description:
            node.add("description", one.description)
    return dump(root)


# Resource elements


def read_resource(content: bytes, category_id: str) -> store.Resource:
    """The resource element of a package's `data`. Raises BadFile."""
    files = {name.partition("/")[2]: one for name, one in open_archive(content).items() if name.startswith(_RESOURCE)}

    def text(name: str) -> str:
        return decode(files.get(name, b"")).strip()

    if not text("attribute_id") or not text("attribute_name") or "data" not in files:
        raise BadFile(f"{_RESOURCE} has no id, no name or no data.")
    return store.Resource(
        id=text("attribute_id"),
        name=text("attribute_name"),
        category_id=category_id,
        description=text("attribute_description") or None,
        version=text("attribute_version") or "0.0.0",
        mime_type=text("attribute_mimetype") or "application/octet-stream",
        data=files["data"],
    )


def write_resource(element: store.Resource) -> bytes:
    """A resource element as a package's `data`."""
    texts = {
        "id": element.id,
        "name": element.name,
        "version": element.version,
        "description": element.description or "",
        "mimetype": element.mime_type,
        "allowedOperations": "vef",
    }
    files: dict[str, bytes] = {f"{_RESOURCE}/attribute_{name}": text.encode() for name, text in texts.items()}
    return make_archive({**files, f"{_RESOURCE}/data": element.data})
