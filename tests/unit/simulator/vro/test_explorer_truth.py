"""What the explorer tells of scripting objects is what scripts have: a script looks for each member."""

from __future__ import annotations

from tests.simulator.vro.explorer_objects import DESCRIBED, ScriptObject
from tests.simulator.vro.store import KINDS
from tests.unit.simulator.vro.asking import Vro
from tests.unit.simulator.vro.running import outputs, run_script, script_workflow

_WHERE = "Server.findAllForType('{0}').filter(function (one) {{ return {1}; }})[0]"
# How a script comes by one of each; objects that are there by their name need none.
_FOUND = {
    "VclHost": "Server.findAllForType('vCloud:Host')[0]",
    "VclOrganization": "Server.findAllForType('vCloud:Organization')[0]",
    "VclVdc": "Server.findAllForType('vCloud:Vdc')[0]",
    "VclVApp": "Server.findAllForType('vCloud:VApp')[0]",
    "VclVM": _WHERE.format("vCloud:VM", "one.status === 4"),
    "VcSdkConnection": "Server.findAllForType('VC:SdkConnection')[0]",
    "VcVirtualMachine": _WHERE.format("VC:VirtualMachine", "one.ipAddress"),
    "RESTHost": "new RESTHost('x')",
    "RESTOperation": "new RESTOperation('/x')",
    "RESTRequest": "new RESTHost('x').createRequest('GET', '/x', null)",
    "RESTResponse": "RESTResponse.prototype",
    "Properties": "new Properties()",
    "Workflow": "Server.findAllForType('Workflow')[0]",
    "WorkflowToken": _WHERE.format("Workflow", "one.name === 'Nothing'") + ".execute()",
    "ConfigurationElement": "Server.findAllForType('ConfigurationElement')[0]",
    "ResourceElement": "Server.findAllForType('ResourceElement')[0]",
}
# Attributes that only an answer has.
_LATER = {"RESTResponse": {"statusCode", "contentAsString"}}


def _lines(one: ScriptObject) -> str:
    """Script that gives the members that are missing."""
    told = one.as_json()
    attributes = [each["name"] for each in told["attributes"] if each["name"] not in _LATER.get(one.name, ())]
    methods = [each["name"] for each in told["methods"]]
    return f"""
        var found = {_FOUND.get(one.name, one.name)};
        {attributes}.forEach(function (name) {{
            if (!(name in Object(found)) && found[name] === undefined) missing.push('{one.name}.' + name);
        }});
        {methods}.forEach(function (name) {{
            if (typeof found[name] !== 'function') missing.push('{one.name}.' + name + '()');
        }});
    """


def test_every_member_is_there() -> None:
    vro = Vro("8.18")
    for kind in ("ConfigurationElement", "ResourceElement"):
        folder = vro.store.ensure_category(f"{kind}Category", "Tests")
        vro.store.add(KINDS[kind](f"{kind}-1", "one", folder.id))
    objects = [one for plugin in DESCRIBED.values() for one in plugin.objects]
    script = "var missing = [];\n" + "".join(_lines(one) for one in objects) + "result = missing.join(' ');"
    script_workflow(vro, "", name="Nothing")
    done = run_script(vro, script)
    assert done["state"] == "completed", done["content-exception"]
    assert outputs(done) == {"result": ""}
