"""The bare script that a folder of content is measured against: `requests` with keep-alive, and what one evening gives.

Run as `python -m tests.benchmarks.bare_content FILE`; FILE is a JSON document with url, ca_path, user, password and
folder. Prints how many items differ from what the server has. It compares as simply as can be: scripts, bytes, values
of attributes, and of a workflow its id, version and scripts, each of them parsed by the fastest parser that there is.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import requests
import requests.adapters
import yaml

CONNECTIONS = 8
KINDS = {
    "workflows": "WorkflowCategory",
    "configurations": "ConfigurationElementCategory",
    "resources": "ResourceElementCategory",
}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def scripts(document: bytes | str) -> tuple[Any, ...]:
    """What of a workflow is compared."""
    root = ElementTree.fromstring(document)
    found = [(each.text or "") for each in root.iter() if each.tag.endswith("script")]
    return root.get("id"), root.get("version"), found


def main() -> None:
    """Read the folder and the server, compare, print how many differ."""
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    session = requests.Session()
    session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=CONNECTIONS))
    session.headers["Accept"] = "application/json"

    def call(path: str, accept: str = "application/json") -> requests.Response:
        address = f"{task['url']}/vco/api/{path}"
        answer = session.get(address, verify=task["ca_path"], timeout=60, headers={"Accept": accept})
        answer.raise_for_status()
        return answer

    def post(path: str, document: Any) -> Any:
        answer = session.post(f"{task['url']}/{path}", json=document, verify=task["ca_path"], timeout=60)
        answer.raise_for_status()
        return answer.json()

    user, _sign, domain = task["user"].partition("@")
    login = {"username": user, "password": task["password"], **({"domain": domain} if domain else {})}
    refresh = post("csp/gateway/am/api/login?access_token", login)["refresh_token"]
    session.headers["Authorization"] = f"Bearer {post('iaas/api/login', {'refreshToken': refresh})['token']}"

    def rows(document: Any) -> list[dict[str, Any]]:
        listed = document.get("link") or document["relations"]["link"]
        found = [each for each in listed if "attributes" in each]
        return [{one["name"]: one.get("value") for one in each["attributes"]} for each in found]

    folder = Path(task["folder"])
    wanted: dict[tuple[str, str, str], Path] = {}
    for kind in (*KINDS, "actions"):
        for path in sorted((folder / kind).rglob("*.*")):
            if path.is_file() and not (kind == "actions" and path.suffix == ".yml"):
                name = path.name if kind == "resources" else path.stem
                wanted[kind, str(path.parent.relative_to(folder / kind)), name] = path
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        lists = dict(zip(
            (*KINDS, "modules", "workflow rows", "action rows", "resource rows"),
            pool.map(lambda path: rows(call(path).json()), (
                *(f"categories?categoryType={kind}" for kind in KINDS.values()),
                "categories?categoryType=ScriptModuleCategory", "workflows", "actions", "resources",
            )),
            strict=True,
        ))  # fmt: skip
        places = [
            (kind, str(row["path"]).strip("/"), str(row["id"]))
            for kind in KINDS
            for row in lists[kind]
            if any(each[:2] == (kind, str(row["path"]).strip("/")) for each in wanted)
        ]
        ids = {("actions", *str(row["fqn"]).split("/")): str(row["id"]) for row in lists["action rows"]}
        for (kind, place, _id), found in zip(
            places, pool.map(lambda each: rows(call(f"categories/{each[2]}").json()), places), strict=True
        ):
            ids.update({(kind, place, str(row["name"])): str(row["id"]) for row in found})
        differs: dict[str, Callable[[str, Path], bool]] = {
            "workflows": lambda key, path: scripts(
                zipfile.ZipFile(io.BytesIO(call(f"workflows/{key}", "application/zip").content))
                .read("workflow-content").decode("utf-16")
            ) != scripts(path.read_bytes()),
            "actions": lambda key, path: call(f"actions/{key}").json()["script"].rstrip() != path.read_text().rstrip(),
            "resources": lambda key, path: hashlib.sha256(
                call(f"resources/{key}", "application/octet-stream").content
            ).digest() != hashlib.sha256(path.read_bytes()).digest(),
            "configurations": lambda key, path: configured(call(f"configurations/{key}").json(), path),
        }  # fmt: skip
        print(sum(pool.map(lambda each: differs[each[0]](ids[each], wanted[each]), wanted)))


def configured(document: Any, path: Path) -> bool:
    """True where an attribute of a file has another value."""
    held = {
        each["name"]: next(iter(each["value"].values()))["value"] for each in document["attributes"] if "value" in each
    }
    given = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)["attributes"]
    return any("value" in each and held.get(each["name"]) != each["value"] for each in given)


if __name__ == "__main__":
    main()
