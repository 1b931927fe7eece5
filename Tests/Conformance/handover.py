#!/usr/bin/env python3
"""Hands states over between `airbyte-lowcode` and the reference, in both directions.

    handover.py BINARY [--only NAME ...]

For each case with the command `resume` both do the read, and from every STATE line that one of them prints the other goes on.
What was printed up to that line and what the other one reads have to be everything, and from the last line the other one has
to do what is recorded for `resume`. BINARY has to be linked against glibc's shared library, so that its clock can be stopped.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from outcome import canonical, differences, facts, grouped, normalised
from record import NOW, Worker, asked_for, environment_path, last_states, merged, run_command, write_inputs
from scripted_api import ScriptedAPI


class Reference:
    name = "the reference"

    def __init__(self, worker, home):
        self.worker, self.home = worker, home

    def read(self, case, api, state):
        return run_command("read", case, api, self.worker, self.home, state)


class Ours:
    name = "airbyte-lowcode"

    def __init__(self, binary, home, python):
        self.binary, self.home = binary, home
        # What runs the components beside a manifest.
        self.python = {"AIRBYTE_ENABLE_UNSAFE_CODE": "true", "AIRBYTE_LOWCODE_PYTHON": str(python)}

    def read(self, case, api, state):
        work = Path(tempfile.mkdtemp(dir=self.home))
        write_inputs(case, api, work)
        args = [self.binary, "read", "--manifest", "manifest.yaml", "--config", "config.json", "--catalog", "catalog.json"]
        if state is not None:
            (work / "state.json").write_text(api.localise(state), "utf-8")
            args += ["--state", "state.json"]
        env = {"LD_PRELOAD": str(Path(self.home) / "clock.so"), "CONFORMANCE_CLOCK": str(NOW), "HOME": str(work), **self.python}
        run = subprocess.run(args, cwd=work, env=env, capture_output=True, text=True)
        lines = api.restore(run.stdout).split("\n")
        messages = [normalised(json.loads(line)) for line in lines if line]
        shutil.rmtree(work)
        return {"messages": grouped([m for m in messages if m]), "requests": merged(api.log, set(), case.about.get("uncounted", [])),
                "exit": run.returncode, "sleeps": [], "said": lines}


def records(lines):
    """The records of lines of a read, by stream and data."""
    messages = (json.loads(line)["record"] for line in lines if line.startswith('{"type":"RECORD"'))
    return {canonical([message["stream"], message["data"]]) for message in messages}


def handed_over(case, giver, taker, api):
    """The number of states that the giver printed, and what is wrong with what the taker made of them."""
    given = case.state
    api.load(case.api)
    first = giver.read(case, api, given)
    lines = first["said"]
    places = [place for place, line in enumerate(lines) if line.startswith('{"type":"STATE"')]
    api.log = []
    # The last states come first: they find the API as the recorded `resume` does.
    problems, resumed = [], {}
    for place in reversed(places):
        states = {s["stream"]["stream_descriptor"]["name"]: s for s in json.loads(given or "[]") + last_states(lines[: place + 1])}
        resumed[place] = taker.read(case, api, json.dumps(list(states.values())))
        api.log = []
    whole = records(lines) | (records(giver.read(case, api, given)["said"]) if first["exit"] else set())
    for place in places:
        lost = whole - records(lines[: place + 1]) - records(resumed[place]["said"])
        problems += [f"lost after line {place + 1} of {giver.name}: {record}" for record in sorted(lost)[:3]]
    partitions = case.about.get("partitions", {})
    expected = facts(case.recorded["resume"], partitions)
    actual = facts(resumed[places[-1]], partitions)
    free = {canonical(request) for times, request in expected["requests"] if times == "any"}
    actual["requests"] = [["any" if canonical(r) in free else times, r] for times, r in actual["requests"]]
    problems += differences(expected, actual)
    return len(places), [f"{giver.name} to {taker.name}: {problem}" for problem in problems]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--only", nargs="+", metavar="NAME", default=[])
    parser.add_argument("--environment", metavar="DIR", help="virtual environment with the reference")
    args = parser.parse_args()
    cases = [case for case in asked_for(args.only) if "resume" in case.about["commands"]]
    if not cases:
        sys.exit("handover: no case")
    home = tempfile.mkdtemp(prefix="handover-")
    environment = environment_path(args.environment)
    worker = Worker(environment, home)
    sides = [Ours(args.binary.resolve(), home, environment / "bin/python"), Reference(worker, home)]
    api, wrong, handed = ScriptedAPI(), 0, [0, 0]
    for case in cases:
        problems = []
        for number, (giver, taker) in enumerate([sides, sides[::-1]]):
            states, found = handed_over(case, giver, taker, api)
            handed[number] += states
            problems += found
        wrong += bool(problems)
        print("WRONG" if problems else "ok   ", case.name, flush=True)
        print("".join(f"    {line}\n" for line in problems[:20]), end="")
    worker.close()
    shutil.rmtree(home, ignore_errors=True)
    print(f"{len(cases)} cases, {handed[0]} states from {sides[0].name} and {handed[1]} from {sides[1].name}, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
