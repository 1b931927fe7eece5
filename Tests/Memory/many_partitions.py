#!/usr/bin/env python3
"""Shows how much memory and time `airbyte-lowcode read` takes for a stream of very many partitions with one record each.

    many_partitions.py BINARY [--partitions 100000 1000000] [--cursor none datetime dependency global] [--limit 200] [--growth 1.5]

The partitions come from a parent stream, page by page; each is one request to a server of its own, which keeps connections open and
has its answers at hand. `datetime` gives the child a cursor, `dependency` the parent as well, which is then read day by day and
whose state lies in the child's, `global` one cursor for all partitions. Ends with 1 where the peak of resident memory is above the limit (in megabytes), a record is
missing, or the processor time for a partition grows by more than `growth` from the smallest number of partitions to the largest.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

PARENTS_A_PAGE = 2000
DAYS = [f"2025-{1 + day // 28:02}-{1 + day % 28:02}T00:00:00Z" for day in range(56)]


class Connection(asyncio.Protocol):
    """Answers `/parents` with the page of the parents of its days, and everything else with one record that has its parent's id."""

    partitions = 0

    def connection_made(self, transport):
        self.transport, self.rest = transport, b""

    def data_received(self, data):
        *requests, self.rest = (self.rest + data).split(b"\r\n\r\n")
        self.transport.write(b"".join(map(self.answer, requests)))

    def answer(self, request):
        target = request[4 : request.index(b" ", 4)]
        if target.startswith(b"/parents"):
            body = json.dumps({"items": self.parents(dict(parse_qsl(urlsplit(target.decode()).query)))}).encode()
        else:
            parent = target.partition(b"parent=")[2].partition(b"&")[0]
            body = b'{"items": [{"id": %b, "at": "2025-02-03T04:05:06Z", "name": "A name of some length"}]}' % parent
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    def parents(self, query):
        """Each day has its share of the parents."""
        days = [day for day, at in enumerate(DAYS) if query.get("from", "") <= at <= query.get("to", "~")]
        if not days:
            return []
        first, end = (-(-day * self.partitions // len(DAYS)) for day in (days[0], days[-1] + 1))
        begin = first + (int(query["page"]) - 1) * PARENTS_A_PAGE if "page" in query else first
        # A parent's key of 0 would count as none.
        return [{"id": i + 1, "at": DAYS[i * len(DAYS) // self.partitions]} for i in range(begin, min(begin + PARENTS_A_PAGE, end))]


def serve(partitions, pipe):
    """Runs the server; sends its port, and when it is told to end the seconds of processor time that it took."""

    async def run():
        Connection.partitions = partitions
        server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(pipe.recv)
        pipe.send(time.process_time())

    asyncio.run(run())
    os._exit(0)


def option(name):
    return {"type": "RequestOption", "inject_into": "request_parameter", "field_name": name}


def cursor(**properties):
    return {"type": "DatetimeBasedCursor", "cursor_field": "at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
            "start_datetime": "2025-01-01T00:00:00Z", "end_datetime": "2025-03-01T00:00:00Z",
            "start_time_option": option("from"), "end_time_option": option("to"), **properties}


def stream(name, port, **retriever):
    return {
        "type": "DeclarativeStream", "name": name,
        "retriever": {
            "type": "SimpleRetriever",
            "requester": {"type": "HttpRequester", "url_base": f"http://127.0.0.1:{port}", "path": f"/{name}"},
            "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["items"]}},
            **retriever,
        },
        "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
    }


def manifest(port, kind):
    pages = {
        "type": "DefaultPaginator", "page_token_option": option("page"),
        "pagination_strategy": {"type": "PageIncrement", "start_from_page": 1, "page_size": PARENTS_A_PAGE},
    }
    parents = stream("parents", port, paginator=pages)
    config = {"type": "ParentStreamConfig", "stream": parents, "parent_key": "id", "partition_field": "parent", "request_option": option("parent")}
    if kind == "dependency":
        parents["incremental_sync"] = cursor(step="P1D", cursor_granularity="PT1S")
        config["incremental_dependency"] = True
    items = stream("items", port, partition_router={"type": "SubstreamPartitionRouter", "parent_stream_configs": [config]})
    if kind != "none":
        items["incremental_sync"] = cursor(global_substream_cursor=kind == "global")
    return {
        "version": "7.39.1", "type": "DeclarativeSource", "check": {"type": "CheckStream", "stream_names": ["items"]},
        "streams": [items], "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
    }


def count(output):
    """How many records and states a read prints."""
    records = states = 0
    rest = b""
    while data := output.read1(1 << 20):
        *lines, rest = (rest + data).split(b"\n")
        records += sum(line.startswith(b'{"type":"RECORD"') for line in lines)
        states += sum(line.startswith(b'{"type":"STATE"') for line in lines)
    return records, states


def measure(binary, kind, partitions, folder):
    """One read: records, states, exit status, wall seconds, processor seconds of the read and of the server, peak megabytes."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(partitions, theirs), daemon=True)
    server.start()
    (folder / "manifest.yaml").write_text(json.dumps(manifest(ours.recv(), kind)))
    (folder / "config.json").write_text("{}")
    (folder / "catalog.json").write_text(json.dumps({"streams": [{
        "stream": {"name": "items", "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
        "sync_mode": "incremental", "destination_sync_mode": "append"}]}))
    command = [binary, "read", "--manifest", folder / "manifest.yaml", "--config", folder / "config.json", "--catalog", folder / "catalog.json"]
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    records, states = count(process.stdout)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - begin
    ours.send(None)
    served = ours.recv()
    server.join()
    return records, states, process.returncode, seconds, usage.ru_utime + usage.ru_stime, served, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--partitions", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--cursor", nargs="+", choices=["none", "datetime", "dependency", "global"], default=["none", "datetime", "dependency"])
    parser.add_argument("--limit", type=int, default=200, help="megabytes")
    parser.add_argument("--growth", type=float, default=1.5)
    args = parser.parse_args()
    wrong = False
    for kind in args.cursor:
        costs = []
        for partitions in sorted(args.partitions):
            with tempfile.TemporaryDirectory() as folder:
                records, states, status, seconds, cpu, served, most = measure(args.binary.resolve(), kind, partitions, Path(folder))
            costs.append(cpu / partitions)
            print(f"{kind}: {partitions} partitions, {records} records, {states} states, {seconds:.1f} s, {cpu:.1f} s of processor time "
                  f"({cpu / partitions * 1e6:.0f} µs a partition; the server {served:.1f} s), at most {most:.0f} MB", flush=True)
            wrong |= status != 0 or records != partitions or most > args.limit
        growth = costs[-1] / costs[0]
        print(f"{kind}: a partition costs {growth:.2f} times as much among {max(args.partitions)} as among {min(args.partitions)}")
        wrong |= growth > args.growth
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
