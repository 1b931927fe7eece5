#!/usr/bin/env python3
"""Measures components that are written in Python, beside none, the same in Swift, and the reference (airbyte-cdk 7.39.1).

    components.py --bin .build/release --python PYTHON [--runs 3] [--reference PYTHON] [--no-reference] [--data FOLDER]

PYTHON has airbyte-cdk: by default what AIRBYTE_LOWCODE_PYTHON names, or the one of `make python-components`. 200,000 records of some
500 bytes are read in 200 pages, and 2,000 pages of 20 records each. Ends with 1 where a target is missed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import measure
import pages
import servers
import workloads

HERE = Path(__file__).resolve().parent
RECORDS = pages.PAGES * pages.PAGE
CHILDREN = pages.PARENTS * pages.CHILDREN

CODE = '''
from dataclasses import dataclass

from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.declarative.extractors.record_extractor import RecordExtractor
from airbyte_cdk.sources.declarative.transformations import RecordTransformation


@dataclass
class Badge(DeclarativeAuthenticator):
    badge: str

    @property
    def auth_header(self):
        return "X-Badge"

    def get_auth_header(self):
        return {"X-Badge": self.badge}

    def get_request_params(self):
        return {}

    def get_request_body_data(self):
        return {}

    def get_request_body_json(self):
        return {}


@dataclass
class Total(RecordTransformation):
    field: str

    def transform(self, record, config=None, stream_state=None, stream_slice=None):
        record[self.field] = record["amount"] * record["quantity"]


@dataclass
class Rows(RecordExtractor):
    key: str

    def extract_records(self, response):
        yield from response.json()[self.key]
'''


def custom(kind, name, **fields):
    return {"type": f"Custom{kind}", "class_name": f"source_declarative_manifest.components.{name}", **fields}


def manifests():
    """What is read, by title: the manifest, the number of its records, and how many calls it makes of its component."""

    def of(authenticator=None, selector=None, **parts):
        stream = workloads.stream("records", "/pages", selector=selector, **parts)
        if authenticator:
            stream["retriever"]["requester"]["authenticator"] = authenticator
        return workloads.manifest(stream)

    def parents(authenticator):
        manifest = json.loads(json.dumps(workloads.SUBSTREAMS).replace("{{ config['folder'] }}", "parents"))
        if authenticator:
            manifest["streams"][0]["retriever"]["requester"]["authenticator"] = authenticator
        return manifest

    badge = custom("Authenticator", "Badge", badge="b")
    return {
        "no component": (of(), RECORDS),
        "an authenticator": (of(badge), RECORDS),
        "a transformation": (of(transformations=[custom("Transformation", "Total", field="total")]), RECORDS),
        "an extractor": (of(selector={"extractor": custom("RecordExtractor", "Rows", key="data")}), RECORDS),
        "2,000 pages, no component": (parents(None), CHILDREN),
        "2,000 pages, an authenticator": (parents(badge), CHILDREN),
    }


class HostMemory(threading.Thread):
    """Looks for the largest memory of a process of components: one that a program of ours starts."""

    def __init__(self, program):
        super().__init__(daemon=True)
        self.program, self.peak, self.is_done = program.resolve(), 0, False

    def run(self):
        while not self.is_done:
            for pid in descendants(os.getpid()):
                if executable(pid) == self.program:
                    for host in children(pid):
                        self.peak = max(self.peak, peak_memory(host))
            time.sleep(0.05)


def descendants(pid):
    return [found for child in children(pid) for found in (child, *descendants(child))]


def executable(pid):
    try:
        return Path(f"/proc/{pid}/exe").resolve(strict=True)
    except OSError:
        return None


def children(pid):
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(word) for word in task.read_text().split()]
        except OSError:
            pass
    return found


def peak_memory(pid):
    try:
        line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return 0
    return int(line.split()[1]) * 1024 / 1e6


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=HERE.parent / ".build/release", type=Path, help="the folder of the built programs")
    parser.add_argument("--python", default=os.environ.get("AIRBYTE_LOWCODE_PYTHON") or HERE.parent / ".build/python/bin/python", type=Path)
    parser.add_argument("--runs", type=int, default=3, help="the best of so many runs counts (the reference runs once)")
    parser.add_argument("--reference", help="a Python that has the reference, to measure beside; by default --python")
    parser.add_argument("--no-reference", action="store_true")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "airbyte-lowcode-bench-components")
    return parser.parse_args()


def generate(folder):
    if (folder / "complete").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    records = pages.Records()
    pages.write_pages(folder, records)
    pages.write_substreams(folder, records)
    (folder / "complete").touch()


class Bench:
    def __init__(self, args, scratch, url):
        self.args, self.scratch, self.url = args, scratch, url
        self.environment = {**os.environ, "AIRBYTE_ENABLE_UNSAFE_CODE": "true", "AIRBYTE_LOWCODE_PYTHON": str(args.python)}
        os.environ.update(self.environment)
        (scratch / "components.py").write_text(CODE)

    def files(self, manifest):
        name = manifest["streams"][0]["name"]
        catalog = {"streams": [{
            "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}
        for file, value in (("manifest", manifest), ("catalog", catalog), ("config", {"base_url": self.url})):
            (self.scratch / f"{file}.json").write_text(json.dumps(value))
        return ["--config", str(self.scratch / "config.json"), "--catalog", str(self.scratch / "catalog.json")]

    def ours(self, manifest, records):
        files = self.files(manifest)
        command = [str(self.args.bin / "airbyte-lowcode"), "read", "--manifest", str(self.scratch / "manifest.json"), *files]
        return self.best(command, self.args.runs, records)

    def in_swift(self, manifest, records):
        """The same manifest by a program that has the classes in Swift; nothing of Python is there."""
        files = self.files(manifest)
        command = [str(self.args.bin / "bench-components"), "read", "--manifest", str(self.scratch / "manifest.json"), *files]
        return self.best(["env", "-i", *command], self.args.runs, records)

    def theirs(self, manifest, records):
        files = self.files(manifest)
        python = str(self.args.reference or self.args.python)
        script = (
            "import sys, types; module = types.ModuleType('components'); "
            "sys.modules['components'] = sys.modules['source_declarative_manifest.components'] = module; "
            "exec(open(sys.argv[1]).read(), module.__dict__); sys.argv[:] = sys.argv[2:]; exec(open(sys.argv[0]).read())")
        command = [
            python, "-c", script, str(self.scratch / "components.py"), str(HERE / "reference.py"),
            str(self.scratch / "manifest.json"), "read", *files]
        return self.best(command, 1, records)

    def best(self, command, runs, records):
        best = None
        for _ in range(runs):
            result = measure.run(command)
            if result.records != records:
                raise measure.Failed(f"{command[0]} wrote {result.records} records instead of {records}")
            best = best.best(result) if best else result
        return best

    def ready(self):
        """How long it takes until components can be called: the best of some runs, with the whole process."""
        self.files(manifests()["a transformation"][0])
        command = [str(self.args.bin / "airbyte-lowcode"), "components", "check", str(self.scratch / "manifest.json")]
        times = []
        for _ in range(self.args.runs):
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times.append(time.perf_counter() - start)
        return min(times)


def main():
    args = options()
    if not os.access(args.python, os.X_OK):
        sys.exit(f"bench: there is no {args.python}; run `make python-components`, or name a Python with airbyte-cdk by --python")
    generate(args.data)
    missed = []

    def target(title, value, limit, unit, is_least=False):
        good = value >= limit if is_least else value <= limit
        missed.extend([] if good else [title])
        word = "at least" if is_least else "at most"
        print(f"  {title:<58}{value:>12,.1f} {unit:<10} ({word} {limit:,}{'' if good else ', MISSED'})", flush=True)

    with tempfile.TemporaryDirectory(prefix="bench-") as scratch, servers.nginx(args.data) as server:
        bench = Bench(args, Path(scratch), server.url)
        # Between the reads, so that both see the same machine.
        ready = bench.ready()
        memory = HostMemory(args.bin / "airbyte-lowcode")
        memory.start()
        print(f"{'':<44}{'wall s':>9}{'CPU s':>9}{'records/s':>12}{'in Swift s':>12}{'reference s':>13}")
        walls = {}
        for title, (manifest, records) in manifests().items():
            result = bench.ours(manifest, records)
            ready = min(ready, bench.ready())
            walls[title] = result.wall
            line = f"  {title:<42}{result.wall:>9.3f}{result.cpu:>9.3f}{records / result.wall:>12,.0f}"
            line += f"{bench.in_swift(manifest, records).wall:>12.3f}"
            if not args.no_reference:
                line += f"{bench.theirs(manifest, records).wall:>13.1f}"
            print(line, flush=True)
        memory.is_done = True
        memory.join()
        beyond = {title: wall - ready for title, wall in walls.items()}
        print()
        target("ready, with the start of this program", ready, 3, "s")
        calls = (walls["2,000 pages, an authenticator"] - walls["2,000 pages, no component"] - ready) / pages.PARENTS * 1e6
        target("a call of an authenticator, Python's part included", calls, 300, "µs")
        target("200,000 records through an authenticator, beyond start", beyond["an authenticator"], 1, "s")
        target("a transformation, beyond start", RECORDS / beyond["a transformation"], 60_000, "records/s", is_least=True)
        target("an extractor, beyond start", RECORDS / beyond["an extractor"], 40_000, "records/s", is_least=True)
        target("memory of the Python process", memory.peak, 100, "MB")
    if missed:
        sys.exit(f"bench: missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
