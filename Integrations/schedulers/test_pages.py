"""The Python of docs/scale-out.md: written into files as it stands there, and run with a real Prefect and a real Dagster."""

from __future__ import annotations

import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SHOP = ROOT / "Integrations" / "spark" / "tests"
sys.path.insert(0, str(SHOP))

from shop import Shop  # noqa: E402

BINARY = os.environ.get("AIRBYTE_LOWCODE", str(ROOT / ".build" / "debug" / "airbyte-lowcode"))
PAGE = (ROOT / "docs" / "scale-out.md").read_text()
FILES = {match[1]: match[0] for match in re.finditer(r"# (\w+\.py)\n.*?(?=```)", PAGE, re.S)}


@pytest.fixture
def shop():
    with Shop() as server:
        yield server


@pytest.fixture(params=["prefect", "dagster"])
def run(request, shop, tmp_path):
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "airbyte-lowcode").symlink_to(BINARY)
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"base_url": shop.url, "token": "sesame", "until": "2025-01-01T00:00:00Z"}))
    # One stream is enough.
    manifest = tmp_path / "manifest.yaml"
    text = (SHOP / "shop.yaml").read_text()
    manifest.write_text(text[:text.index("  # A window a month.")] + text[text.index("spec:\n"):])
    (tmp_path / "data").mkdir()
    (tmp_path / "home").mkdir()
    environment = os.environ | {
        "PATH": f"{tmp_path / 'bin'}:{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}", "SYNC_DATA": str(tmp_path / "data"),
        "SYNC_MANIFEST": str(manifest), "SYNC_CONFIG": str(config), "PREFECT_HOME": str(tmp_path / "home"),
        "DAGSTER_HOME": str(tmp_path / "home"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1",
        "DAGSTER_DISABLE_TELEMETRY": "1", "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "240"}

    def start(name):
        done = subprocess.run(
            [sys.executable, f"{request.param}_sync.py", name], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=500)
        return done, tmp_path / "data"

    return start


def ids(data):
    return {
        json.loads(line)["record"]["data"]["id"] for file in data.glob("*/outputs/*.jsonl") for line in open(file)
        if line.startswith('{"type":"RECORD"')}


def cursors(data):
    (one,) = json.loads((data / "state.json").read_text())
    return {each["partition"]["shop"]: each["cursor"]["created_at"] for each in one["stream"]["stream_state"]["states"]}


def test_a_part_that_fails_stays_open_for_the_next_run(run, shop):
    shop.closed.add("3")
    shop.faults["5"].append(418)
    done, data = run("first")
    assert done.returncode != 0
    assert len(ids(data)) == 7 * 120, done.stderr[-3000:]
    assert cursors(data)["5"] == "2024-01-01T01:59:00Z"
    shop.closed.clear()
    shop.grow(5)
    done, data = run("second")
    assert done.returncode == 0, done.stderr[-3000:]
    assert len(ids(data)) == 8 * 125
    assert set(cursors(data).values()) == {"2024-01-01T02:04:00Z"}
