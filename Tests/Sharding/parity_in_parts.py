#!/usr/bin/env python3
"""Reads public manifests whole and in parts, and compares what comes out.

    parity_in_parts.py --bin PROGRAM --parity FOLDER [--only NAME ...] [--parts 1,2,3,7] [--jobs 2] [--least N] [-v]

FOLDER is the parity suite: `cases/NAME/{manifest.yaml,config.json,catalog.json,plan.json}`, and the deterministic API in `server.py`
that answers by the plan. Each case is read once whole, and for each number of parts it is divided by `shard`, read by `read --part`, and
its states are put together by `state merge`. A case is equal where

- the records of all parts are those of the whole read, each as often,
- the state is that of the whole read (durations that were measured are not compared),
- parts that were read twice give the same,
- and the next read from either state makes the same requests.

The same is done with a read that continues from the state. Nothing leaves the machine.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import shutil
import sys
import tempfile
import time


class Case:
    """A case with its API, in a folder of its own."""

    def __init__(self, folder, lane, work):
        import harness

        self.harness, self.lane, self.work = harness, lane, work
        for name in ("manifest.yaml", "config.json", "catalog.json"):
            (work / name).write_text(lane._to_port((folder / name).read_text("utf-8")), "utf-8")
        self.plan = json.loads((folder / "plan.json").read_text("utf-8"))

    def run(self, *arguments, fresh=True):
        """What a command printed, and the requests that it made."""
        if fresh:
            self.lane.server.load(self.plan)
        before = 0 if fresh else len(self.lane.server.log)
        text, code, timed_out = self.lane.runner.run([str(a) for a in arguments], self.work, self.lane.timeout)
        return self.harness.Output(text, code, timed_out), self.lane.server.log[before:], text

    def files(self):
        return ["--manifest", self.work / "manifest.yaml", "--config", self.work / "config.json"]

    def states(self, out):
        """The last state of each stream."""
        states = {}
        for state in out.of("STATE"):
            states[state["stream"]["stream_descriptor"]["name"]] = state["stream"].get("stream_state")
        return states

    def list_of(self, states):
        return [
            {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": state}} for name, state in sorted(states.items())
        ]

    def whole(self, state=None):
        arguments = ["read", *self.files(), "--catalog", self.work / "catalog.json"]
        return self.run(*arguments, *(["--state", state] if state else []))

    def divided(self, count, state=None):
        """The outputs of the parts, the merged states, the requests, and what went wrong."""
        parts, outputs = self.work / f"parts-{count}", self.work / f"outputs-{count}"
        shutil.rmtree(outputs, ignore_errors=True)
        outputs.mkdir()
        arguments = ["shard", *self.files(), "--catalog", self.work / "catalog.json", "--parts", count, "-o", parts, "--format", "json"]
        out, log, text = self.run(*arguments, *(["--state", state] if state else []))
        if out.code:
            return None, None, None, [f"shard ended with {out.code}: {(self.work / 'stderr').read_text()[-300:]}"]
        index = json.loads(text)
        requests, records, problems = list(log), [], []
        for part in index["parts"]:
            out, log, text = self.run("read", *self.files(), "--part", parts / part["file"], fresh=False)
            requests += log
            records += [canonical(record) for record in out.of("RECORD")]
            (outputs / f"{part['number']:04}.jsonl").write_text(text, "utf-8")
            if out.code:
                problems.append(f"part {part['number']} ended with {out.code}: {out.reasons()}")
        merged = self.work / f"merged-{count}.json"
        out, _, text = self.run("state", "merge", parts, outputs, "-o", merged, "--require-all", fresh=False)
        if out.code:
            return None, None, None, problems + [f"merge ended with {out.code}: {(self.work / 'stderr').read_text()[-300:]}"]
        states = {s["stream"]["stream_descriptor"]["name"]: s["stream"]["stream_state"] for s in json.loads(merged.read_text())}
        return index, records, states, problems


def canonical(record):
    return json.dumps([record["stream"], record["data"]], sort_keys=True, ensure_ascii=False)


def difference(own, whole):
    own, whole = collections.Counter(own), collections.Counter(whole)
    return f"{sum((whole - own).values())} are missing, such as {list(whole - own)[:1]}, {sum((own - whole).values())} too many"


def compare(case, counts, state, verbose):
    """What differs, and in how many parts the case was divided at most."""
    harness = case.harness
    whole, _, _ = case.whole(state)
    if whole.code or whole.timed_out:
        return None, 0
    given = {}
    if state:
        given = {s["stream"]["stream_descriptor"]["name"]: s["stream"]["stream_state"] for s in json.loads(state.read_text())}
    wanted = {**given, **case.states(whole)}
    problems, most = [], 0
    for count in counts:
        index, records, states, own = case.divided(count, state)
        problems += [f"{count} parts: {problem}" for problem in own]
        if records is None:
            continue
        most = max(most, sum(1 for part in index["parts"] if part["slices"] or part["whole_streams"]))
        expected = [canonical(record) for record in whole.of("RECORD")]
        if sorted(records) != sorted(expected):
            problems.append(f"{count} parts: {difference(records, expected)}")
        if harness.canonical(harness.normal_state(states)) != harness.canonical(harness.normal_state(wanted)):
            for name in sorted(set(states) | set(wanted)):
                one, other = harness.normal_state(states.get(name)), harness.normal_state(wanted.get(name))
                if harness.canonical(one) != harness.canonical(other):
                    problems.append(f"{count} parts: the state of {name} is {json.dumps(one)[:300]} instead of {json.dumps(other)[:300]}")
        if count == counts[-1] and not state:
            requests = []
            for number, value in enumerate((wanted, states)):
                file = case.work / f"next-{number}.json"
                file.write_text(json.dumps(case.list_of(value)))
                requests.append(harness.canonical(harness.requests_result(case.whole(file)[1])))
            if requests[0] != requests[1]:
                problems.append(f"{count} parts: the next read makes other requests")
    return problems, most


def try_case(folder, lane, counts, verbose):
    home = pathlib.Path(tempfile.mkdtemp(prefix="parts-"))
    try:
        work = home / folder.name
        work.mkdir()
        case = Case(folder, lane, work)
        first, most = compare(case, counts, None, verbose)
        if first is None:
            return None, 0
        # The same from where the read ended, and from halfway.
        out, _, _ = case.whole()
        file = work / "given.json"
        file.write_text(json.dumps(case.list_of(case.states(out))))
        second, again = compare(case, counts[-1:], file, verbose)
        return first + [f"continued, {problem}" for problem in second or []], max(most, again)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--parity", required=True, type=pathlib.Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--parts", default="1,2,3,7")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--least", type=int, default=0, help="how many cases have to be equal")
    parser.add_argument("-v", dest="verbose", action="store_true")
    options = parser.parse_args()
    sys.path.insert(0, str(options.parity.resolve()))
    import harness

    counts = [int(count) for count in options.parts.split(",")]
    cases = sorted(path for path in (options.parity / "cases").iterdir() if (path / "plan.json").exists())
    cases = [case for case in cases if not options.only or case.name in options.only]
    harness.clock_library()
    lanes = [harness.Lane(harness.BinaryRunner(options.bin)) for _ in range(options.jobs)]
    begun, equal, different, failing, divided = time.monotonic(), 0, 0, 0, 0
    free = list(lanes)

    def work(folder):
        lane = free.pop()
        try:
            return folder.name, try_case(folder, lane, counts, options.verbose)
        finally:
            free.append(lane)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for name, (problems, most) in pool.map(work, cases):
            if problems is None:
                failing += 1
                print(f"none {name}: the whole read fails, as it is meant to, so that there is nothing to compare")
            elif problems:
                different += 1
                print(f"FAIL {name}")
                for problem in problems[: None if options.verbose else 4]:
                    print(f"    {problem}")
            else:
                equal += 1
                divided += most > 1
                if options.verbose:
                    print(f"ok   {name}, in up to {most} parts")
    print(
        f"{equal} cases are the same in parts ({divided} of them in several), {different} differ, {failing} fail as a whole; "
        f"{time.monotonic() - begun:.0f} s")
    return 0 if different == 0 and equal >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
