#!/usr/bin/env bash
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the vCenter of the tests (tests/tools/vcsim/) and puts it at the given place: tests/tools/vcsim.sh build/bin/vcsim
set -euo pipefail

target="${1:?usage: vcsim.sh TARGET}"
mkdir -p "$(dirname "${target}")"
target="$(cd "$(dirname "${target}")" && pwd)/${target##*/}"

go="$(command -v go || true)"
if [[ -z "${go}" && -x /usr/local/go/bin/go ]]; then go=/usr/local/go/bin/go; fi
if [[ -z "${go}" ]]; then
    echo "No Go compiler was found. Deploying appliances is tested against VMware's vCenter simulator, which is built from" >&2
    echo "source once. Install Go 1.23 or newer (Debian 13, Ubuntu 24.10 and newer: apt install golang-go; Fedora:" >&2
    echo "dnf install golang; elsewhere: the archive of go.dev/dl, unpacked into /usr/local), then run: make vcsim" >&2
    exit 1
fi

cd "$(dirname "${BASH_SOURCE[0]}")/vcsim"
echo "Building the vCenter simulator with $("${go}" env GOVERSION) ..."
# Settings of our own: a user's GOFLAGS and go.work must not decide, git need not own this folder (buildvcs), and no other
# compiler is loaded behind anybody's back (GOTOOLCHAIN): where the one that is here is too old, Go says so.
if ! GOFLAGS="-buildvcs=false -mod=readonly -trimpath" GOTOOLCHAIN=local GOWORK=off GO111MODULE=on CGO_ENABLED=0 \
    "${go}" build -ldflags="-s -w" -o "${target}" .; then
    echo "The vCenter simulator could not be built. It needs Go 1.23 or newer and a Go module proxy (go env GOPROXY)." >&2
    exit 1
fi
