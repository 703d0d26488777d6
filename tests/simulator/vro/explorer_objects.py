"""What the explorer API tells of the simulated plug-ins: their types, and the scripting objects that scripts here have.

A line describes a scripting object or a member: `name(parameter: Type, ...): Type | description` is a method,
`name: Type | description` an attribute, `name!: Type` one that cannot be written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_MEMBER = re.compile(r"(\w+)(\([^)]*\))?(!)?(?::\s*([^|]+?))?\s*(?:\|\s*(.*))?")


@dataclass(frozen=True)
class ScriptObject:
    """One object of the scripting interface."""

    name: str
    description: str
    members: tuple[str, ...]
    constructors: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the API tells it. How members are told is INFERRED from the names that VDT reads."""
        attributes, methods = [], []
        for text in self.members:
            found = _MEMBER.fullmatch(text)
            assert found is not None, text
            name, parameters, fixed, kind, description = found.groups()
            member: dict[str, Any] = {"name": name, "description": description or ""}
            returned = {"type": kind or "void"}
            if parameters is None:
                attributes.append({**member, "readOnly": fixed is not None, "returnType": returned})
            else:
                methods.append({**member, "parameters": _parameters(parameters[1:-1]), "returnType": returned})
        return {
            "name": self.name,
            "description": self.description,
            "constructors": [{"description": "", "parameters": _parameters(one)} for one in self.constructors],
            "attributes": attributes,
            "methods": methods,
        }


def _parameters(text: str) -> list[dict[str, str]]:
    made = []
    for part in text.split(","):
        if part.strip():
            name, _colon, kind = part.partition(":")
            made.append({"name": name.strip(), "type": kind.strip() or "Any", "description": ""})
    return made


@dataclass(frozen=True)
class TypeDescription:
    """A type of objects of a plug-in: what `Server.findForType` takes."""

    name: str
    description: str
    script_object: str

    def as_json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {"name": self.name, "description": self.description, "scriptObject": self.script_object, "events": []}


@dataclass(frozen=True)
class PluginDescription:
    """What scripts can do with a plug-in."""

    name: str
    types: tuple[TypeDescription, ...] = ()
    objects: tuple[ScriptObject, ...] = ()
    enums: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Name, description and values of each."""


_NAMED = ("name!: string | Its name.", "id!: string | Its identifier.")
_IN_VCD = (
    *_NAMED,
    "href!: string | Where it is in the vCloud API.",
    "toXml(): string | Its document in the vCloud API.",
)
_VCLOUD = PluginDescription(
    "vCloud",
    (
        TypeDescription("vCloud:Host", "A connection to a vCloud Director.", "VclHost"),
        TypeDescription("vCloud:Organization", "An organization.", "VclOrganization"),
        TypeDescription("vCloud:Vdc", "A virtual datacenter of an organization.", "VclVdc"),
        TypeDescription("vCloud:VApp", "A vApp.", "VclVApp"),
        TypeDescription("vCloud:VM", "A virtual machine of a vApp.", "VclVM"),
    ),
    (
        ScriptObject(
            "VclHost",
            "A connection to a vCloud Director.",
            (
                *_NAMED,
                "url!: string | Where it is.",
                "organizations!: Array/VclOrganization | All organizations.",
                "getOrganizations(): Array/VclOrganization | All organizations.",
            ),
        ),
        ScriptObject(
            "VclOrganization",
            "An organization.",
            (
                *_IN_VCD,
                "fullName!: string | Its display name.",
                "vdcs!: Array/VclVdc | Its virtual datacenters.",
                "getVdcs(): Array/VclVdc | Its virtual datacenters.",
            ),
        ),
        ScriptObject(
            "VclVdc",
            "A virtual datacenter.",
            (
                *_IN_VCD,
                "vapps!: Array/VclVApp | The vApps in it.",
                "getVapps(): Array/VclVApp | The vApps in it.",
            ),
        ),
        ScriptObject(
            "VclVApp",
            "A vApp.",
            (
                *_IN_VCD,
                "status!: number | Its state, as the vCloud API counts.",
                "deployed!: boolean | Whether it is deployed.",
                "vms!: Array/VclVM | The machines in it.",
                "getVms(): Array/VclVM | The machines in it.",
            ),
        ),
        ScriptObject(
            "VclVM",
            "A virtual machine.",
            (
                *_IN_VCD,
                "description!: string | What it is for.",
                "status!: number | Its state, as the vCloud API counts.",
                "deployed!: boolean | Whether it is deployed.",
                "parent!: VclVApp | The vApp that it is in.",
                "getVmStatusDescription(): string | Its state by its word.",
                "updateInternalState(): void | Reads it anew.",
            ),
        ),
    ),
)
_VC = PluginDescription(
    "VC",
    (
        TypeDescription("VC:SdkConnection", "A connection to a vCenter Server.", "VcSdkConnection"),
        TypeDescription("VC:VirtualMachine", "A virtual machine.", "VcVirtualMachine"),
    ),
    (
        ScriptObject(
            "VcSdkConnection",
            "A connection to a vCenter Server.",
            (
                *_NAMED,
                "enabled!: boolean | Whether it is in use.",
                "virtualMachines!: Array/VcVirtualMachine | All machines that the connection shows.",
            ),
        ),
        ScriptObject(
            "VcVirtualMachine",
            "A virtual machine.",
            (
                *_NAMED,
                "state!: string | poweredOn or poweredOff.",
                "ipAddress!: string | Address of its guest.",
                "cpu!: number | Its processors.",
                "mem!: number | Its memory in MiB.",
                "guestOS!: string | Its guest.",
                "isTemplate!: boolean | Whether it is a template.",
                "vmVersion!: string | Its hardware, such as vmx-14.",
            ),
        ),
        ScriptObject(
            "VcPlugin",
            "All connections.",
            (
                "allSdkConnections!: Array/VcSdkConnection | All connections.",
                "getAllVirtualMachines(properties: Array/string, query: string): Array/VcVirtualMachine | All of them.",
            ),
        ),
    ),
    (("VcVirtualMachinePowerState", "State of a machine.", ("poweredOn", "poweredOff", "suspended")),),
)
_REST = PluginDescription(
    "REST",
    (
        TypeDescription("REST:RESTHost", "A host that is asked over HTTP.", "RESTHost"),
        TypeDescription("REST:RESTOperation", "A request with a template for its path.", "RESTOperation"),
    ),
    (
        ScriptObject(
            "RESTHost",
            "A host that is asked over HTTP.",
            (
                "id!: string | Its identifier.",
                "name: string | Its name.",
                "url: string | The address that requests begin with.",
                "connectionTimeout: number | Seconds until a connection stands.",
                "operationTimeout: number | Seconds until an answer is there.",
                "hostVerification: boolean | Whether the certificate must name the host.",
                "createRequest(method: string, url: string, content: string): RESTRequest | A request to this host.",
                "getOperations(): Array/string | Identifiers of its operations.",
                "getOperation(id: string): RESTOperation | One of its operations.",
                "addOperation(operation: RESTOperation): RESTOperation | Gives it an operation.",
                "removeOperation(id: string): RESTOperation | Takes an operation away.",
            ),
            ("name: string",),
        ),
        ScriptObject(
            "RESTOperation",
            "A request with a template for its path.",
            (
                "id!: string | Its identifier.",
                "name: string | Its name.",
                "method: string | GET, POST, PUT, PATCH or DELETE.",
                "urlTemplate: string | Path with parameters in braces.",
                "host!: RESTHost | Whose it is.",
                "createRequest(inParametersValues: Array/string, content: string): RESTRequest | A request by it.",
            ),
            ("urlTemplate: string",),
        ),
        ScriptObject(
            "RESTRequest",
            "A request.",
            (
                "contentType: string | Type of its content.",
                "fullUrl!: string | Where it goes.",
                "setHeader(name: string, value: string): void | Sets a header.",
                "execute(): RESTResponse | Sends it.",
                "executeWithCredentials(username: string, password: string): RESTResponse | Sends it as somebody.",
            ),
        ),
        ScriptObject(
            "RESTResponse",
            "An answer.",
            (
                "statusCode!: number | Status of the answer.",
                "contentAsString!: string | What came.",
                "getHeaderValues(name: string): Array/string | Values of a header.",
                "getAllHeaders(): Properties | All headers.",
            ),
        ),
        ScriptObject(
            "RESTHostManager",
            "All REST hosts.",
            (
                "getHosts(): Array/string | Identifiers of all hosts.",
                "getHost(id: string): RESTHost | One host.",
                "addHost(host: RESTHost): RESTHost | Adds a host.",
                "removeHost(id: string): RESTHost | Removes a host.",
            ),
        ),
    ),
)
_SERVER = PluginDescription(
    "Server",
    (
        TypeDescription("Workflow", "A workflow.", "Workflow"),
        TypeDescription("WorkflowToken", "A run of a workflow.", "WorkflowToken"),
        TypeDescription("ConfigurationElement", "A configuration element.", "ConfigurationElement"),
        TypeDescription("ResourceElement", "A resource element.", "ResourceElement"),
    ),
    (
        ScriptObject(
            "System",
            "Log, modules, time.",
            (
                "log(text: string): void | Writes to the log, as info.",
                "debug(text: string): void | Writes to the log.",
                "warn(text: string): void | Writes to the log.",
                "error(text: string): void | Writes to the log.",
                "getModule(name: string): Module | The actions of a module.",
                "sleep(ms: number): void | Waits.",
                "nextUUID(): string | A new identifier.",
            ),
        ),
        ScriptObject(
            "Server",
            "Objects of plug-ins, and the server's log.",
            (
                "findForType(type: string, id: string): Any | One object.",
                "findAllForType(type: string, query: string): Array/Any | All objects of a type.",
                "log(text: string, object: string): void | Writes to the server's log.",
            ),
        ),
        ScriptObject(
            "Properties",
            "Names with values.",
            (
                "keys!: Array/string | All names.",
                "get(name: string): Any | A value.",
                "put(name: string, value: Any): void | Sets a value.",
                "remove(name: string): Any | Takes a value away.",
            ),
            ("", "properties: Properties"),
        ),
        ScriptObject(
            "Workflow",
            "A workflow.",
            (
                *_NAMED,
                "description!: string | What it is for.",
                "version!: string | Its version.",
                "execute(properties: Properties, username: string): WorkflowToken | Runs it.",
            ),
        ),
        ScriptObject(
            "WorkflowToken",
            "A run.",
            (
                *_NAMED,
                "state!: string | running, completed, failed ...",
                "exception!: string | Why it failed.",
                "getOutputParameters(): Properties | What it gave.",
                "cancel(): void | Ends it.",
            ),
        ),
        ScriptObject(
            "ConfigurationElement",
            "A configuration element.",
            (
                "name!: string | Its name.",
                "attributes!: Array/Attribute | Its attributes.",
                "getAttributeWithKey(key: string): Attribute | One of them.",
                "setAttributeWithKey(key: string, value: Any): void | Sets one of them.",
            ),
        ),
        ScriptObject(
            "ResourceElement",
            "A resource element.",
            ("name!: string | Its name.", "getContentAsMimeAttachment(): MimeAttachment | What is in it."),
        ),
    ),
)

SERVER = _SERVER.name
DESCRIBED = {one.name: one for one in (_SERVER, _VCLOUD, _VC, _REST)}
