# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Kubernetes of genuine programs and no machines: API server, controllers, and what serves volume claims.

What is real: kube-apiserver with RBAC, admission and TLS, on Debian's etcd; kube-controller-manager, each controller
with its own service account; csi-provisioner, csi-resizer and csi-snapshotter (`node.py` starts them); ceph-csi, where
it was built from a checkout, else a driver of the lab's own that makes the same images (`programs/driver/`). What the
lab stands in for is the kubelet and the scheduler, as far as pods that serve volumes need them. There is no Node
object, no network between pods, and nothing mounts a volume.

Everything lies in one folder and listens on a loopback address of its own, so nothing of the machine is touched. All
processes end with the thread that started them, also when that is killed (setpriv --pdeathsig).
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.labs.ceph.small import Ceph
from tests.labs.folder import LabError, owned
from tests.labs.kubernetes.api import Api
from tests.labs.kubernetes.node import Node

ROOT = Path(__file__).resolve().parents[3]
PLACE = ROOT / "build" / "labs" / "kubernetes"
PROGRAMS = PLACE / "bin"
# The driver that the Deployment asks for, what stands in for it, and the sidecars that there are programs for.
GENUINE, STAND_IN = "cephcsi", "rbd-driver"
SIDECARS = ("csi-provisioner", "csi-resizer", "csi-snapshotter")
START_SECONDS = 90
API_PORT = 6443
# The controllers that storage needs; names as kube-controller-manager lists them.
CONTROLLERS = (
    "persistentvolume-binder-controller", "persistentvolume-expander-controller",
    "persistentvolumeclaim-protection-controller", "persistentvolume-protection-controller",
    "serviceaccount-controller", "serviceaccount-token-controller", "root-ca-certificate-publisher-controller",
    "namespace-controller", "garbage-collector-controller", "clusterrole-aggregation-controller",
    "deployment-controller", "replicaset-controller", "daemonset-controller",
)  # fmt: skip


def missing(*programs: str) -> str:
    """What a machine lacks for this lab, as a sentence; empty where nothing is missing.

    Beside what every lab needs, programs of `build/labs/kubernetes/bin` may be named (SIDECARS, `csi_driver()`).
    """
    needed = {"etcd": "etcd-server", "setpriv": "util-linux", "bwrap": "bubblewrap"}
    if lacking := [package for program, package in needed.items() if not _which(program)]:
        return f"A Kubernetes needs the packages {', '.join(lacking)} (make system-packages, on Debian as root)."
    unbuilt = [name for name in ("kube-apiserver", *programs) if not (PROGRAMS / name).exists()]
    if unbuilt:
        return f"Not built: {', '.join(unbuilt)} (make k8s-binaries, which needs Go)."
    return ""


def csi_driver() -> str:
    """The program that serves volumes: ceph-csi where it was built, else what stands in for it."""
    return GENUINE if (PROGRAMS / GENUINE).exists() else STAND_IN


def _which(program: str) -> str | None:
    return shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin", "/bin"]))


@dataclass
class Cluster:
    """A running cluster: where its files are and how it is reached."""

    folder: Path
    address: str
    tokens: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    node: Node | None = None

    @property
    def url(self) -> str:
        """Where the API server answers."""
        return f"https://{self.address}:{API_PORT}"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig (mode 0600)."""
        return self.folder / "kubeconfig"

    @property
    def ca(self) -> Path:
        """The certificate of who signed the API server's."""
        return self.folder / "ca.crt"

    @property
    def api(self) -> Api:
        """The API as its administrator sees it."""
        return Api(self.url, self.ca, self.tokens["admin"])

    def kubectl(self, *arguments: str, stdin: str = "", seconds: float = 60) -> str:
        """Run kubectl as administrator and return what it printed. Raises LabError where it fails."""
        command = [str(PROGRAMS / "kubectl"), "--kubeconfig", str(self.kubeconfig), *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=seconds, check=False)
        if done.returncode:
            raise LabError(f"kubectl {' '.join(arguments)}: {done.stderr.strip() or done.returncode}")
        return done.stdout.strip()

    def csi(self, ceph: Ceph, driver: str = "") -> Node:
        """From now on run the pods that the cluster has, as a node with a network to `ceph` would. Raises LabError.

        Whoever applies Deployment `csi-rbdplugin-provisioner`, before or afterwards, finds it available in the end. Its
        driver is ceph-csi where that was built, else what stands in for it (`programs/driver/`), or as `driver` says.
        """
        driver = driver or csi_driver()
        if lacking := missing(*SIDECARS, driver):
            raise LabError(lacking)
        if self.node is None:
            ceph.status()
            server = (self.address, API_PORT)
            self.node = Node(self.folder / "node", self.api, PROGRAMS, server, {GENUINE: driver})
            self.node.start()
        return self.node

    def start(self, name: str) -> None:
        """Start `etcd`, `kube-apiserver` or `kube-controller-manager`, as after `stop`; it is not waited for."""
        command = {"etcd": _etcd, "kube-apiserver": _apiserver, "kube-controller-manager": _controllers}[name](self)
        with open(self.folder / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip

    def stop(self, name: str, at_once: bool = False) -> None:
        """Stop a process in good order, or kill it."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL if at_once else signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def wait(self, what: str, done: Callable[[], Any], seconds: float = START_SECONDS) -> Any:
        """Wait until `done` returns something true, and return it. Raises LabError, which begins with `what`."""
        deadline = time.monotonic() + seconds
        while not (found := done()):
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                raise LabError(f"{what} within {seconds:.0f} s; ended: {', '.join(ended) or 'none'}\n{self.said()}")
            time.sleep(0.1)
        return found

    def said(self) -> str:
        """The last lines of what the processes said, for an error message."""
        logs = [*sorted(self.folder.glob("*.log")), *sorted(self.folder.glob("node/pods/*/*.log"))]
        return "\n".join(
            f"{path.name}: {line[:400]}"
            for path in logs
            for line in path.read_text("utf-8", "replace").splitlines()[-4:]
        )


def free_address() -> str:
    """A loopback address where nobody listens at the API's port. The range is left alone by other labs."""
    for _attempt in range(100):
        address = f"127.{secrets.randbelow(50) + 200}.{secrets.randbelow(256)}.{secrets.randbelow(254) + 1}"
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind((address, API_PORT))
            return address
    raise LabError(f"There is no loopback address with a free port {API_PORT}.")


def _etcd(cluster: Cluster) -> list[str]:
    client, peer = (f"http://{cluster.address}:{port}" for port in (2379, 2380))
    return ["etcd", "--data-dir", "etcd", "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}",
            "--logger", "zap"]  # fmt: skip


def _apiserver(cluster: Cluster) -> list[str]:
    return [
        str(PROGRAMS / "kube-apiserver"), f"--etcd-servers=http://{cluster.address}:2379",
        f"--bind-address={cluster.address}", f"--secure-port={API_PORT}",
        "--tls-cert-file=server.crt", "--tls-private-key-file=server.key",
        "--token-auth-file=tokens.csv", "--authorization-mode=RBAC", "--allow-privileged=true",
        "--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=accounts.pub",
        "--service-account-signing-key-file=accounts.key", "--service-cluster-ip-range=10.96.0.0/24",
        # Service `kubernetes` has no endpoint: a loopback address may not be one. Pods are told the address.
        "--endpoint-reconciler-type=none", "--advertise-address=192.0.2.1",
    ]  # fmt: skip


def _controllers(cluster: Cluster) -> list[str]:
    return [
        str(PROGRAMS / "kube-controller-manager"), "--kubeconfig=controllers.kubeconfig", "--leader-elect=false",
        f"--controllers={','.join(CONTROLLERS)}", "--use-service-account-credentials=true",
        "--service-account-private-key-file=accounts.key", "--root-ca-file=ca.crt",
        f"--bind-address={cluster.address}", "--cert-dir=controllers",
        # A claim is looked at when it changes; this is for what was missed.
        "--pvclaimbinder-sync-period=5s",
    ]  # fmt: skip


def _private(path: Path, text: str) -> None:
    """Write a file that nobody else reads."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _kubeconfig(cluster: Cluster, path: Path, user: str) -> None:
    signer = base64.b64encode(cluster.ca.read_bytes()).decode()
    document = {
        "apiVersion": "v1", "kind": "Config", "current-context": "lab",
        "clusters": [{"name": "lab", "cluster": {"server": cluster.url, "certificate-authority-data": signer}}],
        "users": [{"name": user, "user": {"token": cluster.tokens[user]}}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": user}}],
    }  # fmt: skip
    _private(path, yaml.safe_dump(document, sort_keys=False))


def _files(cluster: Cluster) -> None:
    """Certificates, the key that service accounts' tokens are signed with, tokens and kubeconfigs."""
    folder = cluster.folder
    authority = trustme.CA()
    authority.cert_pem.write_to_path(cluster.ca)
    served = authority.issue_cert(cluster.address, "localhost", not_after=_in_a_year())
    for name, blobs in (("server.crt", served.cert_chain_pems), ("server.key", [served.private_key_pem])):
        _private(folder / name, "".join(blob.bytes().decode() for blob in blobs))
    key = ec.generate_private_key(ec.SECP256R1())
    _private(folder / "accounts.key", key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode())  # fmt: skip
    (folder / "accounts.pub").write_bytes(key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ))  # fmt: skip
    _private(folder / "tokens.csv", (
        f"{cluster.tokens['admin']},admin,1,system:masters\n"
        f"{cluster.tokens['controllers']},system:kube-controller-manager,2\n"
    ))  # fmt: skip
    _kubeconfig(cluster, cluster.kubeconfig, "admin")
    _kubeconfig(cluster, folder / "controllers.kubeconfig", "controllers")


def _in_a_year() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=365)


@contextlib.contextmanager
def running(folder: Path, controller_manager: bool = True) -> Iterator[Cluster]:
    """An empty cluster in `folder` (made, and removed in the end), as long as the block. Raises LabError.

    Without `controller_manager` objects are kept and checked, but nothing becomes of them.
    """
    if lacking := missing():
        raise LabError(lacking)
    folder = folder.resolve()
    with owned(folder):
        folder.chmod(0o700)
        cluster = Cluster(folder, free_address(), {name: secrets.token_hex(20) for name in ("admin", "controllers")})
        try:
            _files(cluster)
            cluster.start("etcd")
            cluster.start("kube-apiserver")
            cluster.wait("The API server was not ready", cluster.api.ready)
            if controller_manager:
                cluster.start("kube-controller-manager")
            sign = "/api/v1/namespaces/default" + ("/serviceaccounts/default" if controller_manager else "")
            cluster.wait("The first namespace was not there", lambda: cluster.api.get(sign))
            yield cluster
        finally:
            if cluster.node is not None:
                cluster.node.end()
            for name in reversed(list(cluster.processes)):
                # What they keep goes with them: there is nothing to be put in order.
                cluster.stop(name, at_once=True)
