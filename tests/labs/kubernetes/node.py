# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a scheduler and a kubelet do for pods, as far as a storage driver's controller needs it.

The pods come from the Deployment in the API, through the genuine Deployment and ReplicaSet controllers. The lab binds
each, lays its ConfigMaps, Secrets, service account's token and directories where the pod's mounts say, and starts its
containers with the pod's own arguments and environment, each in mounts and process numbers of its own (bubblewrap).
So a wrong ConfigMap, a Secret that is missing or a ClusterRole that lacks a verb fails as it does in a cluster.

What is not as in a cluster: an image is not pulled, but stands for the program of its name in
`build/labs/kubernetes/bin` (`csi-provisioner:v5.0.1` for `csi-provisioner`, in the version that go.mod pins); the pod
has the machine's network and a loopback address as its own; resources, security contexts and probes are not looked at.
An image without a program is reported as kubelet would, ErrImagePull (but see IDLE), and a container that ends is
started again. Logs lie in `node/pods/<namespace>_<name>/<container>.log`.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import datetime
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.labs.kubernetes.api import Api, Refused

NAME = "lab"
POLL_SECONDS, REFRESH_SECONDS, RESTART_SECONDS = 0.2, 2.0, 2.0
TOKEN_SECONDS = 7200
# Of the machine a container sees its programs, libraries and devices, not its settings: those of the pod are mounted.
SEEN = ("/usr", "/etc/ssl", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/passwd", "/etc/group",
        "/etc/nsswitch.conf", "/etc/alternatives")  # fmt: skip
MERGED = ("bin", "lib", "lib64", "sbin")
# Sidecars whose place is kept by a process that does nothing, so that their pod can be ready. The attacher's work
# begins with a node that wants a volume, and there is none; its module is not served everywhere.
IDLE = ("csi-attacher",)


class Unfit(Exception):
    """A pod cannot be started (yet): reason and text as kubelet gives them."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass
class Container:
    """A container of a pod, and its process when it has one."""

    spec: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    since: str = ""
    again: float = 0.0
    reason: str = "ContainerCreating"
    text: str = ""

    def status(self) -> dict[str, Any]:
        """The row of the pod's `containerStatuses`."""
        runs = self.process is not None and self.process.poll() is None
        state = (
            {"running": {"startedAt": self.since}}
            if runs
            else {"waiting": {"reason": self.reason, "message": self.text}}
        )
        return {"name": self.spec["name"], "image": self.spec["image"], "imageID": "", "ready": runs, "started": runs,
                "restartCount": self.restarts, "state": state}  # fmt: skip


@dataclass
class Pod:
    """A pod that was bound to this node."""

    api: Api
    folder: Path
    document: dict[str, Any]
    address: str
    containers: list[Container] = dataclasses.field(default_factory=list)
    reported: Any = None

    def __post_init__(self) -> None:
        self.containers = [Container(spec) for spec in self.document["spec"]["containers"]]

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return str(self.document["metadata"]["namespace"])

    @property
    def path(self) -> str:
        """Its place in the API."""
        return f"/api/v1/namespaces/{self.namespace}/pods/{self.document['metadata']['name']}"

    def _object(self, kind: str, name: str, optional: bool) -> dict[str, Any]:
        found = self.api.get(f"/api/v1/namespaces/{self.namespace}/{kind}s/{name}")
        if found is None and not optional:
            raise Unfit("ContainerCreating", f'MountVolume.SetUp failed: {kind} "{name}" not found')
        return found or {}

    def _texts(self, source: dict[str, Any]) -> dict[str, bytes]:
        """File names and contents of one source of a volume. Raises Unfit."""
        if (given := source.get("configMap")) is not None:
            found = self._object("configmap", given["name"], given.get("optional", False))
            texts = {name: text.encode() for name, text in (found.get("data") or {}).items()}
            texts |= {name: base64.b64decode(text) for name, text in (found.get("binaryData") or {}).items()}
        elif (given := source.get("secret")) is not None:
            found = self._object("secret", given.get("secretName") or given["name"], given.get("optional", False))
            texts = {name: base64.b64decode(text) for name, text in (found.get("data") or {}).items()}
        elif (given := source.get("serviceAccountToken")) is not None:
            return {given["path"]: self._token(given).encode()}
        elif (given := source.get("downwardAPI")) is not None:
            return {item["path"]: self.field(item["fieldRef"]["fieldPath"]).encode() for item in given.get("items", [])}
        else:
            raise Unfit("ContainerCreating", f"The lab has no volumes of kind {', '.join(source)}.")
        items = {item["key"]: item["path"] for item in given.get("items") or []}
        return {items[name]: texts[name] for name in items if name in texts} if items else texts

    def _token(self, given: dict[str, Any]) -> str:
        account = self.document["spec"].get("serviceAccountName", "default")
        wanted = {"expirationSeconds": TOKEN_SECONDS, "boundObjectRef": {
            "kind": "Pod", "apiVersion": "v1", "name": self.document["metadata"]["name"],
            "uid": self.document["metadata"]["uid"]}}  # fmt: skip
        if given.get("audience"):
            wanted["audiences"] = [given["audience"]]
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": wanted}
        path = f"/api/v1/namespaces/{self.namespace}/serviceaccounts/{account}/token"
        return str(self.api.send("POST", path, body)["status"]["token"])

    def field(self, path: str) -> str:
        """A field of the pod, as environment and downward API ask for it."""
        known = {"status.podIP": self.address, "status.hostIP": self.address, "spec.nodeName": NAME}
        found: Any = known.get(path)
        if found is None:
            found = self.document
            for part in path.split("."):
                found = found.get(part, "")
        return str(found)

    def volume(self, volume: dict[str, Any], tokens: bool = True) -> Path:
        """The directory of a volume, filled with what the API has at this moment. Raises Unfit, Refused."""
        source = {name: value for name, value in volume.items() if name != "name"}
        if "hostPath" in source and Path(source["hostPath"]["path"]).exists():
            return Path(source["hostPath"]["path"])
        place: Path = self.folder / "volumes" / volume["name"]
        place.mkdir(parents=True, exist_ok=True)
        if "emptyDir" in source or "hostPath" in source:
            return place
        texts: dict[str, bytes] = {}
        for one in source["projected"]["sources"] if "projected" in source else [source]:
            if tokens or "serviceAccountToken" not in one:
                texts |= self._texts(one)
        for name, text in texts.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_bytes() != text:
                path.write_bytes(text)
                path.chmod(0o600)
        return place

    def refresh(self) -> None:
        """Lay anew what has changed in the API, as kubelet does for pods that run; tokens live long enough."""
        for volume in self.document["spec"].get("volumes", []):
            with contextlib.suppress(Unfit):
                self.volume(volume, tokens=False)

    def mounts(self, container: Container) -> list[str]:
        """The arguments of bubblewrap that lay a container's volumes where its mounts say. Raises Unfit."""
        volumes = {volume["name"]: volume for volume in self.document["spec"].get("volumes", [])}
        arguments = []
        # The shorter first: one may lie below another.
        for mount in sorted(container.spec.get("volumeMounts", []), key=lambda mount: len(mount["mountPath"])):
            source = self.volume(volumes[mount["name"]])
            if mount.get("subPath"):
                source = source / mount["subPath"]
            # What is the machine's own is read, never written; its devices and libraries are there already.
            host = "hostPath" in volumes[mount["name"]]
            if host and mount["mountPath"].startswith(("/dev", "/lib", "/usr")):
                continue
            how = "--ro-bind" if host or mount.get("readOnly") else "--bind"
            arguments += [how, str(source), mount["mountPath"]]
        return arguments

    def environment(self, container: Container, server: tuple[str, int]) -> dict[str, str]:
        """A container's variables, with the two by which a program in a pod finds the API. Raises Unfit."""
        found = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
                 "KUBERNETES_SERVICE_HOST": server[0], "KUBERNETES_SERVICE_PORT": str(server[1])}  # fmt: skip
        for variable in container.spec.get("env", []):
            source = variable.get("valueFrom", {})
            if "fieldRef" in source:
                found[variable["name"]] = self.field(source["fieldRef"]["fieldPath"])
            elif source:
                raise Unfit("CreateContainerConfigError", f"The lab has no variables from {', '.join(source)}.")
            else:
                found[variable["name"]] = expand(variable.get("value", ""), found)
        return found


def expand(text: str, variables: dict[str, str]) -> str:
    """`$(NAME)` replaced as Kubernetes does it: unknown names stay, `$$` is one dollar."""

    def one(match: re.Match[str]) -> str:
        return "$" if match[0] == "$$" else variables.get(match[1], match[0])

    return re.sub(r"\$\$|\$\(([^)]*)\)", one, text)


def program_of(image: str) -> str:
    """The program an image stands for: its name without registry, tag and digest."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def now() -> str:
    """The time, as the API writes it."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Node:
    """Runs every pod that the cluster has, until `end`."""

    def __init__(
        self, folder: Path, api: Api, programs: Path, server: tuple[str, int], stand_ins: dict[str, str] | None = None
    ) -> None:
        """`server` is what pods are told of the API; `stand_ins` names other programs than the images are called."""
        self.folder, self.api, self.programs, self.server = folder, api, programs, server
        self.stand_ins = stand_ins or {}
        self.pods: dict[str, Pod] = {}
        self.problem = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="node", daemon=True)
        self._addresses = 0
        self._refreshed = 0.0

    def start(self) -> None:
        """Begin; it returns at once."""
        self._thread.start()

    def end(self) -> None:
        """End all containers, and wait for that."""
        self._over.set()
        self._thread.join()

    def log(self, container: str) -> str:
        """What a container has said, in all pods."""
        return "".join(
            path.read_text("utf-8", "replace") for path in sorted(self.folder.glob(f"pods/*/{container}.log"))
        )

    def _run(self) -> None:
        # The containers are children of this thread, and would end with it: so it ends them in good order.
        while not self._over.is_set():
            try:
                self._look()
                self.problem = ""
            except (Refused, OSError) as problem:  # the API is away, or somebody else was faster
                self.problem = str(problem)
            self._over.wait(POLL_SECONDS)
        for pod in self.pods.values():
            _end(pod, 3)

    def _look(self) -> None:
        found = {pod["metadata"]["uid"]: pod for pod in self.api.send("GET", "/api/v1/pods")["items"]}
        for identity in [identity for identity in self.pods if identity not in found]:
            _end(self.pods.pop(identity), 0)
        refresh = time.monotonic() - self._refreshed > REFRESH_SECONDS
        for identity, document in found.items():
            pod = self.pods.get(identity) or self._take(identity, document)
            if document["metadata"].get("deletionTimestamp"):
                _end(pod, document["metadata"].get("deletionGracePeriodSeconds", 30))
                with contextlib.suppress(Refused):
                    self.api.send("DELETE", pod.path, {"gracePeriodSeconds": 0})
                self.pods.pop(identity)
                continue
            if refresh:
                pod.refresh()
                self._refreshed = time.monotonic()
            for container in pod.containers:
                self._keep(pod, container)
            self._report(pod)

    def _take(self, identity: str, document: dict[str, Any]) -> Pod:
        """Bind a pod, as a scheduler does for whom every pod fits."""
        meta = document["metadata"]
        self._addresses += 1
        head, _dot, last = self.server[0].rpartition(".")
        address = f"{head}.{(int(last) + self._addresses - 1) % 254 + 1}"
        pod = Pod(self.api, self.folder / "pods" / f"{meta['namespace']}_{meta['name']}", document, address)
        if not document["spec"].get("nodeName"):
            body = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": meta["name"]},
                    "target": {"apiVersion": "v1", "kind": "Node", "name": NAME}}  # fmt: skip
            self.api.send("POST", f"{pod.path}/binding", body)
        pod.folder.mkdir(parents=True, exist_ok=True)
        self.pods[identity] = pod
        return pod

    def _keep(self, pod: Pod, container: Container) -> None:
        """Start a container that does not run, unless it has just ended."""
        if container.process is not None and (code := container.process.poll()) is not None:
            container.process = None
            container.restarts += 1
            container.reason = "CrashLoopBackOff"
            container.text = f"back-off restarting failed container={container.spec['name']}, which ended with {code}"
            container.again = time.monotonic() + RESTART_SECONDS
        if container.process is not None or time.monotonic() < container.again:
            return
        try:
            container.process = self._begin(pod, container)
            container.since = now()
        except Unfit as problem:
            container.reason, container.text = problem.reason, str(problem)
            container.again = time.monotonic() + RESTART_SECONDS

    def _begin(self, pod: Pod, container: Container) -> subprocess.Popen[bytes]:
        name = program_of(container.spec["image"])
        program = self.programs / self.stand_ins.get(name, name)
        if name in IDLE:
            program = Path("/usr/bin/sleep")
        elif not program.exists():
            raise Unfit("ErrImagePull", f"the lab has no program {name}")
        environment = pod.environment(container, self.server)
        command = [
            "bwrap",
            "--die-with-parent",
            "--unshare-pid",
            "--clearenv",
            "--proc",
            "/proc",
            "--dev-bind",
            "/dev",
            "/dev",
        ]
        for path in SEEN:
            command += ["--ro-bind-try", path, path]
        for path in MERGED:
            command += ["--symlink", f"usr/{path}", f"/{path}"]
        command += ["--tmpfs", "/tmp", "--tmpfs", "/run", "--symlink", "../run", "/var/run", "--dir", "/root"]
        command += ["--ro-bind", str(program.resolve()), f"/{name}", *pod.mounts(container)]
        for key, value in environment.items():
            command += ["--setenv", key, value]
        entry = container.spec.get("command") or [f"/{name}"]
        words = [expand(word, environment) for word in [*entry, *container.spec.get("args", [])]]
        if name in IDLE:
            words = [f"/{name}", "infinity"]
        with open(pod.folder / f"{container.spec['name']}.log", "ab") as log:
            return subprocess.Popen(
                [*command, "--", *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _report(self, pod: Pod) -> None:
        """Tell the API how the pod is, when that has changed."""
        rows = [container.status() for container in pod.containers]
        ready = "True" if all(row["ready"] for row in rows) else "False"
        started = any(row["ready"] for row in rows)
        told = (ready, started, [(row["restartCount"], row["state"]) for row in rows])
        if told == pod.reported:
            return
        known = {"PodScheduled": "True", "Initialized": "True", "ContainersReady": ready, "Ready": ready}
        conditions = [{"type": kind, "status": value, "lastTransitionTime": now()} for kind, value in known.items()]
        status = {"phase": "Running" if started else "Pending", "conditions": conditions, "containerStatuses": rows,
                  "podIP": pod.address, "podIPs": [{"ip": pod.address}], "startTime": now()}  # fmt: skip
        self.api.merge(f"{pod.path}/status", {"status": status})
        pod.reported = told


def _terminate(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM to a container's program, which is the child of bubblewrap's first process in there."""
    with contextlib.suppress(OSError, ValueError):
        inside = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text())
        os.kill(int(Path(f"/proc/{inside}/task/{inside}/children").read_text()), signal.SIGTERM)


def _end(pod: Pod, grace: float) -> None:
    """End a pod's containers, those that take longer than the grace period at once; its files go with it."""
    running = [
        container.process for container in pod.containers if container.process and container.process.poll() is None
    ]
    for process in running:
        _terminate(process)
    deadline = time.monotonic() + min(grace, 10)
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    shutil.rmtree(pod.folder / "volumes", ignore_errors=True)
