"""Drives pyvcloud: one line of JSON asks, one line of JSON answers (see clients.py).

Nothing here knows an address, a header or a document of the API: all of that is the client's. The functions below are
what one writes in a script that uses it; what they return is what the client's objects say.
"""

import json
import sys

from pyvcloud.vcd.api_extension import APIExtension
from pyvcloud.vcd.client import BasicLoginCredentials, Client, QueryResultFormat
from pyvcloud.vcd.exceptions import VcdException, VcdResponseException
from pyvcloud.vcd.org import Org
from pyvcloud.vcd.role import Role
from pyvcloud.vcd.system import System
from pyvcloud.vcd.vapp import VApp
from pyvcloud.vcd.vdc import VDC
from pyvcloud.vcd.vm import VM

CLIENTS = {}


def plain(resource, *names):
    """Some attributes of an XML object, as the client read them."""
    return {name: resource.get(name) for name in names}


def org_of(who, name=None):
    client = CLIENTS[who]
    return Org(client, resource=client.get_org_by_name(name) if name else client.get_org())


def vdc_of(who, org, name):
    found = org_of(who, org).get_vdc(name)
    return VDC(CLIENTS[who], resource=found) if found is not None else None


def vapp_of(who, org, vdc, name):
    return VApp(CLIENTS[who], resource=vdc_of(who, org, vdc).get_vapp(name))


def wait(who, task, timeout=60):
    done = CLIENTS[who].get_task_monitor().wait_for_success(task, timeout=timeout, poll_frequency=0.1)
    return plain(done, "status", "operationName")


# Logging in


def login(who, url, user, org, password, version=None):
    client = Client(url, api_version=version)
    client.set_credentials(BasicLoginCredentials(user, org, password))
    CLIENTS[who] = client
    return session(who)


def rehydrate(who, url, token, version, jwt=True):
    client = Client(url, api_version=version)
    client.rehydrate_from_token(token, is_jwt_token=jwt)
    CLIENTS[who] = client
    return session(who)


def session(who):
    client = CLIENTS[who]
    found = client.get_vcloud_session()
    return {
        **plain(found, "user", "org", "roles"),
        "version": client.get_api_version(),
        "sysadmin": client.is_sysadmin(),
        "token": client.get_access_token(),
        "short_token": client.get_xvcloud_authorization_token(),
    }


def logout(who):
    CLIENTS.pop(who).logout()


def versions(url):
    return Client(url).get_supported_versions_list()


def again(who):
    """A read, to see whether a session lives."""
    return CLIENTS[who].get_org().get("name")


# Organizations


def orgs(who):
    return sorted(one.get("name") for one in CLIENTS[who].get_org_list())


def org(who, name=None):
    resource = org_of(who, name).resource
    return {**plain(resource, "name", "id"), "full_name": str(resource.FullName), "enabled": bool(resource.IsEnabled)}


def create_org(who, name, full_name, enabled):
    system = System(CLIENTS[who], admin_resource=CLIENTS[who].get_admin())
    return plain(system.create_org(name, full_name, enabled), "name", "id")


def enable_org(who, name, enabled):
    return bool(org_of(who, name).update_org(is_enabled=enabled).IsEnabled)


def delete_org(who, name):
    system = System(CLIENTS[who], admin_resource=CLIENTS[who].get_admin())
    return wait(who, system.delete_org(name, force=True, recursive=True))


def description(who):
    return str(CLIENTS[who].get_admin().Description)


# What organizations have


def vdcs(who, org):
    return sorted(one["name"] for one in org_of(who, org).list_vdcs())


def vdc(who, org, name):
    found = vdc_of(who, org, name)
    resource = found.get_resource()
    return {
        **plain(resource, "name", "id", "status"),
        "allocation_model": str(resource.AllocationModel),
        "enabled": bool(resource.IsEnabled),
        "vapps": sorted(one["name"] for one in found.list_resources() if one["type"].endswith("vApp+xml")),
        "storage_profiles": sorted(one.get("name") for one in found.get_storage_profiles()),
    }


def networks(who, org, vdc):
    return sorted(vdc_of(who, org, vdc).list_orgvdc_network_records(), key=lambda one: one["name"])


def network_sorts(who, org, vdc):
    found = vdc_of(who, org, vdc)
    return {
        "routed": [one.get("name") for one in found.list_orgvdc_routed_networks()],
        "isolated": [one.get("name") for one in found.list_orgvdc_isolated_networks()],
        "direct": [one.get("name") for one in found.list_orgvdc_direct_networks()],
    }


def vapp(who, org, vdc, name):
    found = vapp_of(who, org, vdc, name)
    return {
        **plain(found.get_resource(), "name", "id", "status", "deployed"),
        "on": found.is_powered_on(),
        "owner": str(found.get_resource().Owner.User.get("name")),
        "vms": sorted(one.get("name") for one in found.get_all_vms()),
    }


def vm(who, org, vdc, vapp, name):
    found = VM(CLIENTS[who], resource=vapp_of(who, org, vdc, vapp).get_vm(name))
    return {
        **plain(found.get_resource(), "name", "id", "status"),
        "cpus": found.get_cpus(),
        "memory": found.get_memory(),
        "nics": [{**one, "ip": one.get("ip_address")} for one in found.list_nics()],
        "on": found.is_powered_on(),
    }


def catalogs(who, org):
    return sorted(one["name"] for one in org_of(who, org).list_catalogs())


def catalog(who, org, name):
    found = org_of(who, org).get_catalog(name)
    return {
        **plain(found, "name", "id"),
        "published": bool(found.IsPublished),
        "items": sorted(one["name"] for one in org_of(who, org).list_catalog_items(name)),
    }


# Queries


def query_types(who):
    return sorted({one.get("name") for one in CLIENTS[who].get_query_list().Link})


def query(who, kind, format="records", equal=None, filter=None, sort=None, fields=None, page_size=None):
    formats = {"records": QueryResultFormat.RECORDS, "idrecords": QueryResultFormat.ID_RECORDS}
    found = CLIENTS[who].get_typed_query(
        kind,
        query_result_format=formats.get(format, QueryResultFormat.REFERENCES),
        equality_filter=tuple(equal) if equal else None,
        qfilter=filter,
        sort_asc=sort,
        fields=fields,
        page_size=page_size,
    )
    return [dict(one.attrib) for one in found.execute()]


# Tasks


def failing_task(who, name):
    """Waits for the task of a deletion that will not succeed."""
    system = System(CLIENTS[who], admin_resource=CLIENTS[who].get_admin())
    return wait(who, system.delete_org(name, force=True, recursive=True))


# Users, roles, rights


def users(who, org):
    return [dict(one.attrib) for one in org_of(who, org).list_users()]


def create_user(who, org, name, password, role):
    target = org_of(who, org)
    href = target.get_role_record(role).get("href")
    made = target.create_user(name, password, href, full_name="Somebody", is_enabled=True)
    return {**plain(made, "name", "id"), "enabled": bool(made.IsEnabled)}


def delete_user(who, org, name):
    org_of(who, org).delete_user(name)


def roles(who, org):
    return sorted(one["name"] for one in org_of(who, org).list_roles())


def role_rights(who, org, name):
    found = Role(CLIENTS[who], resource=org_of(who, org).get_role_resource(name))
    return sorted(one["name"] for one in found.list_rights())


# API extensions


def add_extension(who, **fields):
    return plain(APIExtension(CLIENTS[who]).add_extension(**fields), "name", "id")


def extensions(who):
    return sorted(one["name"] for one in APIExtension(CLIENTS[who]).list_extensions())


def extension(who, name, namespace):
    found = APIExtension(CLIENTS[who]).get_extension_info(name, namespace)
    return {key: str(value) for key, value in found.items()}


def enable_extension(who, name, namespace, enabled):
    return APIExtension(CLIENTS[who]).enable_extension(name, enabled=enabled, namespace=namespace)


def update_extension(who, name, namespace, **fields):
    return APIExtension(CLIENTS[who]).update_extension(name, namespace=namespace, **fields)


def extension_filters(who, name, namespace):
    extensions = APIExtension(CLIENTS[who])
    found = extensions.get_api_filters(extensions.get_extension(name, namespace)["id"])
    return sorted(one.get("urlPattern") for one in found)


def delete_extension(who, name, namespace):
    APIExtension(CLIENTS[who]).delete_extension(name, namespace)


def _status(problem):
    return getattr(problem, "status_code", None) if isinstance(problem, VcdResponseException) else None


def main():
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"value": globals()[asked["call"]](**asked["arguments"])}
        except (VcdException, AttributeError, KeyError, TypeError, ValueError, OSError) as problem:
            answer = {"error": {"kind": type(problem).__name__, "text": str(problem), "status": _status(problem)}}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
