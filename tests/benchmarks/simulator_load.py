"""How many requests a second one simulator process answers: `python -m tests.benchmarks.simulator_load`.

A simulator in a process of its own is asked over TLS by a few keep-alive connections of this process. The figure that
counts is requests per second of *its* processor time: on a machine with few cores the client takes as much time as the
server, and the wall-clock figure, printed beside it, then measures the client.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import ssl
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tests.simulator.running import Running, running_simulator


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used so far (Linux)."""
    import os

    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> tuple[int, dict[str, str], bytes]:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split()[1]), headers, body


async def _connect(url: str, ca_path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    context = ssl.create_default_context(cafile=ca_path)
    return await asyncio.open_connection(parts.hostname, parts.port, ssl=context)


async def measure(simulator: Running, site: str, requests: int, connections: int) -> dict[str, float]:
    """Sends `requests` in all, two reads to one assignment, and answers rates per second."""
    url, ca_path = simulator.cloud(site), simulator.ca_path
    host = urlsplit(url).netloc
    login = json.dumps(
        {"type": "localUser", "localUser": "root", "localPassword": simulator.root_password(site)}
    ).encode()
    reader, writer = await _connect(url, ca_path)
    head = f"POST /sessions HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(login)}\r\n\r\n".encode()
    _status, headers, _body = await _request(reader, writer, head + login)
    writer.close()
    common = f"Host: {host}\r\nAccept: application/json\r\nX-VCAV-Auth: {headers['x-vcav-auth']}\r\n"
    mix = [
        f"GET /sites HTTP/1.1\r\n{common}\r\n".encode(),
        f"GET /inventory/orgs?offset=100&limit=20 HTTP/1.1\r\n{common}\r\n".encode(),
        f"PATCH /policies/default/orgs/tenant-00042 HTTP/1.1\r\n{common}Content-Length: 0\r\n\r\n".encode(),
    ]

    async def worker(count: int) -> None:
        reader, writer = await _connect(url, ca_path)
        for number in range(count):
            status, _headers, _body = await _request(reader, writer, mix[number % len(mix)])
            if status not in (200, 202):
                raise RuntimeError(f"unexpected status {status}")
        writer.close()

    pid = int(simulator.state["pid"])
    await worker(50)
    started, used = time.perf_counter(), processor_seconds(pid)
    await asyncio.gather(*(worker(requests // connections) for _unused in range(connections)))
    wall, used = time.perf_counter() - started, processor_seconds(pid) - used
    sent = requests // connections * connections
    return {"requests": sent, "wall_per_second": sent / wall, "per_processor_second": sent / used}


async def measure_vms(simulator: Running, site: str, pages: int) -> dict[str, float]:
    """Reads `pages` pages of 128 VM records, once all of them and once through a filter; milliseconds of a page.

    The first page of each is told apart: it finds and sorts what the others only cut.
    """
    url, ca_path = simulator.vcd(site), simulator.ca_path
    host = urlsplit(url).netloc
    user, _at, org = simulator.vcd_user(site).partition("@")
    secret = base64.b64encode(f"{user}@{org or 'System'}:{simulator.vcd_password(site)}".encode()).decode()
    reader, writer = await _connect(url, ca_path)
    accept = f"Host: {host}\r\nAccept: application/*+xml;version=36.0\r\n"
    login = f"POST /api/sessions HTTP/1.1\r\n{accept}Authorization: Basic {secret}\r\nContent-Length: 0\r\n\r\n"
    _status, headers, _body = await _request(reader, writer, login.encode())
    common = f"{accept}Authorization: Bearer {headers['x-vmware-vcloud-access-token']}\r\n\r\n"

    async def page(number: int, narrowed: str) -> float:
        target = f"/api/query?type=adminVM&pageSize=128&page={number}{narrowed}"
        started = time.perf_counter()
        status, _headers, _body = await _request(reader, writer, f"GET {target} HTTP/1.1\r\n{common}".encode())
        if status != 200:
            raise RuntimeError(f"unexpected status {status}")
        return 1000 * (time.perf_counter() - started)

    figures = {}
    for name, narrowed in (("page", ""), ("filtered", "&filter=status==POWERED_ON;guestOs==*Server*")):
        first, *others = [await page(number, narrowed) for number in range(1, pages + 1)]
        figures |= {f"{name}_first_ms": first, f"{name}_ms": statistics.median(others)}
    writer.close()
    return figures


def run_vms(vms: int = 10_000, pages: int = 20) -> dict[str, float]:
    """The same for a simulator with so many VMs in each site."""
    started = time.perf_counter()
    with running_simulator(vcd_version="10.3", organizations=50, vms=vms, process=True) as simulator:
        start = time.perf_counter() - started
        import uvloop

        figures = uvloop.run(measure_vms(simulator, simulator.sites[0], pages))
        resident = Path(f"/proc/{simulator.state['pid']}/statm").read_text(encoding="ascii").split()[1]
    return {"start_seconds": start, "resident_mib": int(resident) * 4096 / 2**20, **figures}


def run(requests: int = 6000, connections: int = 8, organizations: int = 5000) -> dict[str, float]:
    """Starts a simulator, measures it and ends it. `start_seconds` includes the new interpreter."""
    started = time.perf_counter()
    with running_simulator(organizations=organizations, process=True) as simulator:
        start = time.perf_counter() - started
        import uvloop

        figures = uvloop.run(measure(simulator, simulator.sites[0], requests, connections))
    return {"start_seconds": start, **figures}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=6000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--organizations", type=int, default=5000)
    parser.add_argument("--vms", type=int, default=10_000, help="in each site, for the pages of the query service")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    figures = run(options.requests, options.connections, options.organizations)
    machines = run_vms(options.vms)
    if options.json:
        print(json.dumps({**figures, "vms": machines}))
        return 0
    print(f"ready with {options.organizations} organizations in each site: {figures['start_seconds']:.2f} s")
    print(f"requests over {options.connections} TLS connections: {figures['requests']:.0f}")
    print(f"per second of the simulator's processor time: {figures['per_processor_second']:.0f}")
    print(f"per second by the clock: {figures['wall_per_second']:.0f}")
    ready, resident = machines["start_seconds"], machines["resident_mib"]
    print(f"ready with {options.vms} VMs in each site: {ready:.2f} s, {resident:.0f} MiB")
    for name, what in (("page", "a page of 128 VMs"), ("filtered", "a page of a filtered list")):
        print(f"{what}: {machines[f'{name}_ms']:.1f} ms, the first one {machines[f'{name}_first_ms']:.1f} ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
