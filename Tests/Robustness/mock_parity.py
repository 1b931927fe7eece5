#!/usr/bin/env python3
"""Reads public manifests by the mock that is made up from them, and says which streams got no record.

    mock_parity.py --bin .build/debug/airbyte-lowcode --cases FOLDER [--only NAME ...] [--config] [--jobs 2] [-v]

FOLDER has a folder for each manifest, with `manifest.yaml` and, for --config, `config.json`. A manifest counts as read where each of
its streams gave at least one record. Nothing is asked of the network.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile
import time


def run(program, command, case, arguments, timeout):
    line = [program, command, str(case / "manifest.yaml"), "--mock", *arguments]
    try:
        done = subprocess.run(line, capture_output=True, timeout=timeout, cwd=tempfile.gettempdir())
        return done.returncode, done.stdout, False
    except subprocess.TimeoutExpired as error:
        return -1, error.stdout or b"", True


def messages(output):
    for line in output.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def examine(program, case, use_config, timeout):
    arguments = ["--config", str(case / "config.json")] if use_config else []
    started = time.monotonic()
    _, output, _ = run(program, "discover", case, arguments, timeout)
    wanted, failure = None, ""
    for message in messages(output):
        if message.get("type") == "CATALOG":
            wanted = [stream["name"] for stream in message["catalog"]["streams"]]
        elif message.get("type") == "TRACE" and "error" in message["trace"]:
            failure = message["trace"]["error"]["message"]
    if wanted is None:
        return case.name, None, {"": failure or "no catalog"}, time.monotonic() - started
    code, output, is_late = run(program, "read", case, arguments, timeout)
    counts, reasons = collections.Counter(), {}
    for message in messages(output):
        kind = message.get("type")
        if kind == "RECORD":
            counts[message["record"]["stream"]] += 1
        elif kind == "TRACE" and "error" in message["trace"]:
            error = message["trace"]["error"]
            name = (error.get("stream_descriptor") or {}).get("name", "")
            reasons.setdefault(name, error["message"])
        elif kind == "LOG" and message["log"]["level"] in ("WARN", "ERROR"):
            text = message["log"]["message"]
            for name in wanted:
                if text.startswith(f"Stream {name}:"):
                    reasons.setdefault(name, text)
    missing = {name: reasons.get(name) or reasons.get("") or "no record" for name in wanted if not counts[name]}
    if is_late:
        missing.setdefault("", f"not done after {timeout} s")
    elif code != 0 and not missing:
        missing = {name: text for name, text in reasons.items()} or {"": f"exit status {code}"}
    return case.name, counts, missing, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--cases", required=True, type=pathlib.Path)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--config", action="store_true", help="read with the cases' configs instead of made-up ones")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--least", type=int, default=0, help="how many manifests have to be read for the exit status 0")
    parser.add_argument("-v", action="store_true", help="show the manifests that were read, too")
    options = parser.parse_args()
    program = str(pathlib.Path(options.bin).resolve())
    cases = sorted(path.parent for path in options.cases.glob("*/manifest.yaml"))
    cases = [case for case in cases if not options.only or case.name in options.only]
    if not cases:
        parser.error(f"{options.cases} has no manifest of these names")
    good = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(examine, program, case, options.config, options.timeout) for case in cases]
        for job in jobs:
            name, counts, missing, seconds = job.result()
            if not missing:
                good += 1
                if options.v:
                    print(f"ok   {name} {seconds:.1f} s, {sum(counts.values())} records")
                continue
            print(f"MISS {name} {seconds:.1f} s")
            for stream, reason in list(missing.items())[:12]:
                print(f"     {stream or '(all)'}: {reason[:240]}")
            sys.stdout.flush()
    print(f"{good} of {len(cases)} manifests gave records for all of their streams")
    return 0 if good >= (options.least or len(cases)) else 1


if __name__ == "__main__":
    sys.exit(main())
