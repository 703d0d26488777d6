"""The bare script that tasks over thousands of tenants are measured against: `requests` with keep-alive, and nothing
that is not needed.

Run as `python -m tests.benchmarks.bare_tenants {read|write} FILE`; FILE is a JSON document with url, ca_path, password
and wanted (policy -> organizations). What somebody would write who has one evening and one estate.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
import requests.adapters

CONNECTIONS = 8


def present(get: Any, wanted: dict[str, list[str]]) -> tuple[dict[str, str], dict[str, str]]:
    """(policy of each organization, id of each policy): one read for the policies and one for each that is wanted."""
    ids = {policy["displayName"]: policy["id"] for policy in get("policies")}
    names = [name for name in ids if name in wanted]
    return {row["org"]: name for name in names for row in get(f"policies/{ids[name]}/status")}, ids


def main() -> None:
    """Compare, and with `write` assign what differs with eight connections; prints how many differed."""
    task = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    session = requests.Session()
    session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=CONNECTIONS))
    session.headers["Accept"] = "application/vnd.vmware.h4-v3+json"

    def call(method: str, path: str, **more: Any) -> requests.Response:
        answer = session.request(method, f"{task['url']}/{path}", verify=task["ca_path"], timeout=60, **more)
        answer.raise_for_status()
        return answer

    login = {"type": "localUser", "localUser": "root", "localPassword": task["password"]}
    session.headers["X-VCAV-Auth"] = call("POST", "sessions", json=login).headers["X-VCAV-Auth"]
    found, ids = present(lambda path: call("GET", path).json(), task["wanted"])
    differ = [(org, name) for name, orgs in task["wanted"].items() for org in orgs if found.get(org) != name]
    if sys.argv[1] == "write":
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(lambda each: call("PATCH", f"policies/{ids[each[1]]}/orgs/{each[0]}"), differ))
    call("DELETE", "sessions")
    print(len(differ))


if __name__ == "__main__":
    main()
