#!/usr/bin/env python3
"""Sources of other kinds as their users have them: the examples in Swift, a source that is built on airbyte-cdk, and `source-faker`.

    sources.py PROGRAM EXAMPLES [--reference PYTHON] [--faker PROGRAM]

PROGRAM is airbyte-lowcode, EXAMPLES the folder of the built examples. PYTHON is one with airbyte-cdk; without it, what needs it is
skipped. Without --faker, `airbyte-source-faker` is installed from PyPI, and skipped if that cannot be done.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
failures: list[str] = []


def expect(is_so: bool, sentence: str, detail: str = "") -> None:
    """Says whether something is as it should be."""
    print(f"{'ok' if is_so else 'FAILED'}: {sentence}")
    if not is_so:
        failures.append(sentence)
        print(detail[-4000:])


def run(*words, folder, status=0) -> subprocess.CompletedProcess:
    """Runs a program that should end with a status."""
    done = subprocess.run([str(word) for word in words], cwd=folder, capture_output=True, text=True, timeout=600)
    if done.returncode != status:
        expect(False, f"{' '.join(str(word) for word in words)} ends with {status}", f"{done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


def messages(text: str, kind: str) -> list:
    """The messages of a type in an output."""
    found = [json.loads(line) for line in text.splitlines() if line.strip()]
    return [message for message in found if message["type"] == kind]


def statuses(text: str) -> dict[str, list[str]]:
    """The statuses of each stream."""
    result: dict[str, list[str]] = {}
    for message in messages(text, "TRACE"):
        if message["trace"]["type"] == "STREAM_STATUS":
            status = message["trace"]["stream_status"]
            result.setdefault(status["stream_descriptor"]["name"], []).append(status["status"])
    return result


def rules(answer: str) -> dict[str, list[str]]:
    """What `conform` found, by command."""
    commands = json.loads(answer)["commands"]
    return {command["command"]: [violation["rule"] for violation in command["violations"]] for command in commands}


def try_folder(program: Path, source: Path, folder: Path) -> None:
    """The example over files: what is added to them is what the next read gives."""
    (folder / "shop").mkdir()
    (folder / "shop/books.csv").write_text("isbn,title\n1,Rivers\n2,\"Clocks\"\n")
    (folder / "config.json").write_text(json.dumps({"folder": "shop"}))
    check = run(source, "check", "--config", "config.json", folder=folder)
    expect(messages(check.stdout, "CONNECTION_STATUS")[0]["connectionStatus"]["status"] == "SUCCEEDED", "source-folder connects", check.stdout)
    first = run(source, "read", "--config", "config.json", "--output", "data", folder=folder)
    expect(len((folder / "data/books.jsonl").read_text().splitlines()) == 2, "source-folder reads its files", first.stderr)
    with (folder / "shop/books.csv").open("a") as file:
        file.write("3,Gardens\n4,Half a li")
    run(source, "read", "--config", "config.json", "--output", "data", folder=folder)
    titles = [json.loads(line)["title"] for line in (folder / "data/books.jsonl").read_text().splitlines()]
    expect(titles == ["Rivers", "Clocks", "Gardens"], "source-folder reads what was added", str(titles))
    (folder / "config.json").write_text(json.dumps({"folder": "nowhere"}))
    failed = run(source, "read", "--config", "config.json", folder=folder, status=1)
    expect("The folder" in failed.stdout and "config_error" in failed.stdout, "source-folder explains a wrong config", failed.stdout)
    (folder / "config.json").write_text(json.dumps({"folder": "shop"}))
    found = run(program, "conform", "--config", "config.json", "--format", "json", "--", source, folder=folder)
    expect(json.loads(found.stdout)["conforms"], "source-folder keeps to the protocol", found.stdout)


def try_clinic(program: Path, source: Path, folder: Path) -> None:
    """The example over HTTP: all pages, retries, states, secrets, recordings."""
    server = subprocess.Popen([sys.executable, str(HERE / "clinic.py")], stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().strip()
        (folder / "config.json").write_text(json.dumps({"url": address, "key": "clinic-sesame"}))
        read = run(source, "read", "--config", "config.json", "--record", "run.har", folder=folder)
        records = [message["record"] for message in messages(read.stdout, "RECORD")]
        ids = sorted(record["data"]["id"] for record in records if record["stream"] == "visits")
        expect(ids == list(range(1, 51)), "source-clinic walks through all of its pages", read.stdout)
        expect(sum(record["stream"] == "doctors" for record in records) == 5, "source-clinic reads numbered pages", read.stdout)
        expect(statuses(read.stdout)["visits"] == ["STARTED", "RUNNING", "COMPLETE"], "its streams have their statuses", read.stdout)
        state = messages(read.stdout, "STATE")[-1]["state"]["stream"]["stream_state"]
        expect(state == {"changed_at": "2024-01-28T10:00:00Z"}, "its state is that of the last change", read.stdout)
        (folder / "messages.jsonl").write_text(read.stdout)
        again = run(source, "read", "--config", "config.json", "--state", "messages.jsonl", "--streams", "visits", folder=folder)
        changed = [message["record"]["data"]["changed_at"] for message in messages(again.stdout, "RECORD")]
        expect(changed == ["2024-01-28T10:00:00Z"], "it continues from its state", again.stdout)
        expect("clinic-sesame" not in read.stdout + read.stderr + (folder / "run.har").read_text(), "its key is shown nowhere")
        one = run(source, "read", "--config", "config.json", "--limit", "3", "--records", "--streams", "visits", folder=folder)
        expect(len(one.stdout.splitlines()) == 3, "it stops where enough was read", one.stdout)
        found = run(program, "conform", "--config", "config.json", "--format", "json", "--", source, folder=folder)
        expect(json.loads(found.stdout)["conforms"], "source-clinic keeps to the protocol", found.stdout)
        (folder / "config.json").write_text(json.dumps({"url": address, "key": "wrong"}))
        check = run(source, "check", "--config", "config.json", folder=folder)
        expect(messages(check.stdout, "CONNECTION_STATUS")[0]["connectionStatus"]["status"] == "FAILED", "a wrong key is refused", check.stdout)
    finally:
        server.terminate()
        server.wait()
    (folder / "config.json").write_text(json.dumps({"url": address, "key": "clinic-sesame"}))
    replay = run(source, "read", "--config", "config.json", "--replay", "run.har", folder=folder)
    expect(len(messages(replay.stdout, "RECORD")) == 55, "it is read again from a recording, without the API", replay.stdout)


def try_reference(program: Path, python: Path, folder: Path) -> None:
    """A source that is built on airbyte-cdk."""
    (folder / "manifest.yaml").write_text(f"type: ProcessSource\ncommand: [{python}, {HERE / 'tides.py'}]\n")
    (folder / "config.json").write_text(json.dumps({"harbour": "Emden", "key": "tides-sesame", "count": 1000}))
    discover = run(program, "discover", "--config", "config.json", folder=folder)
    streams = messages(discover.stdout, "CATALOG")[0]["catalog"]["streams"]
    expect([stream["name"] for stream in streams] == ["tides", "moons"], "a source on airbyte-cdk is discovered", discover.stdout)
    read = run(program, "read", "--config", "config.json", folder=folder)
    expect(len(messages(read.stdout, "RECORD")) == 1004, "its records are read", read.stdout)
    expect(
        statuses(read.stdout) == {name: ["STARTED", "RUNNING", "COMPLETE"] for name in ["tides", "moons"]}, "its streams have their statuses",
        json.dumps(statuses(read.stdout)))
    expect("tides-sesame" not in read.stdout + read.stderr, "its secret is masked", read.stdout)
    (folder / "messages.jsonl").write_text(read.stdout)
    again = run(program, "read", "--config", "config.json", "--state", "messages.jsonl", "--records", "--streams", "tides", folder=folder)
    expect([json.loads(line)["id"] for line in again.stdout.splitlines()] == [1000], "its state is handed back", again.stdout)
    (folder / "config.json").write_text(json.dumps({"harbour": "Emden", "key": "tides-sesame", "count": 1000, "fails": True}))
    failed = run(program, "read", "--config", "config.json", "--streams", "tides", folder=folder, status=1)
    expect(statuses(failed.stdout)["tides"][-1] == "INCOMPLETE", "a stream that fails is incomplete", failed.stdout)
    expect("The tide is out" in failed.stdout, "its error is passed on", failed.stdout)
    (folder / "config.json").write_text(json.dumps({"harbour": "Emden", "key": "tides-sesame", "count": 30}))
    found = run(
        program, "conform", "--config", "config.json", "--format", "json", "--", python, HERE / "tides.py", folder=folder, status=1)
    # It has a number where its schema says text.
    expect(set(rules(found.stdout)["read"]) == {"schema"}, "`conform` finds what is wrong with it", found.stdout)


def try_faker(program: Path, faker: str, folder: Path) -> None:
    """A published source."""
    (folder / "manifest.yaml").write_text(f"type: ProcessSource\ncommand: [{faker}]\n")
    (folder / "config.json").write_text(json.dumps({"count": 500, "seed": 7, "records_per_slice": 100}))
    begun = time.monotonic()
    read = run(program, "read", "--config", "config.json", "--output", "data", folder=folder)
    counts = {path.stem: len(path.read_text().splitlines()) for path in sorted((folder / "data").glob("*.jsonl"))}
    expect(counts.get("users") == 500 and counts.get("products") == 100, "source-faker is read", f"{counts}\n{read.stderr}")
    print(f"   {counts} in {time.monotonic() - begun:.1f} s")
    found = subprocess.run(
        [program, "conform", "--config", "config.json", "--", faker], cwd=folder, capture_output=True, text=True, timeout=600)
    expect(found.returncode in (0, 1) and "\nread " in found.stdout, "source-faker is compared with the protocol", found.stdout + found.stderr)
    print("   " + found.stdout.strip().replace("\n", "\n   "))


def installed_faker(folder: Path) -> str | None:
    """The program of airbyte-source-faker; nil if it cannot be installed."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    done = subprocess.run([str(folder / "venv/bin/pip"), "install", "-q", "airbyte-source-faker"], capture_output=True, text=True)
    if done.returncode != 0:
        print(f"skipped: airbyte-source-faker cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return str(folder / "venv/bin/source-faker")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", type=Path)
    parser.add_argument("examples", type=Path)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--faker")
    given = parser.parse_args()
    program, examples = given.program.resolve(), given.examples.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        def folder(name: str) -> Path:
            path = Path(scratch) / name
            path.mkdir()
            return path

        try_folder(program, examples / "source-folder", folder("folder"))
        try_clinic(program, examples / "source-clinic", folder("clinic"))
        if given.reference and os.access(given.reference, os.X_OK):
            # The path as it is given: a virtual environment is known by it.
            try_reference(program, given.reference.absolute(), folder("reference"))
        else:
            print("skipped: a source on airbyte-cdk needs a Python that has it: --reference")
        faker = given.faker or installed_faker(Path(scratch))
        if faker:
            try_faker(program, faker, folder("faker"))
    print(f"{len(failures)} failed" if failures else "all is as it should be")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
