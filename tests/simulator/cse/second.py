"""CSE 2.6 and the legacy mode of 3.x: `/api/cse/clusters`, `/nodes`, `/templates`, `/ovdcs` (contract section 4).

Body, query and path are one flat map; what is missing is looked for late, so the order of the checks is the server's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..machines import Vapp
from ..routing import PathTable
from ..wire import Reply
from .calls import Call, Problem, failed, missing
from .jobs import accepted
from .machines import CONTROL_PLANE, EXPORTS, NFS, WORKER
from .second_vdcs import OrgVdcs, page_of
from .second_work import Operations, Order
from .templates import CATALOG, Template
from .vapp_clusters import OLD_TEMPLATE, SOFTWARE, VappClusters, check_name, whole

if TYPE_CHECKING:
    from .extension import Cse

Handler = Callable[..., Reply]
SCALE_DOWN = (
    "Automatic scale down is not supported for vCD powered Kubernetes clusters. Use 'vcd cse delete node' command."
)
# API numbers that the legacy side of 3.x serves; 2.6 does not look at it.
_SERVED = ["33.0", "34.0"]
_CONTROL_PLANE_OF = {False: "master", True: "control_plane"}


class SecondSide:
    """The calls of 2.6 and of legacy mode."""

    def __init__(self, cse: Cse) -> None:
        self.cse = cse
        self.legacy = cse.release.name != "2.6"
        """3.x."""
        self.clusters = VappClusters(cse)
        self.operations = Operations(cse, self.clusters, legacy=self.legacy)
        self.vdcs = OrgVdcs(cse, legacy=self.legacy)
        self.container_providers = self.vdcs.providers
        self.templates = [one for one in cse.templates if one.kind == "native"]
        self._routes: PathTable[Handler] = PathTable()
        self._add_routes()

    def _add_routes(self) -> None:
        add = self._routes.add
        add("GET", "cluster", self._list)
        add("POST", "cluster", self._create)
        add("GET", "cluster/*", self._info)
        add("PUT", "cluster/*", self._resize)
        add("DELETE", "cluster/*", self._delete)
        add("GET", "cluster/*/config", self._config)
        add("GET", "cluster/*/upgrade-plan", self._plan)
        add("POST", "cluster/*/action/upgrade", self._upgrade)
        add("POST", "node", self._add_nodes)
        add("DELETE", "node", self._delete_nodes)
        add("GET", "node/*", self._node)
        add("GET", "template", self._templates)
        add("GET", "ovdc", self.vdcs.read_all)
        add("GET", "ovdc/*", self.vdcs.read)
        add("PUT", "ovdc/*", self.vdcs.write)
        add("GET", "ovdc/*/compute-policies", self.vdcs.read_policies)
        add("PUT", "ovdc/*/compute-policies", self.vdcs.write_policies)
        if self.legacy:
            add("GET", "nativecluster", self._list_pages)
            add("GET", "orgvdc", self.vdcs.read_pages)

    def clear(self) -> None:
        """Forgets what is not in vApps."""
        self.vdcs.clear()

    def handle(self, call: Call) -> Reply:
        """Answers a call. Raises Problem."""
        first = call.parts[0].lower().removesuffix("s") if call.parts else ""
        handler, variables, exists = self._routes.find(call.method, (first, *call.parts[1:]))
        if handler is None:
            # A fixed part wins over a name, so `cluster/x/config` is never a cluster; a path of nothing is no path.
            raise Problem(405, "Method not allowed") if exists else Problem(404, "Invalid url - not found")
        if self.legacy and first != "template" and call.exchange.accepted.version not in _SERVED:
            raise Problem(406, f"Invalid api version specified. Expected api version '{_SERVED}'.")
        return handler(call, *variables)

    @property
    def wrong(self) -> int:
        """The status of a KeyError, TypeError or ValueError in a handler (section 2.3)."""
        return 400 if self.legacy else 500

    # Finding

    def _scope(self, call: Call, data: dict[str, Any]) -> str | None:
        """The organization that a read is about: `org_name` narrows a system administrator's search alone."""
        org = data.get("org_name")
        if not call.is_system or org is None or str(org).lower() == "system":
            return None
        if self.cse.vcd.directory.by_name(str(org)) is None:
            raise failed(f"org '{org}' not found")
        return str(org)

    def _visible(self, call: Call, data: dict[str, Any], name: str | None = None) -> list[Vapp]:
        return self.clusters.visible(call, name, self._scope(call, data), data.get("ovdc_name"))

    def _found(self, call: Call, data: dict[str, Any]) -> Vapp:
        """The cluster that a request names. Raises Problem: 400 without a name, 500 for none and for several."""
        if "cluster_name" not in data:
            raise missing(["cluster_name"])
        name = data["cluster_name"]
        found = self._visible(call, data, str(name))
        if len(found) > 1:
            raise failed(f"Found multiple clusters named '{name}'.")
        if not found:
            raise failed(f"Cluster '{name}' not found.")
        return found[0]

    def _template(self, data: dict[str, Any]) -> Template:
        """Both or neither of name and revision; the server's default without them. Raises Problem."""
        name, revision = data.get("template_name"), data.get("template_revision")
        if (name is None) is not (revision is None):
            said = "If template revision is specified, then template name must also be specified (and vice versa)."
            raise Problem(self.wrong, said)
        for one in self.templates:
            if (name is None and one.is_default) or (one.name == name and str(one.revision) == str(revision)):
                return one
        if name is None:
            # 3.1 has no default template any more (section 5.4); its legacy side is held to the same words.
            raise Problem(400, "Template name and revision both must be specified.")
        raise failed(f"Template '{name}' at revision {revision} not found.")

    @staticmethod
    def _need(data: dict[str, Any], *keys: str) -> None:
        lost = [key for key in keys if key not in data]
        if lost:
            raise missing(lost)

    def _order(self, data: dict[str, Any], template: Template, count: int) -> Order:
        """What a request says about nodes, once it is known to be complete."""
        return Order(
            count=count,
            template=template,
            network=data["network_name"],
            profile=data.get("storage_profile_name"),
            cpus=data.get("num_cpu"),
            memory_mb=data.get("mb_memory"),
            ssh_key=data.get("ssh_key"),
            nfs=bool(data.get("enable_nfs", False)),
            rollback=bool(data.get("rollback", True)),
        )

    # Reading

    def document(self, call: Call, vapp: Vapp) -> dict[str, Any]:
        """A cluster without its nodes (section 4.3)."""
        found = self.clusters.facts(call, vapp)
        software = {key: self.clusters.told(vapp, name) for key, name in SOFTWARE.items()}
        # Clusters of servers before 2.5 have the name of their template alone.
        software["template_name"] = software["template_name"] or self.clusters.told(vapp, OLD_TEMPLATE)
        return {**found, "vdc_id": vapp.vdc_id, **software, "k8s_provider": "native"}

    def _row(self, call: Call, vapp: Vapp) -> dict[str, Any]:
        found = self.document(call, vapp)
        row = {
            "name": found["name"],
            "vdc": found["vdc_name"],
            "status": found["status"],
            "org_name": vapp.org,
            "k8s_type": found["kubernetes"],
            "k8s_version": found["kubernetes_version"],
            "k8s_provider": "native",
        }
        if self.legacy:
            del row["k8s_type"]
            row["owner_name"] = vapp.owner
        return row

    def _list(self, call: Call) -> Reply:
        return call.reply([self._row(call, one) for one in self._visible(call, call.merged())])

    def _list_pages(self, call: Call) -> Reply:
        data = call.merged()
        rows = [self._row(call, one) for one in self._visible(call, data)]
        filters: dict[str, str] = {key: str(data[key]) for key in ("org_name", "ovdc_name") if key in data}
        return call.reply(page_of(call, rows, self.wrong, "nativeclusters", filters))

    def _info(self, call: Call, name: str) -> Reply:
        vapp = self._found(call, call.merged(cluster_name=name))
        found = self.document(call, vapp)
        self.clusters.add_nodes_to(found, vapp)
        if self.cse.release.name == "3.1":
            self._extend_nodes(call, found, vapp)
        return call.reply(found)

    @staticmethod
    def _extend_nodes(call: Call, found: dict[str, Any], vapp: Vapp) -> None:
        """3.1: size and exports of every node, the latter of NFS nodes when a system administrator asks."""
        machines = {one.name: one for one in vapp.vms.values()}
        for key in ("master_nodes", "nodes", "nfs_nodes"):
            for node in found[key]:
                vm = machines[node["name"]]
                node |= {"numberOfCpus": str(vm.cpus), "memoryMB": str(vm.memory_mb), "exports": ""}
                if key == "nfs_nodes" and call.is_system:
                    node["exports"] = list(EXPORTS)

    def _node(self, call: Call, name: str) -> Reply:
        vapp = self._found(call, call.merged(node_name=name))
        words = {CONTROL_PLANE: _CONTROL_PLANE_OF[self.legacy], WORKER: "worker", NFS: "nfs"}
        return call.reply(self.clusters.node(vapp, name, words))

    def _config(self, call: Call, name: str) -> Reply:
        vapp = self._found(call, call.merged(cluster_name=name))
        return call.reply({"message": self.clusters.kubeconfig(vapp)})

    def _templates(self, call: Call) -> Reply:
        rows = []
        for one in sorted(self.templates, key=lambda one: (one.name, str(one.revision)), reverse=True):
            row: dict[str, Any] = {
                "name": one.name,
                "revision": str(one.revision),
                "is_default": "Yes" if one.is_default else "No",
                "catalog": CATALOG,
                "catalog_item": one.catalog_item,
                "description": one.description,
            }
            if self.legacy:
                record = one.record()
                software = ("cni", "cni_version", "docker_version", "kind", "kubernetes", "kubernetes_version", "os")
                row |= {key: record[key] for key in (*software, "deprecated")}
            rows.append(row)
        return call.reply(rows)

    # Writing

    def _create(self, call: Call) -> Reply:
        self.cse.demand_deploy_right(call)
        data = call.merged()
        self._need(data, "cluster_name")
        name = data["cluster_name"]
        org = self._scope(call, data) if call.is_system else call.org
        if self.clusters.visible(call, str(name), org):
            raise failed(f"Cluster {name} already exists.")
        for key in ("org_name", "ovdc_name"):
            if key not in data:
                raise Problem(self.wrong, repr(key))
        name = check_name(name)
        template = self._template(data)
        self._need(data, "network_name")
        count = whole(data.get("num_workers", 2), self.wrong)
        if count < 0:
            raise failed(f"Worker node count must be >= 0 (received {count}).")
        order = self._order(data, template, count)
        job, identity = self.operations.create(call, name, str(data["org_name"]), str(data["ovdc_name"]), order)
        return accepted(call, job, name=name, cluster_id=identity)

    def _resize(self, call: Call, name: str) -> Reply:
        """Up to a total. That a legacy 3.x would also go down is not in section 4; refusing is the stricter reading."""
        self.cse.demand_deploy_right(call)
        data = call.merged(cluster_name=name)
        vapp = self._found(call, data)
        self._need(data, "num_workers", "network_name")
        wanted, present = whole(data["num_workers"], self.wrong), len(self.clusters.nodes_of(vapp, WORKER))
        if wanted < 1:
            raise failed(f"Worker node count must be > 0 (received {wanted}).")
        if present > wanted:
            raise failed(SCALE_DOWN)
        if present == wanted:
            raise failed(f"Cluster '{name}' already has {present} worker nodes.")
        return self._make_nodes(call, vapp, data, wanted - present)

    def _add_nodes(self, call: Call) -> Reply:
        self.cse.demand_deploy_right(call)
        data = call.merged()
        vapp = self._found(call, data)
        return self._make_nodes(call, vapp, data, data.get("num_workers", 1))

    def _make_nodes(self, call: Call, vapp: Vapp, data: dict[str, Any], wanted: Any) -> Reply:
        template = self._template(data)
        self._need(data, "network_name")
        count = whole(wanted, self.wrong)
        if count < 1:
            raise failed(f"Worker node count must be > 0 (received {count}).")
        job = self.operations.add(call, vapp, self._order(data, template, count))
        return accepted(call, job, cluster_name=vapp.name)

    def _delete_nodes(self, call: Call) -> Reply:
        self.cse.demand_deploy_right(call)
        data = call.merged()
        vapp = self._found(call, data)
        self._need(data, "node_names")
        names = data["node_names"]
        if not isinstance(names, list):
            raise Problem(self.wrong, f"object of type '{type(names).__name__}' has no len()")
        if not names:
            # The answer of a handler, and no task.
            return call.reply({"body": {}}, 202)
        for one in names:
            if str(one).startswith(CONTROL_PLANE):
                raise failed(f"Can't delete a master node: '{one}'.")
        job = self.operations.remove(call, vapp, [str(one) for one in names])
        return accepted(call, job, cluster_name=vapp.name)

    def _delete(self, call: Call, name: str) -> Reply:
        self.cse.demand_deploy_right(call)
        vapp = self._found(call, call.merged(cluster_name=name))
        return accepted(call, self.operations.delete(call, vapp), cluster_name=vapp.name)

    def _targets(self, vapp: Vapp) -> list[Template]:
        """What a cluster can be upgraded to; to its own template with a higher revision only."""
        name = self.clusters.told(vapp, SOFTWARE["template_name"])
        revision = self.clusters.told(vapp, SOFTWARE["template_revision"])
        present = int(revision) if revision.isdecimal() else 0
        return [
            one for one in self.templates if name in one.upgrade_from and (one.name != name or one.revision > present)
        ]

    def _plan(self, call: Call, name: str) -> Reply:
        vapp = self._found(call, call.merged(cluster_name=name))
        return call.reply([one.record() for one in self._targets(vapp)])

    def _upgrade(self, call: Call, name: str) -> Reply:
        self.cse.demand_deploy_right(call)
        data = call.merged(cluster_name=name)
        vapp = self._found(call, data)
        self._need(data, "template_name", "template_revision")
        wanted, revision = data["template_name"], str(data["template_revision"])
        for one in self._targets(vapp):
            if one.name == wanted and str(one.revision) == revision:
                return accepted(call, self.operations.upgrade(call, vapp, one), cluster_name=vapp.name)
        raise failed(
            f"Specified template/revision ({wanted} revision {revision}) is not a valid upgrade target for "
            f"cluster '{name}'."
        )
