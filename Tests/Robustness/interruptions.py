#!/usr/bin/env python3
"""Kills reads at random points, goes on from the last STATE of each stream, and looks for what was lost.

    interruptions.py BINARY [--kills 300] [--seed 1]

Each chain reads one kind of stream (windows, lists, substreams, parents with a state, a global cursor, client-side filters …) from an
API whose records never change. A read is struck by a random signal at a random time, or its output is closed; some requests
fail by themselves. The next read begins with the states that were printed in whole lines. At the end of a chain every record must
have been printed, every whole line must be JSON, and no state may precede a record that it covers.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import threading
import time

from support import API, Folder, manifest, stream

DAYS = 12
PARENTS = 6
SIGNALS = [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, None]


def day(number):
    return f"2025-01-{number:02d}T00:00:00Z"


RECORDS = [{"id": f"{parent}-{number}", "parent": str(parent), "at": day(number % DAYS + 1), "pad": "x" * 200}
           for parent in range(PARENTS) for number in range(DAYS * 3)]
PARENT_RECORDS = [{"id": str(parent), "at": day(parent + 1)} for parent in range(PARENTS)]


class Archive:
    """An API with records by parent and day, in pages of five; it is slow enough to be struck at any point."""

    def __init__(self, chance):
        self.chance = chance
        self.faults = 0.0
        self.api = API(self.answer)

    def answer(self, path, query, _):
        time.sleep(self.chance.uniform(0, 0.02))
        if self.chance.random() < self.faults:
            fault = self.chance.choice([500, 403, "close", "cut"])
            if fault == "close":
                raise ConnectionError
            if fault == "cut":
                def cut():
                    yield b'{"items": [{"id":'
                    raise ConnectionError
                return 200, [], cut()
            return fault, [], b'{"message": "no"}'
        parts = path.strip("/").split("/")
        records = PARENT_RECORDS if parts[0] == "parents" else RECORDS
        if len(parts) > 1:
            records = [record for record in records if record["parent"] == parts[1]]
        low, high = query.get("from", ""), query.get("to", "~")
        records = sorted((record for record in records if low <= record["at"] <= high), key=lambda record: record["at"])
        page = int(query.get("page", 1))
        size = 5
        if query.get("format") == "lines":
            return 200, [], "".join(json.dumps(record) + "\n" for record in records)
        return 200, [], json.dumps({"items": records[(page - 1) * size:page * size]})


def pages():
    return {"paginator": {
        "type": "DefaultPaginator", "page_token_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "page"},
        "pagination_strategy": {"type": "PageIncrement", "start_from_page": 1, "page_size": 5}}}


def cursor(step=None, **more):
    def option(name):
        return {"type": "RequestOption", "inject_into": "request_parameter", "field_name": name}
    return {"type": "DatetimeBasedCursor", "cursor_field": "at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
            "start_datetime": day(1), "end_datetime": day(28), "start_time_option": option("from"), "end_time_option": option("to"),
            **({"step": step, "cursor_granularity": "PT1S"} if step else {}), **more}


def kinds(url):
    """Each kind of stream, by its name."""
    handler = {"error_handler": {"type": "DefaultErrorHandler", "max_retries": 0}}
    listed = {"partition_router": {"type": "ListPartitionRouter", "values": [str(n) for n in range(PARENTS)], "cursor_field": "parent"}}
    parent = stream("parents", f"{url}/parents", ["items"], handler, pages())
    moving = {**parent, "incremental_sync": cursor()}

    def sub(source, **more):
        return {"partition_router": {"type": "SubstreamPartitionRouter", "parent_stream_configs": [
            {"type": "ParentStreamConfig", "stream": source, "parent_key": "id", "partition_field": "parent", **more}]}}

    by_part = f"{url}/items/{{{{ stream_partition.parent }}}}"
    half = {"partition_router": {**listed["partition_router"], "values": [str(n) for n in range(0, PARENTS, 2)]}}
    other = {"partition_router": {**listed["partition_router"], "values": [str(n) for n in range(1, PARENTS, 2)]}}
    return {
        "plain": stream("s", f"{url}/items", ["items"], handler, pages(), incremental_sync=cursor()),
        "windows": stream("s", f"{url}/items", ["items"], handler, pages(), incremental_sync=cursor("P2D")),
        "lookback": stream("s", f"{url}/items", ["items"], handler, pages(), incremental_sync=cursor("P1D", lookback_window="P1D")),
        "list": stream("s", by_part, ["items"], handler, {**pages(), **listed}, incremental_sync=cursor()),
        "list-windows": stream("s", by_part, ["items"], handler, {**pages(), **listed}, incremental_sync=cursor("P4D")),
        "list-global": stream("s", by_part, ["items"], handler, {**pages(), **listed},
                              incremental_sync=cursor(global_substream_cursor=True)),
        "substream": stream("s", by_part, ["items"], handler, {**pages(), **sub(parent)}, incremental_sync=cursor()),
        "substream-windows": stream("s", by_part, ["items"], handler, {**pages(), **sub(parent)}, incremental_sync=cursor("P3D")),
        "substream-moving-parent": stream("s", by_part, ["items"], handler, {**pages(), **sub(moving, incremental_dependency=True)},
                                          incremental_sync=cursor()),
        "client-side": stream("s", f"{url}/items", ["items"], handler, pages(),
                              incremental_sync={**{key: value for key, value in cursor().items() if "option" not in key},
                                                "is_client_side_incremental": True}),
        "lines": stream("s", f"{url}/items", [], {**handler, "request_parameters": {"format": "lines"}},
                        {"decoder": {"type": "JsonlDecoder"}}, incremental_sync=cursor("P2D")),
        "union": stream("s", by_part, ["items"], handler, {**pages(), "partition_router": {
            "type": "UnionPartitionRouter", "partition_field": "parent", "partition_routers": [half["partition_router"], other["partition_router"]]}},
            incremental_sync=cursor()),
    }


class Chain:
    """Reads one kind of stream until it is complete, however often it is struck."""

    def __init__(self, binary, name, source, archive, chance):
        self.binary, self.name, self.source, self.archive, self.chance = binary, name, source, archive, chance
        self.folder = Folder()
        self.seen = set()
        self.state = None
        self.kills = 0

    def read(self, strike):
        """Prints into `seen` and `state`; gives whether the read came to its own end with success."""
        command = self.folder.read_command(
            self.binary, manifest([self.source], concurrency_level={"type": "ConcurrencyLevel", "default_concurrency": 4}), ["s"],
            mode="incremental", state=self.state)
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        timer = None
        if strike:
            kind = self.chance.choice(SIGNALS)

            def hit():
                if kind is None:
                    process.kill()
                else:
                    process.send_signal(kind)
            timer = threading.Timer(self.chance.uniform(0.01, 0.35), hit)
            timer.start()
        output = process.stdout.read()
        status = process.wait()
        if timer:
            timer.cancel()
        self.take(output)
        if status < 0:
            self.kills += 1
        return status == 0

    def take(self, output):
        states = {}
        for line in output.split(b"\n")[:-1]:
            message = json.loads(line)
            if message["type"] == "RECORD":
                self.seen.add(message["record"]["data"]["id"])
            elif message["type"] == "STATE":
                state = message["state"]
                states[json.dumps(state["stream"]["stream_descriptor"])] = state
        if states:
            self.state = list(states.values())

    def run(self):
        for attempt in range(40):
            self.archive.faults = 0.05 if attempt % 3 == 1 else 0
            if self.read(strike=attempt < 8):
                break
            self.archive.faults = 0
        else:
            return "does not come to its end"
        missing = {record["id"] for record in RECORDS} - self.seen
        return f"{len(missing)} records are lost: {sorted(missing)[:5]}" if missing else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    archive = Archive(chance)
    kills, chains, failed = 0, {}, 0
    while kills < options.kills:
        for name, source in kinds(archive.api.url).items():
            chain = Chain(options.binary, name, source, archive, chance)
            fault = chain.run()
            kills += chain.kills
            chains[name] = chains.get(name, 0) + chain.kills
            if fault:
                failed += 1
                print(f"FAIL {name} (seed {options.seed}): {fault}", flush=True)
    print(f"{kills} kills: " + ", ".join(f"{name} {count}" for name, count in chains.items()))
    print(f"{failed} chains lost something")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
