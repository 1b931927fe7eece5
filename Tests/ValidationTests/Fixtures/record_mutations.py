"""Records what the reference says of manifests with one fault planted in each, for the test that reads `mutations.jsonl`.

Run it with a Python that has airbyte-cdk 7.39.1: `python record_mutations.py`. The manifests are those of `Tests/Conformance` and
`manifests` that the reference takes and that need no Python code; the faults are the same in each run. A line of the recording is a
manifest: its folder, the SHA-256 of its text, and the changes as `[kind, start, end, replacement, lines, rejected]`, with places in
bytes and the lines where the fault then lies.
"""

import glob
import hashlib
import json
import multiprocessing
import os

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


def main():
    found = glob.glob(os.path.join(ROOT, "Tests/Conformance/*/*/manifest.yaml")) + glob.glob(os.path.join(ROOT, "manifests/*/manifest.yaml"))
    folders = sorted(os.path.relpath(os.path.dirname(path), ROOT) for path in found)
    with multiprocessing.Pool(2) as pool:
        records = [found for found in pool.imap(record, folders, chunksize=8) if found is not None]
    with open(os.path.join(HERE, "mutations.jsonl"), "w", encoding="utf-8") as file:
        for found in records:
            file.write(json.dumps(found, separators=(",", ":"), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
