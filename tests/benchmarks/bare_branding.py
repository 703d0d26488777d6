"""The bare script that branding many tenants is measured against: `requests` with keep-alive, and nothing that is not
needed.

Run as `python -m tests.benchmarks.bare_branding {read|write} FILE`; FILE is a JSON document with url, ca_path, user,
password, version and wanted (organization -> fields of its UiBranding). What somebody would write who has one evening
and one vCloud Director.
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


def main() -> None:
    """Compare, and with `write` change what differs, with eight connections; prints how many differed."""
    task = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    session = requests.Session()
    session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=CONNECTIONS))
    session.headers["Accept"] = f"application/json;version={task['version']}"

    def call(method: str, path: str, **more: Any) -> requests.Response:
        answer = session.request(method, f"{task['url']}/cloudapi/{path}", verify=task["ca_path"], timeout=60, **more)
        answer.raise_for_status()
        return answer

    login = call("POST", "1.0.0/sessions/provider", auth=(task["user"], task["password"]))
    session.headers["Authorization"] = f"Bearer {login.headers['X-VMWARE-VCLOUD-ACCESS-TOKEN']}"
    wanted = task["wanted"]
    call("GET", "branding")
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        shown = dict(pool.map(lambda org: (org, call("GET", f"branding/tenant/{org}").json()), wanted))
        differ = [org for org in wanted if any(shown[org][name] != value for name, value in wanted[org].items())]
        if sys.argv[1] == "write":
            bodies = {org: {**shown[org], **wanted[org]} for org in differ}
            list(pool.map(lambda org: call("PUT", f"branding/tenant/{org}", json=bodies[org]), differ))
    call("DELETE", "1.0.0/sessions/current")
    print(len(differ))


if __name__ == "__main__":
    main()
