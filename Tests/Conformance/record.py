#!/usr/bin/env python3
"""Records what the reference, airbyte-cdk, does for the conformance cases.

    record.py                      record every case
    record.py --only NAME ...      record these: "feature/case", all of "feature/rule.yaml", or a whole "feature"
    record.py --missing            record those that have no answers yet
    record.py --check              compare with what is recorded instead of writing

What stands in a file before `recorded:` stays as it is. The reference is installed into a virtual environment outside the
repository: ../cdk beside it where that exists, else a cache directory (--environment names another). Needs Python 3.10 or newer,
PyYAML and a C compiler.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from cases import HERE, all_cases, record
from outcome import differences, facts, grouped, normalised
from scripted_api import Request, ScriptedAPI

REPOSITORY = HERE.parents[1]
REFERENCE = "airbyte-cdk==7.39.1"
NOW = 1_740_830_400_123_456_000  # 2025-03-01T12:00:00.123456Z in nanoseconds since 1970


class Worker:
    """The process that has the reference loaded."""

    def __init__(self, environment, home):
        library = Path(home) / "clock.so"
        compiler = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
        if not compiler:
            sys.exit("record: a C compiler (cc, gcc or clang) is needed to stop the reference's clock")
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, HERE / "clock.c"], check=True)
        env = {
            "PATH": os.environ["PATH"], "HOME": home, "TMPDIR": home, "TZ": "UTC", "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LD_PRELOAD": str(library), "CONFORMANCE_CLOCK": str(NOW),
        }
        command = [environment / "bin/python", HERE / "reference_worker.py"]
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, order):
        """The exit status of a command."""
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def environment_path(named):
    """The virtual environment with the reference, made when it is missing."""
    beside = REPOSITORY.parent / "cdk"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "airbyte-lowcode" / REFERENCE
    path = Path(named) if named else beside if beside.exists() else cache
    if not (path / "bin/python").exists():
        print(f"installing {REFERENCE} into {path}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", path], check=True)
        subprocess.run([path / "bin/pip", "install", "--quiet", REFERENCE], check=True)
    return path


def run_commands(case, api, worker, home):
    """What the reference did, by command; `resume` is a read from the states that `read` left, and finds the API as that left it."""
    results = {}
    for command in case.about["commands"]:
        state = None
        if command == "resume":
            api.log = []
            state = json.dumps(last_states(results["read"]["said"]))
        else:
            api.load(case.api)
            if command == "read":
                state = case.state
        results[command] = run_command(command, case, api, worker, home, state)
    return results


def last_states(lines):
    """A state file of the last states that lines of a read hold."""
    states = {}
    for line in lines:
        if line.startswith('{"type":"STATE"'):
            stream = json.loads(line)["state"]["stream"]
            states[stream["stream_descriptor"]["name"]] = {"type": "STREAM", "stream": stream}
    return list(states.values())


def run_command(command, case, api, worker, home, state=None):
    """What the reference did: {"messages", "requests", "exit", "sleeps", "said"}."""
    work, package = Path(tempfile.mkdtemp(dir=home)), Path(tempfile.mkdtemp(dir=home))
    case.write_files(package)
    write_inputs(case, api, work)
    args = ["read" if command == "resume" else command]
    if command != "spec":
        args += ["--config", str(work / "config.json")]
    if args[0] == "read":
        args += ["--catalog", str(work / "catalog.json")]
        if state is not None:
            (work / "state.json").write_text(api.localise(state), "utf-8")
            args += ["--state", str(work / "state.json")]
    status = worker.run({"args": args, "manifest": str(work / "manifest.yaml"), "cwd": str(work), "package": str(package),
                         "has_components": case.components is not None, "moving_clock": case.about.get("moving_clock", False)})
    lines = api.restore((work / "stdout").read_text("utf-8")).split("\n")
    messages = [normalised(json.loads(line)) for line in lines if line.startswith("{")]
    result = {
        "messages": grouped([m for m in messages if m]),
        "requests": merged(api.log, cached_requests(work, api), case.about.get("uncounted", [])),
        "exit": status,
        "sleeps": json_lines(work / "sleeps"),
        "said": lines + (work / "stderr").read_text("utf-8").splitlines(),
    }
    shutil.rmtree(work)
    shutil.rmtree(package)
    return result


def write_inputs(case, api, work):
    """Writes the files that a command is given, but for the state."""
    inputs = {
        "manifest.yaml": case.manifest, "components.py": case.components, "config.json": case.config, "catalog.json": case.catalog,
    }
    for name, text in inputs.items():
        if text is not None:
            (work / name).write_text(api.localise(text), "utf-8")


def json_lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line] if path.exists() else []


def cached_requests(work, api):
    """(method, path, query) of the requests that went through the response cache."""
    found = set()
    for method, url in json_lines(work / "cached"):
        parts = urlsplit(url)
        request = Request(method, f"{parts.path}?{parts.query}", [], b"")
        found.add((method, request.path, tuple(sorted(request.query))))
    return found


def merged(log, cached, uncounted):
    """The requests, each once, with "times" where that is not 1, and "any" where it is free: from a cache or to those paths."""
    entries = {}
    for entry in log:
        times, _ = entries.get(json.dumps(entry), (0, None))
        entries[json.dumps(entry)] = (times + 1, entry)
    out = []
    for times, entry in entries.values():
        key = (entry["method"], entry["path"], tuple(map(tuple, entry.get("query", []))))
        free = key in cached or entry["path"] in uncounted
        out.append({**entry, "times": "any"} if free else {**entry, "times": times} if times > 1 else entry)
    return out


def treat(case, args, api, worker, home):
    """Record or check one case; returns the lines that say what is wrong."""
    commands, partitions = case.about["commands"], case.about.get("partitions", {})
    first, second = (run_commands(case, api, worker, home) for _ in range(2))
    if args.verbose:
        for command in commands:
            print(*(f"    {command}: {line}" for line in first[command]["said"]), sep="\n")

    def form(results):
        return {c: facts(r, partitions) for c, r in results.items()}

    problems = [f"two runs differ at {line}" for line in differences(form(first), form(second))]
    failed = {c for c in commands if first[c]["exit"] != 0}
    for command in failed.symmetric_difference(case.about.get("fails", [])):
        problems.append(f"{command} ends with {first[command]['exit']}, which the case does not say in `fails`")
        problems += [line[:1500] for line in first[command]["said"][-5:]]
    is_recorded = case.recorded is not None and list(case.recorded) == commands
    changes = list(differences(form(case.recorded), form(first))) if is_recorded else ["nothing recorded"]
    if args.check:
        return problems + changes
    if changes and not problems:
        record(case.file, {case.short_name: first})
    return problems


def asked_for(only):
    """The cases of these names, or of these files or features, or all cases; by name."""
    return [
        case for name, case in sorted(all_cases().items())
        if not only or {name, case.file.parent.name, f"{case.file.parent.name}/{case.file.name}"} & set(only)
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", default=[])
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--environment", metavar="DIR", help="virtual environment with the reference")
    parser.add_argument("-v", "--verbose", action="store_true", help="print what the reference said")
    args = parser.parse_args()
    cases = asked_for(args.only)
    if args.missing:
        cases = [case for case in cases if case.recorded is None]
    if not cases:
        sys.exit("record: no case to record")
    home = tempfile.mkdtemp(prefix="conformance-")
    api = ScriptedAPI()
    worker = Worker(environment_path(args.environment), home)
    wrong = 0
    for case in cases:
        problems = treat(case, args, api, worker, home)
        wrong += bool(problems)
        print("WRONG" if problems else "ok   ", case.name, flush=True)
        print("".join(f"    {line}\n" for line in problems[:40]), end="")
    worker.close()
    shutil.rmtree(home, ignore_errors=True)
    print(f"{len(cases)} cases, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
