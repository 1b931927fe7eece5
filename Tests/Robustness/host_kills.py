#!/usr/bin/env python3
"""Kills the Python process of custom components at random points, and looks for what was lost.

    host_kills.py BINARY PYTHON [--kills 100] [--seed 1]

Each read has a stream whose records a Python component changes, and others that need none. The component's process is killed at a
random time: while it starts, while it works, or after it. The other streams must have all their records and their states nevertheless,
and the program must say what happened. The stream that was struck goes on from its last state in the next read; at the end of a chain
each of its records must have been printed, and no state may precede a record that it covers.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

from interruptions import RECORDS, Archive, cursor, pages
from support import Folder, manifest, stream

CODE = '''
import time
from dataclasses import dataclass


@dataclass
class Seen:
    pause: float

    def transform(self, record, config=None, stream_state=None, stream_slice=None):
        time.sleep(self.pause)
        record["seen"] = True
'''


def streams(url):
    handler = {"error_handler": {"type": "DefaultErrorHandler", "max_retries": 5}}
    seen = {"type": "CustomTransformation", "class_name": "source_declarative_manifest.components.Seen", "pause": 0.004}

    def items(name, **more):
        return stream(name, f"{url}/items", ["items"], handler, pages(), incremental_sync=cursor("P2D"), **more)

    return [items("custom", transformations=[seen]), items("windows"), items("other")]


def child(pid):
    """The Python process that a process has started; nothing if there is none yet."""
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for word in task.read_text().split():
                return int(word)
        except OSError:
            pass
    return None


class Chain:
    def __init__(self, options, archive, chance):
        self.options, self.archive, self.chance = options, archive, chance
        self.folder = Folder()
        self.seen, self.states, self.kills = set(), {}, 0
        (pathlib.Path(self.folder.path) / "components.py").write_text(CODE)

    def read(self, strike):
        """Gives what is wrong with the read, or nothing, and whether all streams were read."""
        state = list(self.states.values()) or None
        command = self.folder.read_command(
            self.options.binary, manifest(streams(self.archive.api.url)), ["custom", "windows", "other"], mode="incremental", state=state)
        environment = {**os.environ, "AIRBYTE_ENABLE_UNSAFE_CODE": "true", "AIRBYTE_LOWCODE_PYTHON": self.options.python}
        process = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        struck = threading.Event()

        def hit():
            host = None
            while host is None and process.poll() is None:
                host = child(process.pid)
                time.sleep(0.005)
            time.sleep(self.chance.uniform(0, self.options.reach))
            if host and process.poll() is None:
                try:
                    os.kill(host, signal.SIGKILL)
                    struck.set()
                except ProcessLookupError:
                    pass

        if strike:
            threading.Thread(target=hit, daemon=True).start()
        output = process.stdout.read()
        status = process.wait()
        self.kills += struck.is_set()
        return self.fault(output, status, struck.is_set()), status == 0

    def fault(self, output, status, was_struck):
        counts, complete, errors, states = {}, set(), [], {}
        for line in output.split(b"\n")[:-1]:
            message = json.loads(line)
            if message["type"] == "RECORD":
                record = message["record"]
                counts.setdefault(record["stream"], set()).add(record["data"]["id"])
            elif message["type"] == "STATE":
                states[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
            elif message["type"] == "TRACE" and message["trace"]["type"] == "ERROR":
                errors.append(message["trace"]["error"]["message"])
            elif message["type"] == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
                given = message["trace"]["stream_status"]
                if given["status"] == "COMPLETE":
                    complete.add(given["stream_descriptor"]["name"])
        self.seen |= counts.get("custom", set())
        for name in ("windows", "other"):
            if name not in complete:
                return f"{name} is not complete: {errors}"
            # Each read of these begins at the beginning.
            if counts.get(name, set()) != {record["id"] for record in RECORDS}:
                return f"{name} has lost records"
            if name not in states:
                return f"{name} has no state"
        if "custom" in states:
            self.states["custom"] = states["custom"]
        if status < 0:
            return f"the program ended by signal {-status}"
        if status and not (was_struck and any("ended by signal 9" in error for error in errors)):
            return f"the program does not say what happened: {errors}"
        return None

    def run(self):
        for attempt in range(12):
            fault, isComplete = self.read(strike=attempt < 6)
            if fault:
                return fault
            if isComplete:
                break
        else:
            return "does not come to its end"
        missing = {record["id"] for record in RECORDS} - self.seen
        return f"{len(missing)} records are lost: {sorted(missing)[:5]}" if missing else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("python")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reach", type=float, default=5, help="seconds after the start of the process in which it is killed")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    archive = Archive(chance)
    kills, chains, failed = 0, 0, 0
    while kills < options.kills:
        chain = Chain(options, archive, chance)
        fault = chain.run()
        kills += chain.kills
        chains += 1
        if fault:
            failed += 1
            print(f"FAIL (seed {options.seed}, chain {chains}): {fault}", flush=True)
            if failed > 5:
                break
    print(f"{kills} kills in {chains} chains, {failed} of which lost something")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
