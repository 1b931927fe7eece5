"""Records what the reference says of manifests with one fault planted in each, for the test that reads `mutations.jsonl`.

Run it with a Python that has airbyte-cdk 7.39.1: `python record_mutations.py`, or with the names of some manifests alone, whose lines
are then recorded anew: `Tests/Conformance/FEATURE/CASE` or `manifests/FOLDER`. The manifests are those of the conformance cases and of
`manifests` that the reference takes and that need no Python code; the faults are the same in each run. A line of the recording is a
manifest: its name, the SHA-256 of its text, and the changes as `[kind, start, end, replacement, lines, rejected]`, with places in
bytes and the lines where the fault then lies.
"""

import hashlib
import json
import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

import mutations
import reference

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
CASES = "Tests/Conformance"
sys.path.insert(0, os.path.join(ROOT, CASES))

import cases  # noqa: E402

PER_MANIFEST = 4
SEED = "airbyte-lowcode"


def sources():
    """The manifests by what they are called, each a conformance case or a folder of `manifests`."""
    found = {f"{CASES}/{name}": case for name, case in cases.all_cases().items()}
    for path in (Path(ROOT) / "manifests").glob("*/manifest.yaml"):
        found[os.path.relpath(path.parent, ROOT)] = path.parent
    return found


def record(folder):
    source = sources()[folder]
    if isinstance(source, cases.Case):
        with tempfile.TemporaryDirectory() as where:
            source.write_files(Path(where))
            return recorded(folder, source.manifest, json.loads(source.config), where)
    file = source / "config.json"
    config = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return recorded(folder, (source / "manifest.yaml").read_text("utf-8"), config, str(source))


def recorded(folder, text, config, where):
    if "class_name" in text or reference.verdict(text, config, where) is not None:
        return None
    rows = []
    for kind, start, end, replacement, lines in mutations.mutants(text, PER_MANIFEST, f"{SEED} {folder}"):
        rejected = reference.verdict(text[:start] + replacement + text[end:], config, where) is not None
        rows.append([kind, len(text[:start].encode()), len(text[:end].encode()), replacement, lines, rejected])
    return {"manifest": folder, "sha256": hashlib.sha256(text.encode()).hexdigest(), "mutants": rows}


def kept(folders):
    """The lines of the other manifests, by folder."""
    with open(os.path.join(HERE, "mutations.jsonl"), encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return {found["manifest"]: found for found in records if found["manifest"] not in folders}


def main():
    wanted = {name.rstrip("/") for name in sys.argv[1:]}
    folders = sorted(sources())
    records = kept(wanted) if wanted else {}
    with multiprocessing.Pool(2) as pool:
        for verdicts in pool.imap(record, [folder for folder in folders if folder in wanted or not wanted], chunksize=8):
            if verdicts is not None:
                records[verdicts["manifest"]] = verdicts
    with open(os.path.join(HERE, "mutations.jsonl"), "w", encoding="utf-8") as file:
        for folder in sorted(records):
            file.write(json.dumps(records[folder], separators=(",", ":"), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
