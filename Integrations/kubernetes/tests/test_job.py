"""The Job that `airbyte-lowcode shard --kubernetes` prints: against the official models, and played on this machine."""

from __future__ import annotations

import glob
import json
import os
import pathlib
import shlex
import subprocess
import sys

import pytest
import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SHOP = ROOT / "Integrations" / "spark" / "tests"
sys.path[:0] = [str(HERE), str(SHOP)]

from job_player import JobPlayer  # noqa: E402
from shop import Shop  # noqa: E402

BINARY = os.environ.get("AIRBYTE_LOWCODE", str(ROOT / ".build" / "debug" / "airbyte-lowcode"))
MANIFEST = SHOP / "shop.yaml"


def job(*arguments):
    done = subprocess.run(
        [BINARY, "shard", "--manifest", MANIFEST, "--config", "config.json", "--kubernetes", "--image", "airbyte/source-shop:1",
         *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def ran(*arguments):
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def positions(state):
    """The states without the time that the read took, which they keep too."""
    for one in state:
        one["stream"]["stream_state"].pop("lookback_window", None)
    return state


class Cluster:
    """A volume, a secret, and an image that is this machine's program."""

    def __init__(self, folder: pathlib.Path, shop: Shop):
        self.data = folder / "data"
        self.data.mkdir()
        config = folder / "config.json"
        config.write_text(json.dumps({"base_url": shop.url, "token": "sesame", "until": "2025-01-01T00:00:00Z"}))
        self.config = config
        image = folder / "bin"
        image.mkdir()
        program = image / "airbyte-lowcode"
        # In the image, the manifest is where the program looks for it.
        program.write_text(
            f'#!/bin/sh\ncommand=$1; shift\nif [ "$command" = state ]; then exec {shlex.quote(BINARY)} state "$@"; fi\n'
            f'exec {shlex.quote(BINARY)} "$command" --manifest {shlex.quote(str(MANIFEST))} "$@"\n')
        program.chmod(0o755)
        self.environment = {"DATA": str(self.data), "CONFIG": str(config), "PATH": f"{image}:{os.environ['PATH']}"}

    def player(self, *arguments):
        return JobPlayer(job(*arguments)[-1], self.environment)

    def records(self, outcome):
        found = []
        for file in glob.glob(f"{self.data}/{outcome.uid}/outputs/*.jsonl"):
            for line in open(file):
                if line.startswith('{"type":"RECORD"') and line.endswith("\n"):
                    found.append(json.loads(line)["record"]["data"]["id"])
        return found

    def cursors(self):
        state = json.loads((self.data / "state.json").read_text())
        (stream,) = [one["stream"]["stream_state"] for one in state]
        return {one["partition"]["shop"]: one["cursor"]["created_at"] for one in stream["states"]}

    def whole_state(self):
        """What one read without parts would have kept."""
        output = ran("read", "--manifest", MANIFEST, "--config", self.config, "--streams", "orders")
        (self.data / "whole.jsonl").write_text(output)
        return positions(json.loads(ran("state", "extract", self.data / "whole.jsonl")))


@pytest.fixture
def shop():
    with Shop() as server:
        yield server


@pytest.fixture
def cluster(tmp_path, shop):
    return Cluster(tmp_path, shop)


@pytest.mark.parametrize(
    "arguments", [["--parts", "8"], ["--parts", "100", "--workers", "10", "--streams", "orders,events", "--by", "partition"]])
def test_the_official_models_know_every_field(arguments):
    from kubernetes import client

    (document,) = job(*arguments)
    api = client.ApiClient()

    class Response:
        data = json.dumps(document)

    # What the models do not know would be missing, and what they do not allow is an error.
    made = (
        api.deserialize(json.dumps(document), "V1Job", "application/json") if _takes_text(api) else api.deserialize(Response, "V1Job"))
    assert api.sanitize_for_serialization(made) == document
    assert document["spec"]["completions"] == int(arguments[1])


def _takes_text(api):
    import inspect

    return "content_type" in inspect.signature(api.deserialize).parameters


def test_a_catalog_is_a_config_map(tmp_path):
    catalog = tmp_path / "catalog.json"
    catalog.write_text(ran("catalog", "--manifest", MANIFEST, "--mock", "--streams", "events"))
    config_map, document = job("--parts", "2", "--catalog", str(catalog))
    assert json.loads(config_map["data"]["catalog.json"]) == json.loads(catalog.read_text())
    volumes = document["spec"]["template"]["spec"]["volumes"]
    assert {"name": "catalog", "configMap": {"name": config_map["metadata"]["name"]}} in volumes


def test_all_indices_succeed(cluster, shop):
    player = cluster.player("--parts", "4", "--workers", "2", "--streams", "orders")
    outcome = player.play()
    assert (outcome.succeeded, outcome.failed) == ([0, 1, 2, 3], []), player.errors
    assert player.most_running == 2
    assert sorted(cluster.records(outcome)) == sorted(one["id"] for orders in shop.orders.values() for one in orders)
    assert positions(json.loads((cluster.data / "state.json").read_text())) == cluster.whole_state()
    assert "sesame" not in "".join(open(file).read() for file in glob.glob(f"{cluster.data}/{outcome.uid}/parts/*"))


def test_a_config_error_fails_its_index_at_once_and_no_other(cluster, shop):
    shop.closed.add("3")
    outcome = cluster.player("--parts", "8", "--workers", "4", "--streams", "orders").play()
    (failed,) = outcome.failed
    assert outcome.pods[failed] == [78]
    assert "3" not in cluster.cursors() or cluster.cursors()["3"] <= "2024-01-01T00:00:00Z"
    assert cluster.cursors()["4"] == "2024-01-01T01:59:00Z"
    # The next run reads what was left open, and nothing is lost.
    shop.closed.clear()
    again = cluster.player("--parts", "8", "--workers", "4", "--streams", "orders").play()
    assert again.failed == []
    wanted = {one["id"] for orders in shop.orders.values() for one in orders}
    assert set(cluster.records(outcome)) | set(cluster.records(again)) == wanted
    assert cluster.cursors()["3"] == "2024-01-01T01:59:00Z"


def test_a_failure_that_passes_is_tried_again(cluster, shop):
    shop.faults["5"].extend([418, 418])
    outcome = cluster.player("--parts", "8", "--workers", "4", "--streams", "orders").play()
    assert outcome.failed == []
    assert [1, 1, 0] in outcome.pods.values()
    assert positions(json.loads((cluster.data / "state.json").read_text())) == cluster.whole_state()


def test_pods_that_lose_their_node_lose_nothing(cluster, shop):
    shop.delay = 0.05
    player = cluster.player("--parts", "4", "--workers", "4", "--streams", "orders")
    player.disruptions[0].extend(["divide", "read"])
    player.disruptions[2].extend(["read", "read"])
    outcome = player.play()
    assert outcome.failed == []
    assert outcome.pods[0] == ["disrupted", "disrupted", 0]
    assert set(cluster.records(outcome)) == {one["id"] for orders in shop.orders.values() for one in orders}
    assert positions(json.loads((cluster.data / "state.json").read_text())) == cluster.whole_state()


def test_a_read_that_cannot_be_divided_fails_all_indices(cluster, shop):
    cluster.config.write_text("{}")
    outcome = cluster.player("--parts", "3", "--workers", "3", "--streams", "orders").play()
    assert outcome.failed == [0, 1, 2]
    assert all(pods == [78] for pods in outcome.pods.values())
