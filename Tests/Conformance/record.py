#!/usr/bin/env python3
"""Records what the reference, airbyte-cdk, does for the conformance cases.

    record.py                      record every case
    record.py --only NAME ...      record these: "feature/case" or a whole "feature"
    record.py --missing            record those that have no answers yet
    record.py --check              compare with what is recorded instead of writing

The reference is installed into a virtual environment outside the repository: ../cdk beside it where that exists, else
a cache directory (--environment names another). Needs Python 3.10 or newer and a C compiler.
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

from outcome import differences, facts, grouped, normalised
from scripted_api import Request, ScriptedAPI

HERE = Path(__file__).resolve().parent
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


def run_commands(case, commands, api, worker, home, about):
    """What the reference did, by command; `resume` is a read from the states that `read` left, and finds the API as that left it."""
    results = {}
    for command in commands:
        state = None
        if command == "resume":
            api.log = []
            state = json.dumps(last_states(results["read"]["said"]))
        else:
            api.load((case / "api.json").read_text("utf-8"))
            if command == "read" and (case / "state.json").exists():
                state = (case / "state.json").read_text("utf-8")
        results[command] = run_command(command, case, api, worker, home, about, state)
    return results


def last_states(lines):
    """A state file of the last states that lines of a read hold."""
    states = {}
    for line in lines:
        if line.startswith('{"type":"STATE"'):
            stream = json.loads(line)["state"]["stream"]
            states[stream["stream_descriptor"]["name"]] = {"type": "STREAM", "stream": stream}
    return list(states.values())


def run_command(command, case, api, worker, home, about, state=None):
    """What the reference did: {"messages", "requests", "exit", "sleeps", "said"}."""
    work = Path(tempfile.mkdtemp(dir=home))
    for name in ("manifest.yaml", "config.json", "catalog.json"):
        if (case / name).exists():
            (work / name).write_text(api.localise((case / name).read_text("utf-8")), "utf-8")
    args = ["read" if command == "resume" else command]
    if command != "spec":
        args += ["--config", str(work / "config.json")]
    if args[0] == "read":
        args += ["--catalog", str(work / "catalog.json")]
        if state is not None:
            (work / "state.json").write_text(api.localise(state), "utf-8")
            args += ["--state", str(work / "state.json")]
    status = worker.run({"args": args, "manifest": str(work / "manifest.yaml"), "cwd": str(work), "package": str(case),
                         "moving_clock": about.get("moving_clock", False)})
    lines = api.restore((work / "stdout").read_text("utf-8")).split("\n")
    messages = [normalised(json.loads(line)) for line in lines if line.startswith("{")]
    result = {
        "messages": grouped([m for m in messages if m]),
        "requests": merged(api.log, cached_requests(work, api), about.get("uncounted", [])),
        "exit": status,
        "sleeps": json_lines(work / "sleeps"),
        "said": lines + (work / "stderr").read_text("utf-8").splitlines(),
    }
    shutil.rmtree(work)
    return result


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


def recorded(case, commands):
    """What expected/ holds, in the form of run_command; None where it is incomplete."""
    folder = case / "expected"
    try:
        requests = json.loads((folder / "requests.json").read_text("utf-8"))
        outcome = json.loads((folder / "outcome.json").read_text("utf-8"))
        return {
            command: {
                "messages": json_lines(folder / f"{command}.jsonl"), "requests": requests[command], **outcome[command]
            }
            for command in commands
        }
    except (OSError, KeyError):
        return None


def write(case, results):
    folder = case / "expected"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for command, result in results.items():
        lines = [json.dumps(m, ensure_ascii=False, separators=(",", ":")) + "\n" for m in result["messages"]]
        (folder / f"{command}.jsonl").write_text("".join(lines), "utf-8")
    write_lists(folder / "requests.json", {c: r["requests"] for c, r in results.items()})
    outcome = {c: {"exit": r["exit"], "sleeps": r["sleeps"]} for c, r in results.items()}
    (folder / "outcome.json").write_text(json.dumps(outcome, indent=2) + "\n", "utf-8")


def write_lists(path, lists):
    """JSON with a line for each element of the lists in an object."""
    parts = []
    for name, items in lists.items():
        inner = ",\n    ".join(json.dumps(item, ensure_ascii=False) for item in items)
        parts.append(f"  {json.dumps(name)}: [" + (f"\n    {inner}\n  ]" if items else "]"))
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")


def treat(case, args, api, worker, home):
    """Record or check one case; returns the lines that say what is wrong."""
    about = json.loads((case / "case.json").read_text("utf-8"))
    commands, partitions = about["commands"], about.get("partitions", {})
    first, second = (run_commands(case, commands, api, worker, home, about) for _ in range(2))
    if args.verbose:
        for command in commands:
            print(*(f"    {command}: {line}" for line in first[command]["said"]), sep="\n")

    def form(results):
        return {c: facts(r, partitions) for c, r in results.items()}

    problems = [f"two runs differ at {line}" for line in differences(form(first), form(second))]
    failed = {c for c in commands if first[c]["exit"] != 0}
    for command in failed.symmetric_difference(about.get("fails", [])):
        problems.append(f"{command} ends with {first[command]['exit']}, which case.json does not say in `fails`")
        problems += [line[:1500] for line in first[command]["said"][-5:]]
    before = recorded(case, commands)
    changes = list(differences(form(before), form(first))) if before else ["nothing recorded"]
    if args.check:
        return problems + changes
    if changes and not problems:
        write(case, first)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", default=[])
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--environment", metavar="DIR", help="virtual environment with the reference")
    parser.add_argument("-v", "--verbose", action="store_true", help="print what the reference said")
    args = parser.parse_args()
    cases = sorted(path.parent for path in HERE.glob("*/*/case.json"))
    if args.only:
        cases = [c for c in cases if c.parent.name in args.only or f"{c.parent.name}/{c.name}" in args.only]
    if args.missing:
        cases = [c for c in cases if not (c / "expected/outcome.json").exists()]
    if not cases:
        sys.exit("record: no case to record")
    home = tempfile.mkdtemp(prefix="conformance-")
    api = ScriptedAPI()
    worker = Worker(environment_path(args.environment), home)
    wrong = 0
    for case in cases:
        problems = treat(case, args, api, worker, home)
        wrong += bool(problems)
        print("WRONG" if problems else "ok   ", f"{case.parent.name}/{case.name}", flush=True)
        print("".join(f"    {line}\n" for line in problems[:40]), end="")
    worker.close()
    shutil.rmtree(home, ignore_errors=True)
    print(f"{len(cases)} cases, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
