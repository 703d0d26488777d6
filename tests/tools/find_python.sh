#!/usr/bin/env bash
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Finds a Python interpreter for one of our environments and prints its real path.
#
#   find_python.sh newest    Python >= 3.11, the newest there is: development, demo, newest ansible-core
#   find_python.sh oldest    Python 3.10 to 3.12, the oldest there is: oldest promised ansible-core
#   find_python.sh clients   Python 3.10 to 3.13, the newest there is: genuine clients of vCloud Director, which are old
#   find_python.sh cse       Python 3.10: the one of them whose requirements run on nothing newer
#
# The variable PYTHON (for "oldest": PYTHON_OLDEST, for "clients": PYTHON_CLIENTS, for "cse": PYTHON_CSE) decides
# without a search. A candidate counts only if it runs and can
# make a virtual environment: launchers of version managers exist for interpreters that they then refuse to start, and
# some distributions ship Python without the venv module's parts.
set -euo pipefail

role="${1:-newest}"
case "${role}" in
    newest) versions=(3.14 3.13 3.12 3.11) minimum=11 maximum=99 given="${PYTHON:-}" variable=PYTHON ;;
    oldest) versions=(3.10 3.11 3.12) minimum=10 maximum=12 given="${PYTHON_OLDEST:-}" variable=PYTHON_OLDEST ;;
    clients) versions=(3.13 3.12 3.11 3.10) minimum=10 maximum=13 given="${PYTHON_CLIENTS:-}" variable=PYTHON_CLIENTS ;;
    cse) versions=(3.10) minimum=10 maximum=10 given="${PYTHON_CSE:-}" variable=PYTHON_CSE ;;
    *) echo "usage: find_python.sh newest|oldest|clients|cse" >&2; exit 2 ;;
esac

# Prints the interpreter's own path if it runs, is of a wanted version and can make environments.
probe() {
    "$1" - "${minimum}" "${maximum}" <<'PROBE' 2>/dev/null
import os, sys
low, high = int(sys.argv[1]), int(sys.argv[2])
if sys.version_info[0] != 3 or not low <= sys.version_info[1] <= high:
    sys.exit(1)
import ensurepip, ssl, venv
print(os.path.realpath(sys.executable))
PROBE
}

if [[ -n "${given}" ]]; then
    if probe "${given}"; then exit 0; fi
    echo "${variable}=${given} cannot be used: it does not run, has no venv module, or is not Python 3.${minimum} or newer." >&2
    exit 1
fi

# Version managers, system installers and tool caches keep each Python in a folder of its own beside the others. So beside
# every Python that runs here we look for more, whoever keeps them: one of them need not be on the path.
folders=()
while IFS= read -r known; do
    prefix="$("${known}" -c 'import sys; print(sys.base_prefix)' 2>/dev/null || true)"
    if [[ -n "${prefix}" && "${prefix}" != /usr && "${prefix}" != /usr/local ]]; then folders+=("${prefix%/*}"); fi
done < <(type -aP python3 python "${versions[@]/#/python}" || true)

for version in "${versions[@]}"; do
    candidates=("python${version}")
    for folder in ${folders[@]+"${folders[@]}"}; do
        for candidate in "${folder}"/*/bin/"python${version}"; do
            if [[ -x "${candidate}" ]]; then candidates+=("${candidate}"); fi
        done
    done
    for candidate in "${candidates[@]}"; do
        if probe "${candidate}"; then exit 0; fi
    done
done
if probe python3; then exit 0; fi

if [[ "${role}" == newest ]]; then
    echo "No Python 3.11 or newer with the venv module was found." >&2
    echo "Install one (Debian, Ubuntu: apt install python3 python3-venv; Fedora, RHEL: dnf install python3.12)," >&2
    echo "or name one: make env PYTHON=python3.12" >&2
elif [[ "${role}" == clients ]]; then
    echo "No Python 3.10 to 3.13 with the venv module was found: the genuine Python clients cannot be tried here." >&2
    echo "Install one (Debian, Ubuntu: apt install python3 python3-venv; Fedora, RHEL: dnf install python3.12)," >&2
    echo "or name one: make conformance PYTHON_CLIENTS=python3.12" >&2
elif [[ "${role}" == cse ]]; then
    echo "No Python 3.10 with the venv module was found: container-service-extension cannot be tried here." >&2
    echo "Install one, or name one: make conformance PYTHON_CSE=/somewhere/python3.10" >&2
else
    echo "No Python 3.10, 3.11 or 3.12 with the venv module was found: the oldest promised ansible-core cannot be tested here." >&2
    echo "Install one (Debian, Ubuntu: apt install python3 python3-venv; Fedora, RHEL: dnf install python3.12)," >&2
    echo "or name one: make env-oldest PYTHON_OLDEST=python3.11" >&2
fi
exit 1
