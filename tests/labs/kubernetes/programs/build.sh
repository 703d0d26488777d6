#!/usr/bin/env bash
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the programs of the Kubernetes lab into the given folder:
#   build.sh DIRECTORY api    kube-apiserver, kube-controller-manager, kubectl
#   build.sh DIRECTORY csi    csi-provisioner, csi-resizer, csi-snapshotter, and the driver for where ceph-csi is not built
#   build.sh DIRECTORY ceph   cephcsi, from a checkout of ceph-csi that CEPH_CSI_SOURCE names
# What is there and was made of the same sources is not made again.
set -euo pipefail

target="${1:?usage: build.sh DIRECTORY api|csi|ceph}"
what="${2:?usage: build.sh DIRECTORY api|csi|ceph}"
mkdir -p "${target}"
target="$(cd "${target}" && pwd)"
cd "$(dirname "${BASH_SOURCE[0]}")"

go="$(command -v go || true)"
if [[ -z "${go}" && -x /usr/local/go/bin/go ]]; then go=/usr/local/go/bin/go; fi
if [[ -z "${go}" ]]; then
    echo "No Go compiler was found. The Kubernetes of the tests is built from its Go modules once. Install Go 1.24 or newer" >&2
    echo "(the archive of go.dev/dl, unpacked into /usr/local), then run: make k8s-binaries" >&2
    exit 1
fi

# Settings of our own, as for tests/tools/vcsim.sh. Others need the processors too.
export GOTOOLCHAIN=local GOWORK=off GO111MODULE=on GOFLAGS="-buildvcs=false -trimpath"
build=(nice -n 10 "${go}" build -ldflags "-s -w")

# made NAME KEY PROGRAM...: whether these programs are there, made of what KEY says.
made() {
    local stamp="${target}/.$1" key="$2"
    shift 2
    for program in "$@"; do [[ -x "${target}/${program}" ]] || return 1; done
    [[ -f "${stamp}" && "$(<"${stamp}")" == "${key}" ]]
}

# Two builds at once would each do the whole work: the second waits, and finds what the first made.
if command -v flock >/dev/null; then
    exec {lock}>"${target}/.lock"
    flock "${lock}"
fi

sources="$(cat go.mod go.sum ./*.go build.sh | sha256sum | cut -d ' ' -f 1) $("${go}" env GOVERSION)"
case "${what}" in
api)
    if made api "${sources}" kubernetes; then exit 0; fi
    echo "Building kube-apiserver, kube-controller-manager and kubectl ..."
    # The release is written in by who builds: clients and roles ask the server for it.
    version="$(awk '$1 == "k8s.io/kubernetes" { print $2 }' go.mod)"
    flags="-s -w"
    for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
        flags+=" -X ${package}.gitVersion=${version} -X ${package}.gitTreeState=clean"
        flags+=" -X ${package}.gitMajor=1 -X ${package}.gitMinor=$(cut -d . -f 2 <<<"${version}")"
    done
    # Put in place whole: the one before may be running.
    CGO_ENABLED=0 "${build[@]}" -mod=readonly -ldflags "${flags}" -o "${target}/kubernetes.new" .
    mv "${target}/kubernetes.new" "${target}/kubernetes"
    for name in kube-apiserver kube-controller-manager kubectl; do ln -sf kubernetes "${target}/${name}"; done
    echo "${sources}" >"${target}/.api"
    ;;
csi)
    sources+=" $(sha256sum <driver/main.go | cut -d ' ' -f 1)"
    if made csi "${sources}" csi-provisioner csi-resizer csi-snapshotter rbd-driver; then exit 0; fi
    echo "Building csi-provisioner, csi-resizer, csi-snapshotter and a driver ..."
    CGO_ENABLED=0 "${build[@]}" -mod=readonly -o "${target}/rbd-driver" ./driver
    for package in github.com/kubernetes-csi/external-provisioner/v5/cmd/csi-provisioner \
        github.com/kubernetes-csi/external-resizer/cmd/csi-resizer \
        github.com/kubernetes-csi/external-snapshotter/v8/cmd/csi-snapshotter; do
        version="$(awk -v "module=${package%/cmd/*}" '$1 == module { print $2 }' go.mod)"
        CGO_ENABLED=0 "${build[@]}" -mod=readonly -ldflags "-s -w -X main.version=${version}" -o "${target}/" "${package}"
    done
    echo "${sources}" >"${target}/.csi"
    ;;
ceph)
    : "${CEPH_CSI_SOURCE:?names a checkout of ceph-csi (CONTRIBUTING, The Kubernetes lab)}"
    # What the headers are of decides which calls exist: the tag is the name of their release. With "pacific" go-ceph leaves
    # out metadata of CephFS, which ceph-csi calls from 3.6 on; what "quincy" has more is all there in 16.2.15.
    version="$(dpkg-query -W -f '${Version}' librados-dev 2>/dev/null || true)"
    case "${version%%.*}" in
    16 | 17) release=quincy ;;
    18) release=reef ;;
    19) release=squid ;;
    20) release=tentacle ;;
    *)
        echo "ceph-csi needs the headers of Ceph (apt install librados-dev librbd-dev libcephfs-dev); found: ${version:-none}" >&2
        exit 1
        ;;
    esac
    cd "${CEPH_CSI_SOURCE}"
    revision="$(cat go.sum build.env | sha256sum | cut -d ' ' -f 1) ${version} $("${go}" env GOVERSION)"
    if made ceph "${revision}" cephcsi; then exit 0; fi
    # shellcheck source=/dev/null
    . ./build.env
    echo "Building ceph-csi ${CSI_IMAGE_VERSION} for Ceph ${version} (${release}) ..."
    CGO_ENABLED=1 "${build[@]}" -mod=vendor -tags "${release},ceph_preview" \
        -ldflags "-s -w -X github.com/ceph/ceph-csi/internal/util.DriverVersion=${CSI_IMAGE_VERSION}" \
        -o "${target}/cephcsi" ./cmd/
    echo "${revision}" >"${target}/.ceph"
    ;;
*)
    echo "build.sh knows api, csi and ceph, not ${what}." >&2
    exit 2
    ;;
esac
