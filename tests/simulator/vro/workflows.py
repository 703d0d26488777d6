"""Workflows as content: lists, documents, import and export (contract section 6). Their runs are elsewhere."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timezone
from typing import Any

from ..wire import Reply
from . import element_files, workflow_document, workflow_model
from .content_room import STREAM, ZIP, ContentRoom, attachment, changeset, parameter_views, picture, texts
from .exchange import Exchange, Refusal, bad_request, conflict, not_acceptable
from .file_markup import BadFile
from .listing import Link, conditions_of, link, listing
from .multipart import upload_of
from .routes import EDIT, EXECUTE, Route, Routes
from .server import Server
from .store import Workflow, new_id

BAD_FILE = "Not a valid workflow file"
# What the server fills in where a document of the editor says nothing.
_DEFAULTS: dict[str, Any] = {
    "root-name": "item0",
    "object-name": "workflow:name=generic",
    "version": "0.0.0",
    "api-version": "6.0.0",
    "allowed-operations": "vef",
    "restartMode": 1,
    "resumeFromFailedMode": 0,
    "editor-version": "2.0",
}
_BELOW = ("executions", "presentation", "tasks", "icon", "schema", "permissions", "interactions")


class Workflows(ContentRoom[Workflow]):
    """`/workflows` and `/content/workflows`."""

    family = "workflows"
    element = Workflow
    word = "Workflow"

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._commits: dict[str, list[dict[str, Any]]] = {}
        self._forms: dict[str, list[Any]] = {}

    def register(self, routes: Routes) -> None:
        """Adds its calls; what may be changed is asked of the folder or the workflow."""
        add = routes.add
        add("GET", "workflows", Route(self.list_all))
        add("POST", "workflows", Route(self.create_or_import, writes=True))
        add("GET", "workflows/*", Route(self.read))
        add("PUT", "workflows/*", Route(self.update, writes=True))
        add("DELETE", "workflows/*", Route(self.delete, writes=True))
        add("GET", "workflows/*/content", Route(self.read_content, since=(8, 0)))
        add("PUT", "workflows/*/content", Route(self.replace_content, writes=True, since=(8, 0)))
        add("GET", "workflows/*/versions", Route(self.read_versions, since=(8, 0)))
        add("POST", "workflows/*/versions", Route(self.add_version, writes=True, since=(8, 0)))
        add("GET", "forms", Route(self.read_forms, since=(8, 0)))
        add("GET", "workflows/*/icon", Route(self.icon))
        add("GET", "workflows/*/schema", Route(self.schema))
        add("GET", "content/workflows/*", Route(self.export))

    # Views

    def link_of(self, exchange: Exchange, workflow: Workflow) -> Link:
        """A workflow in a list."""
        category = self.server.store.categories[workflow.category_id]
        rights = self.server.rights_on(exchange.person, workflow.kind, workflow.id)
        own = self.href(exchange, workflow)
        attributes: dict[str, object] = {
            "itemHref": own,
            "id": workflow.id,
            "categoryName": category.name,
            "canExecute": EXECUTE in rights,
            "categoryHref": self.server.href(exchange, "categories", category.id),
            "description": workflow.description,
            "name": workflow.name,
            "customIcon": False,
            "type": workflow.kind,
            "canEdit": EDIT in rights,
            "version": workflow.version,
        }
        if self.generation >= 8:
            attributes |= {"globalTags": None, "categoryId": category.id}
        return link(own, attributes)

    def view(self, exchange: Exchange, workflow: Workflow) -> dict[str, Any]:
        """The document; that of 8.x and 9.x names the folder."""
        return {
            "id": workflow.id,
            "name": workflow.name,
            "version": workflow.version,
            "description": workflow.description or "",
            "href": self.href(exchange, workflow),
            "customized-icon": False,
            **({"category-id": workflow.category_id} if self.generation >= 8 else {}),
            "input-parameters": parameter_views(workflow.inputs),
            "output-parameters": parameter_views(workflow.outputs),
            "relations": self.relations(exchange, workflow, *_BELOW),
        }

    # Reading

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /workflows`."""
        return listing(exchange, "workflows", [self.link_of(exchange, one) for one in self.visible(exchange)])

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /workflows/{id}`: the document, or the artifact when `Accept` names an archive."""
        workflow = self.find(exchange, identity)
        if exchange.accepts(ZIP):
            return self._artifact(exchange, workflow)
        return exchange.json(self.view(exchange, workflow))

    def export(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /content/workflows/{id}`: the artifact, whatever `Accept` says beside what excludes it."""
        workflow = self.find(exchange, identity)
        if not exchange.accepts(ZIP, STREAM, "*/*", "application/*"):
            raise not_acceptable(exchange.accept)
        return self._artifact(exchange, workflow)

    def _artifact(self, exchange: Exchange, workflow: Workflow) -> Reply:
        return exchange.raw(element_files.save_workflow(workflow), ZIP, attachment(f"{workflow.name}.workflow"))

    def icon(self, exchange: Exchange, identity: str) -> Reply:
        """`GET …/icon`."""
        self.find(exchange, identity)
        return exchange.raw(picture(32, 32), "image/png")

    def schema(self, exchange: Exchange, identity: str) -> Reply:
        """`GET …/schema`: a picture as wide as the workflow has items."""
        model = element_files.model_of(self.find(exchange, identity))
        return exchange.raw(picture(60 + 130 * max(1, len(model.items)), 120), "image/png")

    def read_content(self, exchange: Exchange, identity: str) -> Reply:
        """`GET …/content`: the editor's document."""
        workflow = self.find(exchange, identity)
        return exchange.json(self.content_of(workflow), headers=changeset(self.content_of(workflow)))

    @staticmethod
    def content_of(workflow: Workflow) -> dict[str, Any]:
        root = workflow_model.to_node(element_files.model_of(workflow))
        nothing: dict[str, Any] = {"description": "", "input": {"param": []}, "output": {"param": []}}
        return {**nothing, "attrib": [], "workflow-item": [], **workflow_document.document(root)}

    # Changing

    def create_or_import(self, exchange: Exchange) -> Reply:
        """`POST /workflows`: an upload in every release, a JSON document from 8.x on."""
        media = exchange.request.headers.get("content-type", "").lower()
        if media.startswith("multipart/") or self.generation < 8:
            return self.import_file(exchange)
        return self.create(exchange)

    def create(self, exchange: Exchange) -> Reply:
        """An empty shell."""
        body = exchange.body()
        given = texts(body, "name", "category-id", "id", "description")
        name = self.check_name(given["name"], "workflow")
        category = self.folder(exchange, given["category-id"], "category-id")
        identity = given["id"] or new_id()
        if identity in self.table:
            raise conflict(f"Workflow with ID '{identity}' already exists")
        workflow = Workflow(identity, name, category.id, given["description"])
        self._free(workflow)
        self.server.store.add(workflow)
        location = [("location", self.href(exchange, workflow))]
        return exchange.json(self.view(exchange, workflow), 201, location)

    def import_file(self, exchange: Exchange) -> Reply:
        """A `.workflow`. One with the id of a workflow that is there replaces it only with `overwrite`, and where it
        is: that an import moves nothing is the stricter reading (UNKNOWN)."""
        upload = upload_of(exchange.request)
        category = self.folder(exchange, upload.option(exchange.request, "categoryId"))
        workflow = self.opened(element_files.open_workflow, upload.data, category.id, BAD_FILE)
        present: Workflow | None = self.table.get(workflow.id)
        if present is not None:
            if not upload.flag(exchange.request, "overwrite"):
                raise conflict(f"Workflow with ID '{workflow.id}' already exists")
            self.server.demand(exchange, EDIT, present)
            workflow.category_id = present.category_id
        self._free(workflow)
        self.server.store.add(workflow)
        return self.imported(exchange)

    def _free(self, workflow: Workflow) -> None:
        """Names are unique in a folder (INFERRED); the same one elsewhere is nobody's business."""
        for other in self.server.store.elements_in(workflow.category_id):
            if other.id != workflow.id and other.name == workflow.name:
                raise conflict(f"Workflow with name '{workflow.name}' already exists in the category")

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /workflows/{id}`: name, description and version. From 8.x on, where documents name their folder, another
        `category-id` moves it (INFERRED; 7.x has no call for that). What is left out is cleared, but for the version.
        """
        workflow = self.find(exchange, identity, EDIT)
        given = texts(exchange.body(), "name", "description", "version", "category-id")
        changed = dataclasses.replace(
            workflow,
            name=self.check_name(given["name"], "workflow"),
            description=given["description"],
            version=given["version"] or workflow.version,
        )
        if self.generation >= 8 and given["category-id"]:
            changed.category_id = self.folder(exchange, given["category-id"], "category-id").id
        self._free(changed)
        self.server.store.add(changed)
        return exchange.json(self.view(exchange, changed))

    def replace_content(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT .../content`: a document as `GET` tells it; its id is that of the path."""
        workflow = self.replaced(self.find(exchange, identity, EDIT), exchange.body())
        return exchange.json(self.content_of(workflow), headers=changeset(self.content_of(workflow)))

    def replaced(self, workflow: Workflow, document: dict[str, Any]) -> Workflow:
        """A workflow with another content, at the same place. Raises Refusal 400, 409."""
        if document.get("id") not in (None, "", workflow.id):
            raise bad_request("The id of a workflow cannot be changed")
        # It says where it is to some clients; that it moves by this is nowhere said.
        given = {name: value for name, value in document.items() if name != "category-id" and value not in ("", None)}
        try:
            root = workflow_document.node("workflow", {**_DEFAULTS, **given, "id": workflow.id})
            text = workflow_model.dump(workflow_model.from_node(root))
            made = element_files.read_workflow(text, workflow.category_id, workflow.form)
        except (BadFile, ValueError) as problem:
            raise Refusal(400, str(problem)) from problem
        self._free(made)
        self.server.store.add(made)
        return made

    # Versions: the calls and documents are those of terraform-provider-aria, which was tried with live servers of 8.x

    def clear(self) -> None:
        """No history."""
        self._commits.clear()
        self._forms.clear()

    def _commit(self, exchange: Exchange, workflow: Workflow, parent: str | None) -> dict[str, Any]:
        person = exchange.person.principal
        return {
            "objectId": changeset(self.content_of(workflow))[0][1],
            "parentId": parent or "",
            "message": f"Version {workflow.version}",
            "authorName": person,
            "authorEmail": "",
            "committerName": person,
            "committerEmail": "",
            "commitDate": datetime.fromtimestamp(self.server.world.now_ms() / 1000, timezone.utc).isoformat(),
        }

    def read_versions(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../versions`: the newest one first; a workflow that came otherwise has the present one alone."""
        workflow = self.find(exchange, identity)
        commits = self._commits.get(workflow.id) or [self._commit(exchange, workflow, None)]
        return exchange.json({"commits": [{"commit": one} for one in commits]})

    def add_version(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../versions`: content and forms together. That `parentId` may be any is not known otherwise."""
        workflow = self.find(exchange, identity, EDIT)
        body = exchange.body()
        schema, forms = body.get("workflowSchema"), body.get("inputForms")
        if not isinstance(schema, dict) or not (forms is None or isinstance(forms, list)):
            raise bad_request("workflowSchema must be an object and inputForms an array")
        made = self.replaced(workflow, schema)
        if forms is not None:
            self._forms[made.id] = forms
            own = [one for one in forms if isinstance(one, dict) and not one.get("itemId")]
            made.form = json.dumps(own[0]) if own else None
        parent = texts(body, "parentId")["parentId"]
        commit = self._commit(exchange, made, parent)
        self._commits.setdefault(made.id, []).insert(0, commit)
        return exchange.json({"objectId": commit["objectId"]}, 201)

    def read_forms(self, exchange: Exchange) -> Reply:
        """`GET /forms/?conditions=workflow=ID`: those that came with a version, or the one of an import."""
        wanted = [one.value for one in conditions_of(exchange) if one.field == "workflow"]
        if len(wanted) != 1:
            raise bad_request("conditions must name one workflow")
        workflow = self.find(exchange, wanted[0])
        imported = [json.loads(workflow.form)] if workflow.form else []
        return exchange.json(self._forms.get(workflow.id, imported))
