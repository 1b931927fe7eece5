#!/usr/bin/env python3
"""Counts the instructions of small fixed reads, and compares them with what is recorded in instructions.json.

    instructions.py --bin .build/release            ends with 1 where a count is more than 5 % off
    instructions.py --bin .build/release --record   records the counts

Counted by valgrind's callgrind, so that neither the load nor the speed of the machine plays a part; repeated counts differ by less
than 0.1 %. What counts depends on the compiler and the C library, so a record names both: with others the counts are printed and not
judged. Then, or where a change is meant to cost more, record anew on the machine that runs the check, and say why in the commit.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import workloads

HERE = Path(__file__).resolve().parent
RECORD = HERE / "instructions.json"
TOLERANCE = 0.05
# By name: the manifest, and the number of pages of 100 records.
READS = {"start": (workloads.PLAIN, 1), "plain": (workloads.PLAIN, 100), "transform": (workloads.TRANSFORM, 40)}


def surroundings():
    """What the counts depend on besides the code."""
    version = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    swift = re.search(r"Swift version \S+", version)
    cpu = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    vectors = [flag for flag in ("avx2", "avx512vl") if cpu and flag in cpu.group(1).split()]
    return {
        "swift": swift.group(0) if swift else "unknown", "libc": " ".join(platform.libc_ver()),
        "machine": " ".join([platform.machine(), *vectors]),
    }


def count(program, scratch, manifest, pages):
    """The instructions of one read."""
    config = {"base_url": "https://api.example.com", "folder": "records", "account": "acme"}
    stream = {"name": "records", "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]}
    mode = "incremental" if "incremental_sync" in manifest["streams"][0] else "full_refresh"
    catalog = {"streams": [{"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"}]}
    paths = []
    for name, value in (("manifest", manifest), ("config", config), ("catalog", catalog)):
        paths.append(scratch / f"{name}.json")
        paths[-1].write_text(json.dumps(value))
    command = [
        "valgrind", "--tool=callgrind", f"--callgrind-out-file={scratch}/callgrind.out", program, *paths, str(pages),
    ]
    # One thread at a time, and hashes that are the same in each run.
    env = {**os.environ, "LIBDISPATCH_COOPERATIVE_POOL_STRICT": "1", "SWIFT_DETERMINISTIC_HASHING": "1"}
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env, text=True, timeout=300)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        sys.exit(f"instructions: the read could not be counted\n{done.stderr[-2_000:]}")
    return int(found.group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=HERE.parent / ".build/release", type=Path, help="the folder of the built programs")
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    recorded = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    here = surroundings()
    with tempfile.TemporaryDirectory(prefix="instructions-") as scratch:
        scratch = Path(scratch)
        # Valgrind cannot read the debug information of this compiler.
        program = scratch / "bench-instructions"
        subprocess.run(["strip", "-g", "-o", program, args.bin / "bench-instructions"], check=True)
        counts = {name: count(program, scratch, manifest, pages) for name, (manifest, pages) in READS.items()}
    if args.record:
        RECORD.write_text(json.dumps({"surroundings": here, "instructions": counts}, indent=2) + "\n")
    is_comparable = recorded.get("surroundings") == here
    failed = False
    for name, found in counts.items():
        known = recorded.get("instructions", {}).get(name)
        change = (found - known) / known if known else 0
        print(f"{name:<10} {found:>14,} instructions" + (f", {change:+.2%} against the record" if known else ", not recorded"))
        failed = failed or known is None or abs(change) > TOLERANCE
    if args.record:
        return 0
    if not is_comparable:
        print(f"The record is of {recorded.get('surroundings')}, this is {here}: not judged. `make instructions-record` records anew.")
        return 0
    if failed:
        print("More than 5 % off: find out why, or record anew with `make instructions-record` and say why in the commit.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
