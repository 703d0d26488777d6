"""Drives vmwvro2: one line of JSON asks, one line of JSON answers (see clients.py).

Nothing here knows an address, a header or a document of the API: all of that is the client's.
"""

import contextlib
import io
import json
import sys

from vmwvro2.sessions import Session
from vmwvro2.settings import ConfigVMWvro
from vmwvro2.workflow import Workflow, WorkflowRun

SESSIONS = {}


def login(url, user, password):
    ConfigVMWvro(config={"vro-links": {}})
    SESSIONS["vro"] = Session(url, user, password, verify_ssl=True, alias="vro")
    return SESSIONS["vro"].url


def run(workflow, parameters):
    """Start a workflow, wait for it, and tell what the client's object holds in the end."""
    asked = Workflow(id=workflow, name=workflow)
    for name, (kind, value) in parameters.items():
        asked.param(name=name, value=value, _type=kind)
    started = WorkflowRun(asked, SESSIONS["vro"])
    started.run()
    started.wait()
    told = {name: parameter.value for name, parameter in started.output_parameters.items()}
    return {"state": started.state, "exception": str(started.exception), "id": started.id, "output": told}


def main():
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            # The client prints as it works; what it prints must not get between the answers.
            with contextlib.redirect_stdout(io.StringIO()):
                answer = {"value": globals()[asked["call"]](**asked["arguments"])}
        except (AttributeError, KeyError, TypeError, ValueError, OSError) as problem:
            answer = {"error": {"kind": type(problem).__name__, "text": str(problem), "status": None}}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
