#!/usr/bin/env bash
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what the whole-system tests use beside Python packages, where that is possible without asking anybody:
# a browser for the drift page, an ssh server for tasks on a remote host, a Docker engine and a static program for its
# image, the daemons of a Ceph cluster, none of which starts before it is configured. Anywhere else it says what is
# missing and ends well, because the tests themselves decide what they cannot do without.
set -euo pipefail

# Package, and the program that shows that it is there (server programs lie outside an ordinary user's path).
wanted=("chromium chromium" "chromium-driver chromedriver" "openssh-server sshd"
    "docker.io dockerd" "busybox-static busybox"
    "etcd-server etcd" "bubblewrap bwrap" "ceph-common ceph" "ceph-mon ceph-mon" "ceph-mgr ceph-mgr" "ceph-osd ceph-osd")
PATH="${PATH}:/usr/local/sbin:/usr/sbin:/sbin"

missing=()
for entry in "${wanted[@]}"; do
    read -r package program <<<"${entry}"
    if ! command -v "${program}" >/dev/null 2>&1; then missing+=("${package}"); fi
done

if [[ ${#missing[@]} -eq 0 ]]; then
    echo "System packages: all there."
elif ! command -v apt-get >/dev/null 2>&1; then
    echo "System packages: this is no Debian or Ubuntu; the whole-system tests use a Chromium browser with its driver, sshd, dockerd, a static busybox and Ceph's daemons."
elif [[ "$(id -u)" -ne 0 ]]; then
    echo "System packages: missing, and only root can install them: apt-get install ${missing[*]}"
else
    echo "System packages: installing ${missing[*]} ..."
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; } </dev/null; then
        echo "System packages: the installation failed; going on without ${missing[*]}." >&2
    fi
fi
