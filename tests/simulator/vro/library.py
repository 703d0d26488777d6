"""What every server is shipped with: folders and workflows that clients look for (contract section 22).

Ids of the two REST host workflows and of "Add a vCenter Server instance" are those of the contract, the same on every
server. Those of workflows whose ids differ by library version are made up here, so that they can only be found by name.
Inputs grew over the releases: what a workflow takes is what it declares. "Run Script" (section 17.1) is content of a
package and is not shipped: whoever needs it imports it.
"""

from __future__ import annotations

from ..identity import stable_id
from .store import (
    CONFIGURATION_CATEGORY,
    MODULE_CATEGORY,
    RESOURCE_CATEGORY,
    WORKFLOW_CATEGORY,
    Action,
    Parameter,
    Store,
    Workflow,
)

ADD_REST_HOST = "8F8080808080808080808080808080808080808001299080088268176866967b3"
REMOVE_REST_HOST = "99808080808080808080808080808080A8808080012995053491651398b094fa1"
UPDATE_REST_HOST = "simulated-update-a-rest-host"
ADD_REST_OPERATION = "simulated-add-a-rest-operation"
REMOVE_REST_OPERATION = "simulated-remove-a-rest-operation"
IMPORT_CERTIFICATE = "simulated-import-a-certificate-from-url"
ADD_VCENTER = "f246b7b5-fe89-4da5-a640-36ffc6874069"

_REST = "Library/HTTP-REST/Configuration"
AUTHENTICATIONS = ("NONE", "OAuth 1.0", "OAuth 2.0", "Basic", "Digest", "NTLM", "Kerberos")
_HOST_INPUTS = (
    "name:string",
    "url:string",
    "connectionTimeout:number",
    "operationTimeout:number",
    "ignoreWarnings:boolean",
    "hostVerification:boolean",
    "useProxy:boolean",
    "proxyHost:string",
    "proxyPort:number",
    "authentication:string",
    "sessionMode:string",
    "authUserName:string",
    "authPassword:SecureString",
    "consumerKey:string",
    "consumerSecret:SecureString",
    "accessToken:SecureString",
    "accessTokenSecret:SecureString",
    "oauth2Token:SecureString",
    "workstation:string",
    "domain:string",
)
_SINCE_8 = (
    "tokenSendingStrategy:string",
    "key:SecureString",
    "autoUrlRedirection:boolean",
    "redirectStrategy:string",
    "parallelRequestExecution:boolean",
)
_VCENTER_INPUTS = (
    "enabled:boolean",
    "host:string",
    "port:number",
    "path:string",
    "sessionPerUser:boolean",
    "userName:string",
    "password:SecureString",
    "domain:string",
    "ignoreCertificateWarnings:boolean",
    "httpPort:number",
    "pbmUrl:string",
    "smsUrl:string",
)


def _parameters(texts: tuple[str, ...]) -> list[Parameter]:
    found = []
    for text in texts:
        name, _colon, kind = text.partition(":")
        found.append(Parameter(name, kind))
    return found


def _opaque(seed: str) -> str:
    """An id of the length of shipped content, 32 digits."""
    return stable_id("vro-library", seed).replace("-", "").upper()


def fill(store: Store, generation: int) -> None:
    """Puts the library into an empty store; `generation` is 7, 8 or 9."""
    for kind, name in (
        (WORKFLOW_CATEGORY, "Library"),
        (CONFIGURATION_CATEGORY, "Library"),
        (RESOURCE_CATEGORY, "Library"),
    ):
        store.add_category(kind, name, None, "Shipped content", _opaque(f"{kind} {name}").lower())
    host_inputs = _HOST_INPUTS + (_SINCE_8 if generation >= 8 else ())
    shipped: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
        (ADD_REST_HOST, "Add a REST host", _REST, host_inputs, ("restHost:REST:RESTHost",), ("name", "url")),
        (REMOVE_REST_HOST, "Remove a REST host", _REST, ("host:REST:RESTHost",), (), ("host",)),
        (
            ADD_REST_OPERATION,
            "Add a REST operation",
            _REST,
            (
                "parentHost:REST:RESTHost",
                "name:string",
                "templateUrl:string",
                "httpMethod:string",
                "contentType:string",
            ),
            (),
            ("parentHost", "name", "templateUrl", "httpMethod"),
        ),
        (
            REMOVE_REST_OPERATION,
            "Remove a REST operation",
            _REST,
            ("operation:REST:RESTOperation",),
            (),
            ("operation",),
        ),
        (
            IMPORT_CERTIFICATE,
            "Import a certificate from URL",
            "Library/Configuration/SSL Trust Manager",
            ("url:string",),
            (),
            ("url",),
        ),
        (
            ADD_VCENTER,
            "Add a vCenter Server instance",
            "Library/vCenter/Configuration",
            _VCENTER_INPUTS,
            (),
            ("enabled", "host", "port", "path"),
        ),
    )
    # The origin text about Avamar knows it. That a 7.x is without it is INFERRED: clients meet both kinds of library.
    update = (
        UPDATE_REST_HOST,
        "Update a REST host",
        _REST,
        ("host:REST:RESTHost", *host_inputs),
        (),
        ("host", "name", "url"),
    )
    for identity, name, path, inputs, outputs, mandatory in (*shipped, *((update,) if generation >= 8 else ())):
        store.add(
            Workflow(
                _opaque(identity) if identity.startswith("simulated-") else identity,
                name,
                _folder(store, path),
                description=f"{name}.",
                version="1.0.0",
                inputs=_parameters(inputs),
                outputs=_parameters(outputs),
                library=True,
                mandatory=mandatory,
            )
        )
    module = store.add_category(MODULE_CATEGORY, "com.vmware.library.rest", None, None, _opaque("module rest").lower())
    store.add(
        Action(
            stable_id("vro-library", "getHosts"),
            "getRestHosts",
            module.id,
            description="All REST hosts.",
            version="1.0.0",
            script="return Server.findAllForType('REST:RESTHost');",
            output_type="Array/REST:RESTHost",
        )
    )


def _folder(store: Store, path: str) -> str:
    """The folder's id, the same on every server."""
    found = None
    names = path.split("/")
    for depth, name in enumerate(names, 1):
        below = store.children_of(found.id if found else None, WORKFLOW_CATEGORY)
        known = next((one for one in below if one.name == name), None)
        seed = f"{WORKFLOW_CATEGORY} {'/'.join(names[:depth])}"
        found = known or store.add_category(WORKFLOW_CATEGORY, name, found, None, _opaque(seed).lower())
    assert found is not None
    return found.id


def is_shipped(workflow: Workflow, which: str) -> bool:
    """Whether a workflow is the one of the library with this constant of ours."""
    wanted = _opaque(which) if which.startswith("simulated-") else which
    return workflow.library and workflow.id == wanted
