"""The DAG in a real Airflow: imported as the scheduler does, and run by `airflow dags test`."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SHOP = ROOT / "Integrations" / "spark" / "tests"
sys.path.insert(0, str(SHOP))

from shop import Shop  # noqa: E402

BINARY = os.environ.get("AIRBYTE_LOWCODE", str(ROOT / ".build" / "debug" / "airbyte-lowcode"))
DAG = "airbyte_lowcode_parts"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An Airflow of its own, with its database."""
    folder = tmp_path_factory.mktemp("airflow")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")} | {
        "AIRFLOW_HOME": str(folder), "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__CORE__DAGS_FOLDER": str(HERE.parent),
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False", "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["airflow", "db", "migrate"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return environment


@pytest.fixture
def shop():
    with Shop() as server:
        yield server


@pytest.fixture
def run(home, shop, tmp_path):
    config, catalog = tmp_path / "config.json", tmp_path / "catalog.json"
    config.write_text(json.dumps({"base_url": shop.url, "token": "sesame", "until": "2025-01-01T00:00:00Z"}))
    catalog.write_bytes(subprocess.run(
        [BINARY, "catalog", "--manifest", SHOP / "shop.yaml", "--config", config, "--streams", "orders"],
        capture_output=True, check=True).stdout)
    data = tmp_path / "data"
    data.mkdir()
    environment = home | {
        "AIRBYTE_LOWCODE_DATA": str(data), "AIRBYTE_LOWCODE_MANIFEST": str(SHOP / "shop.yaml"),
        "AIRBYTE_LOWCODE_CONFIG": str(config), "AIRBYTE_LOWCODE_CATALOG": str(catalog), "AIRBYTE_LOWCODE_PARTS": "4",
        "AIRBYTE_LOWCODE_BINARY": BINARY}

    def start(date):
        done = subprocess.run(["airflow", "dags", "test", DAG, date], env=environment, capture_output=True, text=True, timeout=600)
        return done, data

    return start


def cursors(data):
    (one,) = json.loads((data / "state.json").read_text())
    return {each["partition"]["shop"]: each["cursor"]["created_at"] for each in one["stream"]["stream_state"]["states"]}


def records(data):
    return [
        json.loads(line)["record"]["data"]["id"] for file in data.glob("*/outputs/*.jsonl") for line in open(file)
        if line.startswith('{"type":"RECORD"')]


def test_it_is_imported_without_errors(home):
    done = subprocess.run(["airflow", "dags", "list-import-errors", "-l"], env=home, capture_output=True, text=True)
    assert "No data found" in done.stdout, done.stdout + done.stderr


def test_runs_continue_where_the_last_one_ended(run, shop):
    done, data = run("2025-02-01")
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert len(records(data)) == 8 * 120
    assert cursors(data) == {str(one): "2024-01-01T01:59:00Z" for one in range(8)}
    shop.grow(10)
    shop.requests.clear()
    done, data = run("2025-02-02")
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert {query["since"] for _, query in shop.requests} == {"2024-01-01T01:59:00Z"}
    assert len(set(records(data))) == 8 * 130


def test_a_part_that_fails_fails_the_run_and_stays_open(run, shop):
    shop.closed.add("3")
    done, data = run("2025-02-01")
    said = done.stdout + done.stderr
    assert done.returncode != 0 and "The shop is closed to this token" in said and "DagRun failed" in said, said[-3000:]
    assert cursors(data)["4"] == "2024-01-01T01:59:00Z"
    shop.closed.clear()
    done, data = run("2025-02-02")
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert len(set(records(data))) == 8 * 120
    assert cursors(data)["3"] == "2024-01-01T01:59:00Z"
