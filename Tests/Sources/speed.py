#!/usr/bin/env python3
"""How fast records of a program are passed on: megabytes of its output a second of this program's processor time.

    speed.py PROGRAM [--megabytes N]

The program that is read is `cat`. PROGRAM should be a release build.
"""

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

SPEC = {"type": "SPEC", "spec": {"connectionSpecification": {"type": "object", "properties": {}}}}
STREAM = {
    "name": "orders",
    "json_schema": {"type": "object", "properties": {"id": {"type": "integer"}}},
    "supported_sync_modes": ["full_refresh"],
}


def record(number: int) -> str:
    data = {
        "id": number, "customer": f"customer {number % 977}", "price": 12.5, "note": "größer als gedacht",
        "lines": [{"sku": f"sku-{number % 83}", "count": 3}, {"sku": "sku-0", "count": 1}], "paid": number % 2 == 0,
    }
    message = {"type": "RECORD", "record": {"stream": "orders", "data": data, "emitted_at": 1700000000000}}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", type=Path)
    parser.add_argument("--megabytes", type=int, default=600)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        piece = "".join(record(number) + "\n" for number in range(10_000)).encode()
        count = max(1, given.megabytes * 1_000_000 // len(piece))
        with (folder / "records.jsonl").open("wb") as file:
            for _ in range(count):
                file.write(piece)
        catalog = {"type": "CATALOG", "catalog": {"streams": [STREAM]}}
        (folder / "source.sh").write_text(
            f"case $1 in spec) echo '{json.dumps(SPEC)}' ;; discover) echo '{json.dumps(catalog)}' ;; read) exec cat records.jsonl ;; esac\n")
        (folder / "manifest.yaml").write_text("type: ProcessSource\ncommand: [sh, source.sh]\nspec: {connection_specification: {type: object}}\n")
        (folder / "config.json").write_text("{}")
        (folder / "catalog.json").write_text(
            json.dumps({"streams": [{"stream": STREAM, "sync_mode": "full_refresh", "destination_sync_mode": "append"}]}))
        words = [str(given.program.resolve()), "read", "--config", "config.json", "--catalog", "catalog.json"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.monotonic()
        with open(os.devnull, "wb") as nothing:
            subprocess.run(words, cwd=folder, stdout=nothing, stderr=subprocess.DEVNULL, check=True)
        wall = time.monotonic() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        # That of `cat` is in it: what it takes is little.
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        size = count * len(piece) / 1e6
        print(f"{size:.0f} MB, {count * 10_000} records: {size / seconds:.0f} MB a second of processor time, {size / wall:.0f} MB/s")


if __name__ == "__main__":
    main()
