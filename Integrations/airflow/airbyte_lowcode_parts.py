"""A DAG that reads an API in parts, each of which is a task, and keeps the state from run to run.

Set these variables of the environment where tasks run:

    AIRBYTE_LOWCODE_DATA        a folder that all workers reach: it keeps state.json, and a folder for each run
    AIRBYTE_LOWCODE_MANIFEST    the manifest
    AIRBYTE_LOWCODE_CONFIG      the config, a JSON file
    AIRBYTE_LOWCODE_CATALOG     a configured catalog; all streams without it
    AIRBYTE_LOWCODE_PARTS       how many parts; 8 without it
    AIRBYTE_LOWCODE_BINARY      the program; the one on the PATH without it

The records of a run are in DATA/RUN/outputs. Put a task that loads them after `merge`.
"""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess

from airflow.sdk import dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

# The exit statuses with which trying again does not help: a missing stream, a wrong command line, a config error.
FINAL = (3, 64, 78)


def setting(name: str, default: str | None = None) -> str | None:
    return os.environ.get(f"AIRBYTE_LOWCODE_{name}") or default


def folder() -> pathlib.Path:
    """What belongs to this run."""
    run = re.sub(r"[^A-Za-z0-9]+", "-", get_current_context()["run_id"])
    return pathlib.Path(setting("DATA")) / run


def program(*arguments: str | os.PathLike, output: pathlib.Path | None = None) -> None:
    """Runs airbyte-lowcode. What it says on standard error goes to the log of the task."""
    command = [setting("BINARY", "airbyte-lowcode"), *map(os.fspath, arguments)]
    with open(output or os.devnull, "wb") as file:
        status = subprocess.run(command, stdout=file, check=False).returncode
    if status == 0:
        return
    sentence = error(output) or f"`{arguments[0]}` ended with status {status}: see the log"
    if status in FINAL:
        raise AirflowFailException(sentence)
    raise RuntimeError(sentence)


def error(output: pathlib.Path | None) -> str | None:
    """The first error that the messages report."""
    for line in open(output, errors="replace") if output else ():
        if line.startswith('{"type":"TRACE"') and '"ERROR"' in line:
            return json.loads(line)["trace"]["error"]["message"]
    return None


def source() -> list[str]:
    return ["--manifest", setting("MANIFEST"), "--config", setting("CONFIG")]


@dag(
    dag_id="airbyte_lowcode_parts", schedule=None, start_date=datetime.datetime(2025, 1, 1), catchup=False,
    # Two runs at the same time would begin at the same state.
    max_active_runs=1, tags=["airbyte"], doc_md=__doc__)
def airbyte_lowcode_parts():
    @task(retries=2, retry_delay=datetime.timedelta(minutes=1))
    def divide() -> list[str]:
        """Reads the parents, once, and says which parts there are."""
        data, run = pathlib.Path(setting("DATA")), folder()
        (run / "outputs").mkdir(parents=True, exist_ok=True)
        before = run / "before.json"
        if not before.exists():
            state = data / "state.json"
            before.write_text(state.read_text() if state.exists() else "[]")
        catalog = ["--catalog", setting("CATALOG")] if setting("CATALOG") else []
        program("shard", *source(), *catalog, "--state", before, "--parts", setting("PARTS", "8"), "-o", run / "parts")
        return [part["file"] for part in json.loads((run / "parts" / "index.json").read_text())["parts"]]

    @task(retries=3, retry_delay=datetime.timedelta(seconds=30), retry_exponential_backoff=True)
    def read(part: str) -> None:
        """Reads a part. An attempt goes on where the one before it was interrupted."""
        run, attempt = folder(), get_current_context()["ti"].try_number
        number = part.removesuffix(".json")
        output = run / "outputs" / f"{number}.{attempt}.jsonl"
        earlier = [run / "outputs" / f"{number}.{one}.jsonl" for one in range(attempt - 1, 0, -1)]
        state = next((["--state", file] for file in earlier if file.exists() and file.stat().st_size), [])
        program("read", *source(), "--part", run / "parts" / part, *state, output=output)

    @task(trigger_rule="all_done")
    def merge() -> None:
        """Puts the states together, also if parts failed: what they did not read stays open for the next run."""
        run, state = folder(), pathlib.Path(setting("DATA")) / "state.json"
        if not (run / "parts" / "index.json").exists():
            raise AirflowFailException("The read was not divided, so that there is no new state")
        program("state", "merge", run / "parts", run / "outputs", "--state", run / "before.json", "-o", run / "after.json")
        shutil.copyfile(run / "after.json", run / "after.json.new")
        os.replace(run / "after.json.new", state)

    @task
    def all_parts_were_read() -> None:
        """Fails the run if a part failed, which `merge` does not."""

    parts = read.expand(part=divide())
    parts >> [merge(), all_parts_were_read()]


airbyte_lowcode_parts()
