"""Streaming reads, in a real Spark."""

import glob
import json
import tempfile

import pyspark
import pytest


def shown(path):
    return [json.loads(line) for file in glob.glob(f"{path}/*.json") for line in open(file)]


def run(table, folder, **options):
    """One trigger that reads all there is, and ends."""
    query = (
        table("orders", streaming=True, **options).load()
        .writeStream.format("json").option("path", str(folder / "out")).option("checkpointLocation", str(folder / "checkpoint"))
        .trigger(availableNow=True).start())
    try:
        assert query.awaitTermination(300), "the query does not end"
    finally:
        query.stop()
    return query


def offsets(folder):
    """The states in the log of offsets, the latest last."""
    files = sorted(glob.glob(f"{folder}/checkpoint/offsets/[0-9]*"), key=lambda name: int(name.rsplit("/", 1)[1]))
    return [json.loads(open(file).read().splitlines()[-1]) for file in files]


def cursors(state):
    (one,) = json.loads(state)
    return {each["partition"]["shop"]: each["cursor"]["created_at"] for each in one["stream"]["stream_state"]["states"]}


def distinct(rows):
    return {row["id"] for row in rows}


HAS_STARTS = tuple(map(int, pyspark.__version__.split(".")[:2])) >= (4, 2)


@pytest.mark.skipif(HAS_STARTS, reason="Spark 4.2 tells a source where a batch begins")
def test_parts_are_refused_where_spark_does_not_say_where_a_batch_begins(table, tmp_path):
    with pytest.raises(Exception, match="The option `states` needs Spark 4.2"):
        run(table, tmp_path, interval="0", states=str(tmp_path / "states"), partitions="4")


@pytest.fixture(params=["one", "parts"])
def mode(request, tmp_path):
    """Beside the driver, or on the executors."""
    if request.param == "parts" and not HAS_STARTS:
        pytest.skip("before Spark 4.2, a source is not told where a batch begins")
    return {"interval": "0"} | ({"states": str(tmp_path / "states"), "partitions": "4"} if request.param == "parts" else {})


def test_triggers_continue_where_the_last_one_ended(table, shop, tmp_path, mode):
    run(table, tmp_path, **mode)
    assert len(shown(tmp_path / "out")) == 8 * 120
    shop.grow(30)
    shop.requests.clear()
    run(table, tmp_path, **mode)
    # An API that takes the cursor's bound in gives the last record of each shop once more.
    assert {query["since"] for _, query in shop.requests} == {"2024-01-01T01:59:00Z"}
    rows = shown(tmp_path / "out")
    assert len(distinct(rows)) == 8 * 150
    assert len(rows) == 8 * 120 + 8 * 31
    shop.grow(30)
    run(table, tmp_path, **mode)
    assert len(distinct(shown(tmp_path / "out"))) == 8 * 180


def test_offsets_are_the_states_of_reads(table, shop, tmp_path):
    run(table, tmp_path, interval="0")
    assert glob.glob(f"{tempfile.gettempdir()}/airbyte-lowcode-*") == []
    (offset,) = offsets(tmp_path)
    assert cursors(offset["state"]) == {str(one): "2024-01-01T01:59:00Z" for one in range(8)}
    # Nothing new: no batch, and no offset.
    run(table, tmp_path, interval="0")
    assert len(offsets(tmp_path)) == 1
    shop.grow(1)
    run(table, tmp_path, interval="0")
    assert cursors(offsets(tmp_path)[-1]["state"])["7"] == "2024-01-01T02:00:00Z"


def test_a_batch_that_fails_is_read_again_and_no_offset_passes_it(table, shop, tmp_path, mode):
    run(table, tmp_path, **mode)
    shop.grow(60)
    shop.closed.add("3")
    with pytest.raises(Exception, match="The shop is closed to this token"):
        run(table, tmp_path, **mode)
    assert len(shown(tmp_path / "out")) == 8 * 120
    shop.closed.clear()
    shop.grow(30)
    run(table, tmp_path, **mode)
    run(table, tmp_path, **mode)
    assert len(distinct(shown(tmp_path / "out"))) == 8 * 210


def test_a_batch_whose_sink_fails_comes_again_as_it_was(table, shop, tmp_path, mode):
    """The restart is between the read and the commit: the log has the offset, but no commit."""
    seen, fails = [], [True]

    def sink(batch, number):
        seen.append((number, sorted(row.id for row in batch.collect())))
        if number == 1 and fails:
            fails.clear()
            raise RuntimeError("the sink is full")

    def trigger():
        query = (
            table("orders", streaming=True, **mode).load().writeStream.foreachBatch(sink)
            .option("checkpointLocation", str(tmp_path / "checkpoint")).trigger(availableNow=True).start())
        try:
            query.awaitTermination(300)
        finally:
            query.stop()

    trigger()
    shop.grow(10)
    with pytest.raises(Exception, match="the sink is full"):
        trigger()
    # Between, nothing may be added to the batch: it has fixed parts.
    trigger()
    first, second = [ids for number, ids in seen if number == 1]
    assert first == second and len(set(first) | set(seen[0][1])) == 8 * 130


def test_a_stream_without_a_cursor_is_no_stream(table):
    query = None
    with pytest.raises(Exception, match="has no cursor, and so nothing to continue from: use spark.read instead of readStream"):
        query = table("kinds", streaming=True).load().writeStream.format("noop").start()
        query.awaitTermination(60)
    if query:
        query.stop()
