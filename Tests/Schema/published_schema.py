"""Checks the schema that `airbyte-lowcode schema` prints with python-jsonschema, as editors use it.

    python3 Tests/Schema/published_schema.py .build/release/airbyte-lowcode [--every N] [MANIFEST…]

Each manifest of `Tests/Conformance` and `manifests`, each fault planted in them (every Nth of both), and each further manifest that is
named: what `validate` accepts the schema has to accept, and what `validate` refuses by the component schema it has to refuse, but for
the few cases that a JSON schema cannot tell. Skipped, with status 0, where PyYAML or jsonschema is missing.
"""

import argparse
import datetime
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: there is no {missing.name}")
    sys.exit(0)

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "Tests", "Conformance"))

import cases  # noqa: E402

# Rules of errors that are found by the component schema.
BY_SCHEMA = {"required", "type", "unknown-property", "value", "schema"}
# Types that a group of streams does not give its components, and parameters that are in force or not: at most this part is missed.
TOLERANCE = 0.02


def plain(value):
    """What an editor sees: keys are texts, and so are dates."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, (datetime.date, datetime.datetime)) else value


def load(text):
    return plain(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def texts(every, named):
    """The manifests by what they are called."""
    bases = {name: text.encode() for name, text in cases.manifests().items()}
    for path in sorted(glob.glob(os.path.join(ROOT, "manifests/*/manifest.yaml"))):
        with open(path, "rb") as file:
            bases[os.path.relpath(os.path.dirname(path), ROOT)] = file.read()
    result = dict(list(bases.items())[::every])
    for path in named:
        with open(path, "rb") as file:
            result[os.path.relpath(path, ROOT)] = file.read()
    with open(os.path.join(ROOT, "Tests/ValidationTests/Fixtures/mutations.jsonl"), encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    mutants = [(record["manifest"], row) for record in records for row in record["mutants"]]
    for manifest, (kind, start, end, replacement, lines, _) in mutants[::every]:
        base = bases[manifest]
        result[f"{manifest} {kind} {start}"] = base[:start] + replacement.encode() + base[end:]
    return result


def verdicts(binary, manifests):
    """The rules of the errors that `validate` finds, by manifest."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for index, (name, text) in enumerate(manifests.items()):
            path = os.path.join(folder, f"{index}.yaml")
            with open(path, "wb") as file:
                file.write(text)
            paths[path] = name
        run = subprocess.run(
            [binary, "validate", "--no-config-file", "--format", "json", *paths], capture_output=True, check=False, cwd=folder
        )
        report = json.loads(run.stdout)
    return {
        paths[manifest["file"]]: {finding["rule"] for finding in manifest["findings"] if finding["severity"] == "error"}
        for manifest in report["manifests"]
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("manifests", nargs="*")
    arguments = parser.parse_intermixed_args()
    binary = os.path.abspath(arguments.binary)
    schema = json.loads(subprocess.run([binary, "schema"], capture_output=True, check=True).stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    manifests = texts(arguments.every, [os.path.abspath(path) for path in arguments.manifests])
    accepted = refused = 0
    wrongly_refused, wrongly_accepted = [], []
    for name, rules in verdicts(binary, manifests).items():
        try:
            value = load(manifests[name])
        except (yaml.YAMLError, ValueError):
            continue
        is_valid = validator.is_valid(value)
        if not rules:
            accepted += 1
            if not is_valid:
                wrongly_refused.append(name)
        elif rules & BY_SCHEMA:
            refused += 1
            if is_valid:
                wrongly_accepted.append(name)
    for name in wrongly_refused:
        print(f"refused, though validate accepts it: {name}")
    for name in wrongly_accepted:
        print(f"accepted, though validate refuses it: {name}")
    print(
        f"{accepted} accepted by validate, {len(wrongly_refused)} of them refused by the schema; "
        f"{refused} refused, {len(wrongly_accepted)} of them accepted"
    )
    return 1 if wrongly_refused or len(wrongly_accepted) > TOLERANCE * refused or not accepted or not refused else 0


if __name__ == "__main__":
    sys.exit(main())
