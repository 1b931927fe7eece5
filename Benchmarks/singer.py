#!/usr/bin/env python3
"""Measures how fast the output of a tap is passed on: the tap is `cat`, the reader throws everything away.

    singer.py PROGRAM [--megabytes 1000] [--runs 3]

Prints megabytes of tap output a second, by the processor time of the program and by the clock.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time

CATALOG = {"streams": [{
    "tap_stream_id": "orders", "stream": "orders", "key_properties": ["id"],
    "schema": {"properties": {name: {} for name in ("id", "name", "price", "changed", "flags", "address")}}, "metadata": []}]}


def lines(form):
    """A megabyte of records, as json.dumps writes them or compact as the SDK does."""
    separators = (", ", ": ") if form == "spaced" else (",", ":")
    text, number = [], 0
    while sum(map(len, text)) < 1 << 20:
        number += 1
        text.append(json.dumps({
            "type": "RECORD", "stream": "orders", "record": {
                "id": number, "name": f"Order {number} of \u00e9 \"x\"", "price": number / 100, "changed": "2024-01-02T03:04:05.678901+00:00",
                "flags": [True, False, None], "address": {"street": "Elm Street 5, back of the yard", "city": "Springfield", "zip": "01234"}},
            "time_extracted": f"2024-01-02T03:04:05.{number % 1_000_000:06}Z"}, separators=separators) + "\n")
    return "".join(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory(prefix="singer-bench-") as folder:
        def write(name, text):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        write("catalog.json", json.dumps(CATALOG))
        write("config.json", "{}")
        write("tap.sh", '#!/bin/sh\ncase "$*" in *--discover*) exec cat catalog.json ;; *) exec cat lines ;; esac\n')
        os.chmod(os.path.join(folder, "tap.sh"), 0o755)
        write("manifest.yaml", json.dumps({
            "version": "1.0.0", "type": "SingerSource", "tap": {"command": ["./tap.sh"]},
            "spec": {"connection_specification": {"type": "object"}}}))
        for form in ("spaced", "compact"):
            part = lines(form)
            with open(os.path.join(folder, "lines"), "w", encoding="utf-8") as file:
                for _ in range(options.megabytes):
                    file.write(part)
            size = os.path.getsize(os.path.join(folder, "lines")) / 1e6
            results = []
            for _ in range(options.runs):
                begin = time.monotonic()
                with open(os.devnull, "wb") as nowhere:
                    process = subprocess.Popen([program, "read", "--config", "config.json"], cwd=folder, stdout=nowhere)
                    _, status, usage = os.wait4(process.pid, 0)
                assert status == 0, status
                # The time of the tap is part of it.
                results.append((size / (usage.ru_utime + usage.ru_stime), size / (time.monotonic() - begin), usage.ru_maxrss // 1024))
            best = max(results)
            print(f"{form:8} {best[0]:7.0f} MB/s of processor time  {max(result[1] for result in results):7.0f} MB/s by the clock  {best[2]} MB")


if __name__ == "__main__":
    main()
