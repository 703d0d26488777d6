"""Drives the libraries of container-service-extension: one line of JSON asks, one line answers (see clients.py).

It is a server that keeps its clusters as defined entities and hears of requests through an MQTT extension; here are its
clients of both. Nothing in this file knows an address or a header, but for what `CloudApiClient` wants to be told.
"""

import importlib
import json
import logging
import sys

from pyvcloud.vcd.client import BasicLoginCredentials, Client

# Its modules import one another in circles; this one first is the way in that works.
importlib.import_module("container_service_extension.server.cli.server_cli")


def cse(module, name):
    """Something of the extension's."""
    return getattr(importlib.import_module(f"container_service_extension.{module}"), name)


RequestMethod = cse("common.constants.shared_constants", "RequestMethod")
CloudApiClient = cse("lib.cloudapi.cloudapi_client", "CloudApiClient")
CloudApiVersion = cse("lib.cloudapi.constants", "CloudApiVersion")
MQTTExtensionManager = cse("mqi.mqtt_extension_manager", "MQTTExtensionManager")
DefEntityService = cse("rde.common.entity_service", "DefEntityService")
DefEntityType = cse("rde.models.common_models", "DefEntityType")
DefInterface = cse("rde.models.common_models", "DefInterface")
DefSchemaService = cse("rde.schema_service", "DefSchemaService")

LOG = logging.getLogger("nothing")
CLIENTS = {}


class Content:
    """An entity that is no cluster: what its service sends is what this returns."""

    def __init__(self, name, content):
        self.body = {"name": name, "entity": content}

    def to_dict(self):
        return self.body


def login(who, url, user, org, password, version):
    client = Client(url, api_version=version)
    client.set_credentials(BasicLoginCredentials(user, org, password))
    api = CloudApiClient(
        base_url=client.get_cloudapi_uri(),
        token=client.get_access_token(),
        api_version=version,
        logger_debug=LOG,
        logger_wire=LOG,
        verify_ssl=True,
        is_sys_admin=client.is_sysadmin(),
    )
    CLIENTS[who] = (client, api)
    return client.get_api_version()


# Defined entities


def create_interface(who, **fields):
    return DefSchemaService(CLIENTS[who][1]).create_interface(DefInterface(**fields)).id


def interfaces(who):
    return [one.id for one in DefSchemaService(CLIENTS[who][1]).list_interfaces()]


def delete_interface(who, urn):
    DefSchemaService(CLIENTS[who][1]).delete_interface(urn)


def create_type(who, **fields):
    return DefSchemaService(CLIENTS[who][1]).create_entity_type(DefEntityType(**fields)).id


def types(who):
    return [one.id for one in DefSchemaService(CLIENTS[who][1]).list_entity_types()]


def delete_type(who, urn):
    DefSchemaService(CLIENTS[who][1]).delete_entity_type(urn)


def create_entity(who, type_id, name, content):
    """The address of the task."""
    return DefEntityService(CLIENTS[who][1]).create_entity(type_id, Content(name, content), is_request_async=True)[1]


def cloudapi(who, path, method="GET", body=None, headers=None):
    """A request of its client for `/cloudapi`: the answer and the ETag that the client remembers."""
    api = CLIENTS[who][1]
    found = api.do_request(
        method=RequestMethod[method],
        cloudapi_version=CloudApiVersion.VERSION_1_0_0,
        resource_url_relative_path=path,
        payload=body,
        additional_request_headers=headers or {},
    )
    return {"body": found, "etag": api.get_last_response_etag()}


def grant(who, urn, level, member):
    DefEntityService(CLIENTS[who][1]).create_acl_for_entity(
        urn, grant_type="MembershipAccessControlGrant", access_level_id=level, member_id=member
    )


def delete_entity(who, urn):
    DefEntityService(CLIENTS[who][1]).delete_entity(urn, invoke_hooks=False)


# The MQTT extension


def create_extension(who, name, version, vendor):
    return MQTTExtensionManager(CLIENTS[who][0]).create_extension(name, version, vendor, 0)


def extension_uuid(who, urn):
    return MQTTExtensionManager(CLIENTS[who][0]).get_extension_uuid(urn)


def extension(who, name, version, vendor):
    return MQTTExtensionManager(CLIENTS[who][0]).get_extension_info(name, version, vendor)


def set_up_filters(who, uuid, patterns):
    manager = MQTTExtensionManager(CLIENTS[who][0])
    manager.setup_api_filter_patterns(uuid, patterns)
    return manager.check_api_filters_setup(uuid, patterns)


def set_up_token(who, token, name, version, vendor, urn):
    return MQTTExtensionManager(CLIENTS[who][0]).setup_extension_token(token, name, version, vendor, urn)


def token_ids(who, name, version, vendor):
    return MQTTExtensionManager(CLIENTS[who][0]).get_all_extension_token_ids(name, version, vendor)


def disable_extension(who, name, version, vendor):
    MQTTExtensionManager(CLIENTS[who][0]).update_extension(name, version, vendor, 0, ext_enabled=False)


def delete_extension(who, name, version, vendor, urn):
    MQTTExtensionManager(CLIENTS[who][0]).delete_extension(name, version, vendor, urn)


def main():
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"value": globals()[asked["call"]](**asked["arguments"])}
        except Exception as problem:  # whatever a client raises is its answer
            status = getattr(problem, "status_code", None)
            response = getattr(problem, "response", None)
            status = status if response is None else response.status_code
            answer = {"error": {"kind": type(problem).__name__, "text": str(problem), "status": status}}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
