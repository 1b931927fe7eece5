#!/usr/bin/env python3
"""Records reads of the bookshop, ends its API, and replays them: every replay must print the same bytes.

    replays.py BINARY EXAMPLE_API [--runs 100] [--jobs 4]

One read succeeds, one is refused by the API. Several replays run at the same time, so that none has the machine for itself, and
--runs counts those of the first read.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SHOP = Path(__file__).resolve().parents[2] / "manifests" / "bookshop"
SECONDS = 300


class Shop:
    """The bookshop's API and a folder with configurations for it."""

    def __init__(self, program):
        self.process = subprocess.Popen([program, "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        if not self.address.startswith("http"):
            raise SystemExit(f"{program} does not say where it is: {self.address!r}")

    def config(self, folder, name, change=lambda config: None):
        config = json.loads((SHOP / "config.json").read_text().replace("http://127.0.0.1:18100", self.address))
        change(config)
        path = folder / name
        path.write_text(json.dumps(config))
        return path

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def read(binary, config, *options):
    command = [binary, "read", SHOP / "manifest.yaml", "--config", config, "--catalog", SHOP / "catalog.json", *options]
    done = subprocess.run(command, capture_output=True, timeout=SECONDS)
    return done.returncode, done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("api")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=4)
    args = parser.parse_args()
    failures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shop = Shop(args.api)
        try:
            good = shop.config(folder, "config.json")
            refused = shop.config(folder, "refused.json", lambda config: config.update(token="made-up"))
            runs = [(good, "good.har.gz", 0, args.runs), (refused, "refused.har", 1, max(1, args.runs // 10))]
            recorded = {file: read(args.binary, config, "--record", folder / file) for config, file, _, _ in runs}
        finally:
            shop.close()

        for config, file, status, count in runs:
            if recorded[file][0] != status or b'"type":"TRACE"' not in recorded[file][1]:
                failures.append(f"{file}: the read ended with {recorded[file][0]}, not with {status}")
            with ThreadPoolExecutor(args.jobs) as pool:
                results = list(pool.map(lambda _: read(args.binary, config, "--replay", folder / file), range(count)))
            wrong = [index for index, result in enumerate(results) if result != recorded[file]]
            if wrong:
                failures.append(f"{file}: {len(wrong)} of {count} replays differ, the first of them number {wrong[0] + 1}")
            print(f"{file}: {len(recorded[file][1].splitlines())} lines, {count - len(wrong)} of {count} replays are the same bytes")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
