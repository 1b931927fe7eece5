#!/usr/bin/env python3
"""Judges what becomes of real OpenAPI documents.

    judge.py BINARY FOLDER [--only REQUEST]... [--seconds 600]

Of each document in the folder (`*.json`, `*.yaml`, `*.yml`, and the one at the top of each folder in it) a connector is made, validated
strictly, compared with the document, and read from the mock of the same document. A line says what came of it; the exit status is 1 if
a document has no connector, the connector has a flaw, or a stream is not read whole.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

# A host may have a part that the config gives.
HOST = re.compile(r"https?://(?:\{\{[^}]*\}\}|[^/\"'\s{}])+")


def documents(folder):
    """The documents of a folder: files beside each other, or the largest one of a folder that may refer to others."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            inner = [p for p in path.rglob("*.y*ml") if re.search(r"^(openapi|swagger):", p.read_text(errors="replace"), re.M)]
            if inner:
                yield max(inner, key=lambda p: p.stat().st_size)
        elif path.suffix in (".json", ".yaml", ".yml"):
            yield path


class Judge:
    def __init__(self, program, only, seconds):
        self.program = program
        self.only = [part for text in only for part in ("--only", text)]
        self.seconds = seconds

    def run(self, *arguments, **options):
        return subprocess.run(
            [self.program, *map(str, arguments)], capture_output=True, text=True, timeout=self.seconds, **options)

    def judge(self, document):
        faults = []
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "connector"
            start = time.monotonic()
            made = self.run("new", "--openapi", document, *self.only, "--output", folder, "--yes")
            if made.returncode:
                return None, [f"no connector: {made.stderr.strip()}"]
            made_after = time.monotonic() - start
            if "not pass yet" in made.stderr:
                faults.append(next(line for line in made.stderr.splitlines() if "not pass yet" in line))
            manifest = folder / "manifest.yaml"
            for extra in ([], ["--openapi", document]):
                checked = self.run("validate", "--profile", "strict", "--format", "json", manifest, *extra)
                for finding in json.loads(checked.stdout)["manifests"][0]["findings"]:
                    # A deprecated request is worth a stream all the same.
                    if finding["rule"] != "openapi-deprecated":
                        faults.append(f"{finding['rule']}: {finding['message']}")
            counts, errors = self.read(document, manifest, json.loads((folder / "config.example.json").read_text()))
        return (len(counts), sum(counts.values()), made_after), faults + errors

    def read(self, document, manifest, config):
        """The records of each stream as they are read from the mock, and what is wrong with them."""
        mock = subprocess.Popen(
            [self.program, "mock", "--openapi", str(document)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            address = mock.stdout.readline().strip()
            text = manifest.read_text()
            # The mock stands for all hosts.
            local = "\n".join(HOST.sub(address, line) if re.search(r"(url|endpoint):", line) else line for line in text.split("\n"))
            manifest.write_text(local)
            if "base_url" in config:
                config["base_url"] = address
            day = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 40 * 86400))
            config.update({key: day for key in ["start_date"] if key in config})
            properties = re.search(r"^spec:.*", text, re.S | re.M).group(0)
            required = re.search(r"required: \[([^\]]*)\]", properties)
            for key in (required.group(1).split(", ") if required else []):
                config.setdefault(key.strip('"'), "given")
            place = manifest.with_name("config.json")
            place.write_text(json.dumps(config))
            read = self.run("read", manifest, "--config", place)
        finally:
            mock.terminate()
            mock.wait()
        counts = collections.Counter()
        records = collections.defaultdict(list)
        errors = []
        for line in read.stdout.splitlines():
            message = json.loads(line)
            if message["type"] == "RECORD":
                counts[message["record"]["stream"]] += 1
                records[message["record"]["stream"]].append(json.dumps(message["record"]["data"], sort_keys=True))
            elif message["type"] == "TRACE" and message["trace"]["type"] == "ERROR":
                errors.append(message["trace"]["error"]["message"][:300])
        for name in re.findall(r'^      name: "?([^"\s]+)"?$', local, re.M):
            if not counts[name]:
                errors.append(f"{name} has no records")
            elif len(set(records[name])) != len(records[name]) and "primary_key" in local:
                errors.append(f"{name} has records twice")
        return counts, errors


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--seconds", type=float, default=600)
    options = parser.parse_args()
    judge = Judge(options.program, options.only, options.seconds)
    failed = 0
    for document in documents(options.folder):
        try:
            result, faults = judge.judge(document)
        except subprocess.TimeoutExpired as timeout:
            result, faults = None, [f"no end within {timeout.timeout:.0f} seconds: {timeout.cmd[1]}"]
        failed += bool(faults)
        name = document.relative_to(options.folder)
        print(f"{name}: " + (f"{result[0]} streams, {result[1]} records, made in {result[2]:.1f} s" if result else "nothing"))
        for fault in faults[:20]:
            print(f"  {fault}")
        if len(faults) > 20:
            print(f"  and {len(faults) - 20} more")
        sys.stdout.flush()
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
