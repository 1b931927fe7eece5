"""Compares what the reference makes of the examples in `manifests` with what this program makes of them.

    PYTHON Tests/Examples/reference.py .build/release/airbyte-lowcode [--only NAME ...] [--jobs 2] [-v]

PYTHON is one that has airbyte-cdk. For each folder:
- `spec`, `check`, `discover` and `read` of both are the same, against an API that this program makes up from the manifest;
- each test of `tests.yaml` that says what answers the requests holds for the reference too: its records, states, requests,
  catalogs, the streams that fail. Texts of messages are not compared.

Nothing leaves the machine: addresses become `http`, whose proxy is this program's mock. Clocks stand still, and waits take
no time.
"""

import argparse
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl

import yaml

from expectations import Run, canonical, failures

ROOT = Path(__file__).resolve().parents[2]
CONFORMANCE = ROOT / "Tests" / "Conformance"
TIME_LIMIT = 120  # Seconds for each command.
# Streams that are not read from the made-up API: looking at a job takes time, which moves the clock of one of the two mocks.
JOBS = {"salesforce": {"tasks", "leads"}}


def plain(value):
    """A value without TLS, so that a proxy sees the requests."""
    return json.loads(json.dumps(value).replace("https://", "http://"))


def merged(below, above):
    """A config laid over another one, as tests do."""
    return {**below, **above}


class Mock:
    """This program's mock, as a process."""

    def __init__(self, program, arguments, environment):
        self.process = subprocess.Popen(
            [program, "mock", *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()

    def put(self, path, value=None):
        request = urllib.request.Request(
            f"{self.address}/mockserver/{path}", method="PUT", data=json.dumps(value).encode() if value is not None else b"")
        # Not through the proxy, which it is itself.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=TIME_LIMIT) as answer:
            return answer.read()

    def requests(self):
        """Method, path and query of all requests since the last reset."""
        found = []
        for request in json.loads(self.put("retrieve?type=REQUESTS&format=JSON")):
            query = request.get("queryStringParameters", {})
            if isinstance(query, list):
                query = {member["name"]: member["values"] for member in query}
            path, _, rest = request["path"].partition("?")
            query = {name: values[0] if isinstance(values, list) else values for name, values in query.items()}
            found.append((request.get("method", "GET"), path, query or dict(parse_qsl(rest))))
        return found

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait()


class Reference:
    """The reference as a process that runs commands, each in a child, at a time that stands still."""

    def __init__(self, home, environment):
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, str(CONFORMANCE / "reference_worker.py")], env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)

    def run(self, command, files):
        """What a command writes. `files` has `manifest.yaml`, and what else it takes."""
        work = Path(tempfile.mkdtemp(dir=self.home))
        write(work, files)
        order = {
            "args": arguments(command, work, files), "manifest": str(work / "manifest.yaml"), "cwd": str(work),
            "package": str(work), "has_components": False, "moving_clock": True,
        }
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        self.process.stdout.readline()
        text = (work / "stdout").read_text("utf-8")
        shutil.rmtree(work)
        return text

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def write(folder, files):
    for name, value in files.items():
        (folder / name).write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")


def arguments(command, folder, files):
    found = [command]
    for name in ("config", "catalog", "state"):
        if command != "spec" and f"{name}.json" in files and (name == "config" or command == "read"):
            found += [f"--{name}", str(folder / f"{name}.json")]
    return found


class Example:
    """One connector's folder."""

    def __init__(self, folder, tools):
        self.folder, self.tools = folder, tools
        self.manifest = (folder / "manifest.yaml").read_text("utf-8").replace("https://", "http://")
        self.tests = yaml.safe_load((folder / "tests.yaml").read_text("utf-8"))
        self.defaults = self.tests.get("defaults", {})
        self.incremental = set()

    def native(self, command, files, environment):
        work = Path(tempfile.mkdtemp(dir=self.tools.home))
        write(work, files)
        # In its own process, the mock has a clock that waits move.
        mock = [] if command == "spec" else ["--mock"]
        text = subprocess.run(
            [self.tools.program, *arguments(command, work, files), "--manifest", str(work / "manifest.yaml"), *mock],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False, timeout=TIME_LIMIT).stdout
        shutil.rmtree(work)
        return text

    def compare(self):
        """Both programs against the same API, which is made up from the manifest."""
        config = plain(self.defaults["config"])
        files = {"manifest.yaml": self.manifest, "config.json": config}
        work = Path(tempfile.mkdtemp(dir=self.tools.home))
        write(work, files)
        found = []
        with Mock(self.tools.program, ["--manifest", str(work / "manifest.yaml"), "--config", str(work / "config.json")],
                  self.tools.environment(self.defaults["now"])) as mock:
            environment = self.tools.environment(self.defaults["now"], mock.address)
            reference = Reference(self.tools.home, environment)

            def both(command, files):
                return Run(self.native(command, files, environment)), Run(reference.run(command, files))

            ours, theirs = both("spec", files)
            if canonical(ours.of("SPEC", "spec")) != canonical(theirs.of("SPEC", "spec")):
                found.append("spec: the two differ")
            ours, theirs = both("check", files)
            if (ours.status, theirs.status) != ("SUCCEEDED", "SUCCEEDED"):
                found.append(f"check: it ends with {ours.status} here, and with {theirs.status} in the reference")
            ours, theirs = both("discover", files)
            if canonical(ours.streams) != canonical(theirs.streams) or not ours.streams:
                found.append("discover: the two differ")
            self.incremental = {name for name, stream in ours.streams.items() if "incremental" in stream["supported_sync_modes"]}
            files["catalog.json"] = self.catalog([name for name in ours.streams if name not in JOBS.get(self.folder.name, ())])
            ours, theirs = both("read", files)
            counts = {name: len(records) for name, records in sorted(ours.records.items())}
            for name in files["catalog.json"]["streams"]:
                name = name["stream"]["name"]
                one, other = ours.records.get(name, []), theirs.records.get(name, [])
                if sorted(map(canonical, one)) != sorted(map(canonical, other)):
                    found.append(f"read: the {len(one)} records of {name} differ from the {len(other)} of the reference")
                if not one:
                    found.append(f"read: there is no record of {name}")
                one, other = ours.states.get(name), theirs.states.get(name)
                if canonical(comparable(one)) != canonical(comparable(other)):
                    found.append(f"read: the state of {name} is {one} here, and {other} in the reference")
            if ours.errors or theirs.errors:
                found.append(f"read: streams failed, {ours.errors} here, {theirs.errors} in the reference")
            reference.close()
        shutil.rmtree(work)
        return found, counts

    def catalog(self, names):
        return {"streams": [
            {"stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
             "sync_mode": "incremental" if name in self.incremental else "full_refresh", "destination_sync_mode": "append"}
            for name in names]}

    def check_tests(self, mock):
        """The tests of `tests.yaml` with the reference. Returns how many there are, and what does not hold."""
        workers, found, count = {}, [], 0
        for test in self.tests["tests"]:
            traffic = test.get("traffic", [])
            if not isinstance(traffic, list) or test.get("command") == "spec":
                continue
            count += 1
            now = test.get("now", self.defaults.get("now"))
            if now not in workers:
                workers[now] = Reference(self.tools.home, self.tools.environment(now, mock.address))
            files = {
                "manifest.yaml": self.manifest,
                "config.json": plain(merged(self.defaults.get("config", {}), test.get("config", {}))),
                "catalog.json": self.catalog(test.get("streams", [])),
            }
            if "state" in test:
                files["state.json"] = [
                    {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": state}}
                    for name, state in test["state"].items()]
            mock.put("reset")
            if traffic:
                mock.put("expectation", plain(traffic))
            run = Run(workers[now].run(test.get("command", "read"), files), mock.requests())
            found += [f"{test['name']}: {failure}" for failure in failures(plain(test.get("expect", {})), run)]
        for worker in workers.values():
            worker.close()
        return count, found


def comparable(state):
    """A state without what depends on the time that a run takes."""
    if isinstance(state, dict):
        return {key: comparable(value) for key, value in state.items() if key != "lookback_window"}
    if isinstance(state, list):
        return sorted((comparable(element) for element in state), key=canonical)
    return state


class Tools:
    """The two programs, a folder for what they need, and the means to stop their clocks."""

    def __init__(self, program, home):
        self.program, self.home = os.path.abspath(program), home
        self.clock = os.path.join(home, "clock.so")
        compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
        if not compiler:
            sys.exit("A C compiler (cc, gcc or clang) is needed to stop clocks.")
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", self.clock, CONFORMANCE / "clock.c"], check=True)

    def environment(self, now, proxy=None):
        """The variables of a process whose clock stands at a time."""
        moment = datetime.fromisoformat(now.replace("Z", "+00:00"))
        found = {
            "PATH": os.environ["PATH"], "HOME": self.home, "TMPDIR": self.home, "TZ": "UTC", "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1", "LD_PRELOAD": self.clock, "CONFORMANCE_CLOCK": str(int(moment.timestamp()) * 10**9),
        }
        return found | ({"http_proxy": proxy} if proxy else {})


def compared(folder, tools):
    """How many records each stream has, how many tests there are, and what is not the same."""
    example = Example(folder, tools)
    found, counts = example.compare()
    empty = Path(tools.home) / f"{folder.name}.json"
    empty.write_text("[]", "utf-8")
    with Mock(tools.program, [str(empty)], tools.environment(example.defaults["now"])) as mock:
        tests, failed = example.check_tests(mock)
    return counts, tests, found + failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program")
    parser.add_argument("--jobs", type=int, default=2, help="how many folders are compared at the same time")
    parser.add_argument("--only", nargs="*", help="names of folders")
    parser.add_argument("-v", "--verbose", action="store_true", help="show how many records were compared")
    options = parser.parse_args()
    folders = sorted(path.parent for path in (ROOT / "manifests").glob("*/manifest.yaml"))
    folders = [folder for folder in folders if not options.only or folder.name in options.only]
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(options.jobs) as pool:
        tools = Tools(options.program, home)
        wrong = 0
        for folder, (counts, tests, found) in zip(folders, pool.map(lambda folder: compared(folder, tools), folders)):
            wrong += len(found)
            print(f"{folder.name}: {sum(counts.values())} records of {len(counts)} streams, {tests} tests with the reference" +
                  ("" if found else ", all the same"), flush=True)
            if options.verbose:
                print(f"  {counts}")
            for failure in found:
                print(f"  {failure}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
