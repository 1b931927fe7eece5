#!/usr/bin/env python3
"""Measures airbyte-lowcode beside the reference (airbyte-cdk 7.39.1) and beside what is possible at all.

    bench.py --bin .build/release [--only a b …] [--runs 3] [--full] [--reference PYTHON] [--no-reference] [--json FILE]

Pages are generated once into --data, nginx and a slow API of this script's own serve them on free ports of this machine, and each
program reads them to its end while its output is taken through a pipe. Ends with 1 where a target is missed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import measure
import servers
import workloads

HERE = Path(__file__).resolve().parent


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=HERE.parent / ".build/release", type=Path, help="the folder of the built programs")
    parser.add_argument("--only", nargs="+", help="the letters of workloads")
    parser.add_argument("--runs", type=int, default=3, help="the best of so many runs counts (the reference runs once)")
    parser.add_argument("--full", action="store_true", help="let the reference read whole workloads too: some 15 minutes")
    parser.add_argument("--reference", help="a Python interpreter that has the reference (../cdk beside the repository)")
    parser.add_argument("--no-reference", action="store_true")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "airbyte-lowcode-bench")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    return parser.parse_args()


class Bench:
    def __init__(self, args, scratch):
        self.args, self.scratch = args, scratch
        self.missed, self.figures = [], []
        beside = HERE.parents[1] / "cdk/bin/python"
        python = args.reference or (beside if beside.exists() else None)
        self.reference = None if args.no_reference else python

    # ------------------------------------------------------------ programs

    def files(self, workload, amount, url):
        """The options that name a workload's files, which are written now."""
        paths = {}
        config = {"base_url": url, "folder": amount.folder, "account": "acme"}
        catalog = {}
        if workload.manifest:
            catalog = {
                "streams": [
                    {
                        "stream": {"name": workload.stream, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
                        "sync_mode": "incremental" if "incremental_sync" in workload.manifest["streams"][0] else "full_refresh",
                        "destination_sync_mode": "append",
                    }
                ]
            }
        for name, value in (("manifest", workload.manifest), ("config", config), ("catalog", catalog)):
            paths[name] = self.scratch / f"{name}.json"
            paths[name].write_text(json.dumps(value))
        manifest = workload.manifest_file or str(paths["manifest"])
        read = ["--config", str(paths["config"]), "--catalog", str(paths["catalog"])] if workload.command == "read" else []
        return manifest, read

    def ours(self, workload, url, *options):
        manifest, read = self.files(workload, workload.whole, url)
        command = [str(self.args.bin / "airbyte-lowcode"), workload.command, "--manifest", manifest, *read, *options]
        return self.best(command, self.args.runs, workload.whole.written)

    def theirs(self, workload, amount, url, command=None):
        manifest, read = self.files(workload, amount, url)
        command = command or workload.command
        run = [str(self.reference), str(HERE / "reference.py"), manifest, command, *(read if command == "read" else [])]
        return self.best(run, 1, amount.written if command == "read" else 0)

    def best(self, command, runs, records):
        """The best of some runs; the records are counted in a run before them, unless there is but one."""
        first = measure.run(command)
        if first.records != records:
            raise measure.Failed(f"{command[0]} wrote {first.records} records instead of {records}")
        if runs == 1:
            return first
        best = None
        for _ in range(runs):
            result = measure.run(command, counts_records=False)
            if result.lines != first.lines:
                raise measure.Failed(f"{command[0]} wrote {result.lines} lines, and {first.lines} before")
            best = best.best(result) if best else result
        return best

    def floors(self, workload, url):
        """What fetching alone and writing alone take."""
        floor = str(self.args.bin / "bench-floor")
        if workload.command == "spec":
            return [("a process that does nothing", self.best([floor, "nothing"], self.args.runs, 0))]
        rows = []
        amount = workload.whole
        for title, command, things, records in (
            ("URLSession alone", "fetch", [url + path for path in amount.urls], 0),
            ("parse and write alone", "write", amount.files, amount.records),
        ):
            if not things:
                continue
            list_of = self.scratch / "list"
            list_of.write_text("".join(f"{thing}\n" for thing in things))
            rows.append((title, self.best([floor, command, str(list_of)], self.args.runs, records)))
        return rows

    # ------------------------------------------------------------ the table

    HEAD = f"{'':<44}{'wall s':>9}{'CPU s':>9}{'MB':>7}{'records/s':>12}{'MB/s':>8}"

    def row(self, title, result, amount, note=""):
        rates = ""
        if amount.written:
            rates = f"{amount.written / result.wall:>12,.0f}" + (f"{amount.sent / 1e6 / result.wall:>8.1f}" if amount.sent else "")
        print(f"  {title:<42}{result.wall:>9.3f}{result.cpu:>9.3f}{result.memory:>7.0f}{rates}{note}", flush=True)

    def measure(self, workload, nginx, slow):
        url = slow.url if workload.key == "g" else nginx.url
        print(f"\n({workload.key}) {workload.title}\n{self.HEAD}", flush=True)
        figures = {"workload": f"{workload.key}: {workload.title}"}
        ours = None
        # The targets are for the first of them.
        for transport in workload.transports or (None,):
            result = self.ours(workload, url, *(["--transport", transport] if transport else []))
            ours = ours or result
            title = f"airbyte-lowcode{', ' + transport if transport else ''}"
            self.row(title, result, workload.whole)
            figures[title] = asdict(result)
        measured = {"MB": ours.memory, "ms": ours.wall * 1e3}
        for bodies in workload.recorded_bodies:
            # Read again between the recordings, so that both see the same machine.
            plain, recorded = ours, None
            for _ in range(self.args.runs):
                result = self.ours(workload, url, "--record", str(self.scratch / "run.har"), "--record-bodies", bodies)
                plain, recorded = plain.best(self.ours(workload, url)), recorded.best(result) if recorded else result
            title = f"airbyte-lowcode, recorded, bodies: {bodies}"
            self.row(title, recorded, workload.whole)
            figures[title] = asdict(recorded)
            measured[f"× CPU recorded, bodies: {bodies}"] = recorded.cpu / plain.cpu
        if self.reference:
            theirs = self.reference_figures(workload, url, figures)
            measured |= {"× wall": theirs.wall / ours.wall, "× CPU": theirs.cpu / ours.cpu}
        for title, result in self.floors(workload, url):
            self.row(f"floor: {title}", result, workload.whole)
            figures[title] = asdict(result)
        if workload.ideal:
            print(f"  {'floor: waiting alone':<42}{workload.ideal:>9.3f}")
            measured["× ideal"] = ours.wall / workload.ideal
        self.judge(workload, measured, figures)
        self.figures.append(figures)

    def reference_figures(self, workload, url, figures):
        amount = workload.whole if self.args.full or not workload.fraction else workload.fraction
        result = self.theirs(workload, amount, url)
        figures["reference"] = asdict(result) | {"records_read": amount.written}
        if amount is workload.whole:
            self.row("reference", result, amount)
            return result
        factor = workload.whole.sent / amount.sent
        self.row(f"reference, 1/{factor:.0f} of it as measured", result, amount)
        # Its start does not grow with what it reads.
        start = self.theirs(workload, amount, url, command="spec")
        scaled = measure.Measurement(
            start.wall + (result.wall - start.wall) * factor, start.cpu + (result.cpu - start.cpu) * factor, result.memory,
            workload.whole.written, 0)
        self.row("reference, all of it as reckoned", scaled, workload.whole, f"  (start {start.wall:.2f} s)")
        figures["reference start"], figures["reference reckoned"] = asdict(start), asdict(scaled)
        return scaled

    def judge(self, workload, measured, figures):
        ratios = [f"{name[2:]} {measured[name]:.0f}×" for name in ("× wall", "× CPU") if name in measured]
        verdicts = []
        figures["targets"] = []
        for target in workload.targets:
            if target.name not in measured:
                continue
            value = measured[target.name]
            is_met = value <= target.limit if target.is_most else value >= target.limit
            sign = "≤" if target.is_most else "≥"
            verdicts.append(f"{value:.3g} {target.name} ({sign} {target.limit:g}: {'met' if is_met else 'MISSED'})")
            figures["targets"].append({"name": target.name, "limit": target.limit, "value": value, "met": is_met})
            if not is_met:
                self.missed.append(f"({workload.key}) {target.name}")
        if ratios:
            print(f"  against the reference: {', '.join(ratios)}")
        if verdicts:
            print(f"  targets: {'; '.join(verdicts)}", flush=True)


def main():
    args = options()
    # In a process of its own: what this one holds at the start of another counts as the other's peak.
    subprocess.run([sys.executable, HERE / "pages.py", args.data], check=True)
    chosen = [w for w in workloads.all_workloads(args.data) if not args.only or w.key in args.only]
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch, servers.nginx(args.data) as nginx, servers.slow_api() as slow:
        bench = Bench(args, Path(scratch))
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; best of {args.runs} runs", end="")
        print(f"; reference: {bench.reference}" if bench.reference else "; without the reference")
        for workload in chosen:
            try:
                bench.measure(workload, nginx, slow)
            except measure.Failed as failure:
                print(f"  FAILED: {failure}")
                bench.missed.append(f"({workload.key}) could not be measured")
    if args.json:
        args.json.write_text(json.dumps(bench.figures, indent=2) + "\n")
    print("\nAll targets are met." if not bench.missed else "\nMissed: " + "; ".join(bench.missed))
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
