"""CSE 1.2 and 2.0: a cluster is named by its path, and nearly everything is found out in the task (contract section 3).

The odd things of these servers are theirs: a key that is missing is its name in quotes, `disable_rollback` rolls back
when it is true, and braces stand in texts of tasks.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from ..machines import Vapp, Vdc
from ..vcd.exchange import Refusal
from ..wire import Reply
from .calls import Call, Problem, failed
from .first_vdcs import ContainerProviders
from .jobs import Job, Names, accepted, hang, node_steps
from .machines import CONTROL_PLANE, NFS, WORKER
from .templates import CATALOG, Template
from .vapp_clusters import CLUSTER_ID, MASTER_IP, OLD_TEMPLATE, VERSION, VappClusters, Wanted, check_name, whole
from .work import Failed, Step

if TYPE_CHECKING:
    from .extension import Cse

CREATE, DELETE, ADD, REMOVE = "create_cluster", "delete_cluster", "create_nodes", "delete_nodes"
_ENDED = {
    CREATE: "create cluster",
    DELETE: "delete cluster",
    ADD: "create nodes in cluster",
    REMOVE: "delete nodes from cluster",
}
"""What `operation` says of a task that has failed."""
_NODE_TYPES = {CONTROL_PLANE: "master", WORKER: "node", NFS: "nfsd"}
_RESERVED = ("system", "template", "ovdc", "swagger", "swagger.json", "swagger.yaml")
_SHORT = ("name", "vdc", "status", "org_name")
# Steps whose failure these servers roll back; whatever goes wrong before there is a vApp leaves nothing.
_ROLLED_BACK = ("control_plane", "init", "workers", "join", "nfs")
_WRAPPED = {
    "vapp": "Error while creating vApp:",
    "control_plane": "Error while adding master node:",
    "workers": "Error while creating worker node:",
    "nfs": "Error while creating NFS node:",
}


def needed(body: dict[str, Any], *keys: str) -> list[Any]:
    """Values of keys that the server indexes. Raises Problem 500 with the key, in quotes, as its whole text."""
    for key in keys:
        if key not in body:
            raise failed(repr(key))
    return [body[key] for key in keys]


def told(step: str, message: str) -> str:
    """The error of a creation that failed in a step."""
    if step in _WRAPPED:
        # An exception with two arguments is written as a pair.
        return str((_WRAPPED[step], message))
    if step == "init":
        return f"Couldn't initialize cluster:\n{message}"
    return f"Couldn't join cluster:\n{message}" if step == "join" else message


class FirstSide:
    """The calls of 1.2 and 2.0."""

    def __init__(self, cse: Cse) -> None:
        self.cse = cse
        self.modern = cse.release.name == "2.0"
        self.clusters = VappClusters(cse)
        self.providers = ContainerProviders(cse, modern=self.modern)
        self.container_providers = self.providers.providers

    def clear(self) -> None:
        """Forgets what is not in vApps."""
        self.providers.clear()

    # Routes

    def handle(self, call: Call) -> Reply:
        """Answers a call. Raises Problem; an unknown combination is a 500 that names a key of the server's own."""
        parts, method = call.parts, call.method
        first = parts[0] if parts else ""
        if first == "ovdc":
            return self.providers.handle(call)
        if first in _RESERVED:
            if method == "GET" and len(parts) == 1:
                return self._templates(call) if first == "template" else self._swagger(call, first)
        elif not parts:
            if method == "GET":
                return self._list(call)
            if method == "POST":
                return self._create(call)
        elif len(parts) == 1:
            if method == "DELETE":
                return self._delete(call, first)
            if method == "PUT" and self.modern:
                return self._resize(call, first)
        elif parts[1] == "node" and len(parts) == 2:
            if method == "POST":
                return self._add(call, self._body(call))
            if method == "DELETE":
                return self._remove(call)
        elif method == "GET" and len(parts) == 2 and parts[1] in ("info", "config"):
            return self._info(call, first) if parts[1] == "info" else self._config(call, first)
        elif method == "GET" and len(parts) == 3 and parts[2] == "info" and parts[1] not in ("info", "config", "node"):
            return self._node(call, first, parts[1])
        raise Problem(500, "'status_code'", 0)

    def _body(self, call: Call) -> dict[str, Any]:
        """The body of a write; 1.2 has none at all where nothing readable came, 2.0 has an empty one."""
        try:
            body = call.body() if call.exchange.request.body.strip() else None
        except Problem:
            body = None
        if isinstance(body, dict):
            return body
        if body is None and self.modern:
            return {}
        kind = type(body).__name__
        raise failed(f"'{kind}' object is not subscriptable")

    # Reading

    def _document(self, call: Call, vapp: Vapp) -> dict[str, Any]:
        found = self.clusters.facts(call, vapp)
        found["template"] = self.clusters.told(vapp, OLD_TEMPLATE)
        if self.modern:
            found["vdc_id"] = vapp.vdc_id
        return found

    def _list(self, call: Call) -> Reply:
        """The array; of 2.0 a short form of it, or a long one with `vdc`, which filters nothing."""
        found = [self._document(call, one) for one in self.clusters.visible(call)]
        if not self.modern:
            return call.reply(found)
        vdcs = {one.id: one for one in self.cse.vcd.site_state.workloads.vdcs()}
        rows = [
            {
                "name": one["name"],
                "IP master": one["leader_endpoint"],
                "template": one["template"],
                "VMs": one["number_of_vms"],
                "vdc": one["vdc_name"],
                "status": one["status"],
                "vdc_id": one["vdc_id"],
                "org_name": vdcs[one["vdc_id"]].org,
            }
            for one in found
        ]
        if self._asked(call, "vdc"):
            return call.reply(rows)
        return call.reply([{**{key: row[key] for key in _SHORT}, "k8s_provider": "native"} for row in rows])

    def _asked(self, call: Call, key: str) -> Any:
        """A parameter of the query; a body goes first, also one of a GET."""
        body = self._body(call) if self.modern else {}
        return body.get(key) or call.query.get(key)

    def _found(self, call: Call, name: str, *, quoted: bool, full_stop: bool = True) -> Vapp:
        """The one cluster of a name. Raises Problem 500 in the words of the call."""
        found = self.clusters.visible(call, name)
        if len(found) != 1:
            shown = f"'{name}'" if quoted else name
            raise failed(f"Cluster {shown} not found{'.' if full_stop else ''}")
        return found[0]

    def _first(self, call: Call, name: str) -> Vapp:
        """The first cluster of a name, however many there are. Raises Problem 500."""
        found = self.clusters.visible(call, name)
        if found:
            return found[0]
        if self.modern and not self._asked(call, "vdc"):
            raise failed(f"Cluster {name} not found either in vCD or PKS")
        raise failed(f"Cluster '{name}' not found.")

    def _info(self, call: Call, name: str) -> Reply:
        vapp = self._first(call, name)
        document = self._document(call, vapp)
        self.clusters.add_nodes_to(document, vapp)
        return call.reply(document)

    def _node(self, call: Call, name: str, node: str) -> Reply:
        found = self.clusters.visible(call, name)
        if not found:
            raise failed(f"Cluster '{name}' not found.")
        return call.reply(self.clusters.node(found[0], node, _NODE_TYPES))

    def _config(self, call: Call, name: str) -> Reply:
        """The kubeconfig as one JSON string, whatever the content type says (section 3.3)."""
        if self.modern and not self._asked(call, "vdc"):
            self._first(call, name)
        vapp = self._found(call, name, quoted=True, full_stop=False)
        try:
            self._template(self.clusters.told(vapp, OLD_TEMPLATE))
        except Failed as problem:
            raise failed(str(problem)) from problem
        return call.reply(self.clusters.kubeconfig(vapp))

    def _templates(self, call: Call) -> Reply:
        return call.reply(
            [
                {
                    "name": one.name,
                    "is_default": one.is_default,
                    "catalog": CATALOG,
                    "catalog_item": one.catalog_item,
                    "description": one.description,
                }
                for one in self.cse.templates
            ]
        )

    def _swagger(self, call: Call, name: str) -> Reply:
        """A description of paths that this server does not have (section 12, 2); as YAML it cannot be sent."""
        if name == "swagger.yaml":
            raise Problem(500, "Object of type 'bytes' is not JSON serializable", 0)
        title = "API Specfication For Container Service Extension on VCD(CSE)"
        paths = {
            "/cluster": {"get": {"operationId": "listClusters"}, "post": {"operationId": "createCluster"}},
            "/cluster/{clusterid}": {"delete": {"operationId": "deleteCluster"}},
        }
        return call.reply({"swagger": "2.0", "info": {"title": title, "version": "0.0.1"}, "paths": paths})

    # What requests name

    def _template(self, name: str | None) -> Template:
        """The template of a name, the server's default without one. Raises Failed."""
        for one in self.cse.templates:
            if (one.is_default and name is None) or one.name == name:
                return one
        raise Failed(f"Template {name} not found{'.' if self.modern else ''}")

    def _vdc(self, call: Call, body: dict[str, Any]) -> Vdc:
        """The VDC of a creation: in the organization of who asks; of 2.0 in the one that is named. Raises Failed."""
        org = str(body.get("org")) if self.modern else call.org
        if org == call.org or call.is_system:
            for one in self.cse.vcd.site_state.workloads.vdcs_of(org):
                if one.name == body["vdc"]:
                    if not one.enabled:
                        raise Failed(f"The organization VDC '{one.name}' is disabled.")
                    return one
        raise Failed("VDC initialization failed as arguments are either invalid or None")

    def _wanted(self, body: dict[str, Any]) -> Wanted:
        """What the nodes of a request are to be. Raises Failed; a missing network is the key in quotes."""
        if "network" not in body:
            raise Failed("'network'")
        return Wanted(
            self._template(body.get("template")),
            body["network"],
            body.get("storage_profile"),
            body.get("cpu"),
            body.get("memory"),
            body.get("ssh_key"),
        )

    def _job(self, call: Call, name: str, text: str, cluster: str, identity: str) -> Job:
        return Job(call, name, text, _owner(cluster, identity))

    # Creating

    def _create(self, call: Call) -> Reply:
        self.cse.demand_deploy_right(call)
        body = self._body(call)
        if self.modern:
            name: Any = body.get("cluster_name")
            if isinstance(name, str) and self.clusters.visible(call, name):
                raise failed(f"Cluster {name} already exists.")
            if not body.get("network"):
                text = "Cluster cannot be created. Please provide a valid value for org vDC network param."
                raise failed(text)
        else:
            name = needed(body, "name", "vdc", "node_count", "storage_profile")[0]
        name = check_name(name)
        identity = str(uuid.uuid4())
        text = f"Creating cluster {name}({identity})"
        if "network" not in body:
            job = hang(call, CREATE, text, _owner(name, identity))
        else:
            job = self._job(call, CREATE, text, name, identity)
            Creation(self, call, job, body, name, identity).start(text)
        return accepted(call, job, name=name, cluster_id=identity)

    def create_vapp(self, call: Call, body: dict[str, Any], name: str, identity: str) -> Vapp:
        """The vApp of a new cluster, with its metadata. Raises Failed."""
        vdc = self._vdc(call, body)
        self.clusters.network(vdc, body["network"])
        metadata = {
            CLUSTER_ID: identity,
            VERSION: self.cse.release.full,
            OLD_TEMPLATE: self._template(body.get("template")).name,
        }
        return self.cse.machines.create_vapp(vdc, name, call.session.user.name, metadata, f"cluster {name}")

    def check(self, call: Call, body: dict[str, Any], name: str) -> None:
        """What a creation finds out first of all in its thread. Raises Failed."""
        if self.clusters.visible(call, name):
            raise Failed(f"Cluster {name} already exists.")
        self._vdc(call, body)
        self._template(body.get("template"))

    def nodes(self, vapp: Vapp, kind: str, count: int, body: dict[str, Any]) -> Names:
        """Makes nodes of a request. Raises Failed."""
        return self.clusters.make_nodes(vapp, kind, count, self._wanted(body))

    # Deleting

    def _delete(self, call: Call, name: str) -> Reply:
        self.cse.demand_deploy_right(call)
        if self.modern:
            self._first(call, name)
        vapp = self._found(call, name, quoted=False)
        identity = self.clusters.told(vapp, CLUSTER_ID)
        text = f"Deleting cluster {name}({identity})"
        job = self._job(call, DELETE, text, name, identity)

        def delete() -> None:
            self.cse.machines.remove_vapp(self.clusters.present(vapp).id)

        job.run(
            [Step("delete", text, delete)],
            lambda: job.succeed(f"Deleted cluster {name}({identity})"),
            lambda _step, message: job.fail(message, _ENDED[DELETE]),
        )
        return accepted(call, job, cluster_name=name)

    # Nodes

    def _resize(self, call: Call, name: str) -> Reply:
        """2.0: up to a number of workers; the nodes are made as `_add` makes them."""
        self.cse.demand_deploy_right(call)
        body, vapp = self._body(call), self._first(call, name)
        wanted, present = whole(body.get("node_count"), 500), len(self.clusters.nodes_of(vapp, WORKER))
        if present > wanted:
            raise failed(
                "Automatic scale down is not supported for vCD powered Kubernetes clusters. "
                "Use 'vcd cse delete node' command."
            )
        if present == wanted:
            raise failed(f"Cluster - {name} is already at the size of {present}.")
        return self._add(call, {**body, "node_count": wanted - present})

    def _add(self, call: Call, body: dict[str, Any]) -> Reply:
        self.cse.demand_deploy_right(call)
        name, count = needed(body, "name", "node_count")
        count = whole(count, 500)
        if count < 1:
            raise failed(f"Invalid node count: {count}.")
        if self.modern and needed(body, "network")[0] is None:
            raise failed("Network name is missing from the request.")
        vapp = self._found(call, name, quoted=True)
        identity, kind = self.clusters.told(vapp, CLUSTER_ID), body.get("node_type")
        # The braces are the server's (section 3.4).
        text = f"Adding {count} node(s) to cluster {{self.cluster_name}}({{self.cluster_id}})"
        job = self._job(call, ADD, text, name, identity)
        made: Names = []
        shown = f"{name}({identity})"

        def check() -> None:
            self._template(body.get("template"))

        def make() -> Names:
            if "node_type" not in body:
                raise Failed("'node_type'")
            return self.nodes(vapp, str(kind), count, body)

        steps = [Step("validate", text, check)]
        key = "nfs" if kind == NFS else "workers"
        steps += node_steps(key, f"Creating {count} node(s) for {shown}", make, made)
        if kind == WORKER:
            steps.append(Step("join", f"Adding {count} node(s) to {shown}", lambda: None))

        def done() -> None:
            if kind in (WORKER, NFS):
                did = "Added" if kind == WORKER else "Created"
                job.succeed(f"{did} {count} node(s) {'to cluster' if kind == WORKER else 'for'} {shown}")
            # Of another type they are made, and the task is never ended.

        def fail(step: str, message: str) -> None:
            job.fail(_joining(step, message), _ENDED[ADD])
            # What has not joined stays: only a failure to make nodes is rolled back.
            if step in ("workers", "nfs") and body.get("disable_rollback"):
                job.later(lambda: self.clusters.discard(vapp, made))

        job.run(steps, done, fail)
        return accepted(call, job, cluster_name=name)

    def _remove(self, call: Call) -> Reply:
        self.cse.demand_deploy_right(call)
        name, nodes = needed(self._body(call), "name", "nodes")
        if not isinstance(nodes, list):
            raise failed(f"object of type '{type(nodes).__name__}' has no len()")
        if not nodes:
            raise failed(f"Invalid list of nodes: {nodes}.")
        for node in nodes:
            if str(node).startswith(CONTROL_PLANE):
                raise failed(f"Can't delete a master node: '{node}'.")
        vapp = self._found(call, name, quoted=True)
        identity, count = self.clusters.told(vapp, CLUSTER_ID), len(nodes)
        shown = f"{name}({identity})"
        braces = "{self.cluster_name}({self.cluster_id})"
        text = f"Deleting {count} node(s) from cluster {shown if self.modern else braces}"
        job = self._job(call, REMOVE, text, name, identity)
        names = [str(one) for one in nodes]
        job.run(
            [
                # The node leaves Kubernetes; whether it did is not looked at.
                Step("", f"Deleting {count} node(s) from {shown}", lambda: None),
                Step("", f"Undeploying {count} node(s) for {shown}", lambda: self.clusters.check_nodes(vapp, names)),
                Step("delete", f"Deleting {count} VM(s) for {shown}", lambda: self.clusters.remove_nodes(vapp, names)),
            ],
            lambda: job.succeed(f"Deleted {count} node(s) to cluster {shown}"),
            lambda _step, message: job.fail(message, _ENDED[REMOVE]),
        )
        return accepted(call, job, cluster_name=name)


def _owner(cluster: str, identity: str) -> dict[str, str]:
    urn = f"urn:cse:cluster:{identity}"
    return {"path": urn, "id": urn, "name": cluster, "type": "application/vcloud.cse.cluster+xml"}


def _joining(step: str, message: str) -> str:
    return told(step, message) if step == "join" else message


class Creation:
    """One creation: its steps, and what is left when one fails."""

    def __init__(self, side: FirstSide, call: Call, job: Job, body: dict[str, Any], name: str, identity: str) -> None:
        self.side, self.call, self.job, self.body = side, call, job, body
        self.name, self.identity = name, identity
        self.shown = f"{name}({identity})"
        self.vapp: Vapp | None = None

    def _made(self) -> Vapp:
        if self.vapp is None:
            raise Failed("There is no vApp.")
        return self.side.clusters.present(self.vapp)

    def _make_vapp(self) -> None:
        try:
            self.vapp = self.side.create_vapp(self.call, self.body, self.name, self.identity)
        except Refusal as refusal:
            raise Failed(refusal.message) from refusal

    def _initialize(self) -> None:
        vapp = self._made()
        masters = self.side.clusters.nodes_of(vapp, CONTROL_PLANE)
        if not masters:
            raise Failed("list index out of range")
        self.side.clusters.tell(vapp, {MASTER_IP: self.side.cse.machines.address(masters[0])})

    def _nodes(self, key: str, kind: str, count: int, text: str) -> list[Step]:
        return node_steps(key, text, lambda: self.side.nodes(self._made(), kind, count, self.body), [])

    def start(self, text: str) -> None:
        """Begins it."""
        shown, body, side = self.shown, self.body, self.side
        steps = [
            Step("validate", text, lambda: side.check(self.call, body, self.name)),
            Step("vapp", f"Creating cluster vApp {shown}", self._make_vapp),
            *self._nodes("control_plane", CONTROL_PLANE, 1, f"Creating master node for {shown}"),
            Step("init", f"Initializing cluster {shown}", self._initialize),
        ]
        count = body.get("node_count")
        if isinstance(count, bool) or not isinstance(count, int):
            kind = type(count).__name__
            steps.append(_refusing(f"'>' not supported between instances of '{kind}' and 'int'"))
        elif count > 0:
            steps += self._nodes("workers", WORKER, count, f"Creating {count} node(s) for {shown}")
            steps.append(Step("join", f"Adding {count} node(s) to {shown}", lambda: None))
        if "enable_nfs" not in body:
            steps.append(_refusing("'enable_nfs'"))
        elif body["enable_nfs"]:
            steps += self._nodes("nfs", NFS, 1, f"Creating NFS node for {shown}")
        self.job.run(steps, lambda: self.job.succeed(f"Created cluster {shown}"), self._fail)

    def _fail(self, step: str, message: str) -> None:
        """The task ends in error first; the vApp goes after it, where that is asked for and the step is one of those
        that are rolled back at all (section 3.2)."""
        self.job.fail(told(step, message), _ENDED[CREATE])
        if step in _ROLLED_BACK and self.body.get("disable_rollback") and self.vapp is not None:
            identity = self.vapp.id
            self.job.later(lambda: self.side.cse.machines.remove_vapp(identity))


def _refusing(text: str) -> Step:
    """A step that nobody foresaw: the thread ends there, and nothing is rolled back."""

    def act() -> None:
        raise Failed(text)

    return Step("", "", act)
