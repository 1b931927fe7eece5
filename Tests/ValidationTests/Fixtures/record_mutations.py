"""Records what the reference says of manifests with one fault planted in each, for the test that reads `mutations.jsonl`.

Run it with a Python that has airbyte-cdk 7.39.1: `python record_mutations.py`, or with the folders of some manifests alone, whose lines
are then recorded anew. The manifests are those of `Tests/Conformance` and
`manifests` that the reference takes and that need no Python code; the faults are the same in each run. A line of the recording is a
manifest: its folder, the SHA-256 of its text, and the changes as `[kind, start, end, replacement, lines, rejected]`, with places in
bytes and the lines where the fault then lies.
"""

import glob
import hashlib
import json
import multiprocessing
import os
import sys

import mutations
import reference

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
PER_MANIFEST = 4
SEED = "airbyte-lowcode"


def record(folder):
    with open(os.path.join(ROOT, folder, "manifest.yaml"), encoding="utf-8") as file:
        text = file.read()
    if "class_name" in text:
        return None
    config = {}
    path = os.path.join(ROOT, folder, "config.json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            config = json.load(file)
    where = os.path.join(ROOT, folder)
    if reference.verdict(text, config, where) is not None:
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
    found = glob.glob(os.path.join(ROOT, "Tests/Conformance/*/*/manifest.yaml")) + glob.glob(os.path.join(ROOT, "manifests/*/manifest.yaml"))
    wanted = {os.path.relpath(folder, ROOT) for folder in sys.argv[1:]}
    folders = sorted(os.path.relpath(os.path.dirname(path), ROOT) for path in found)
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
