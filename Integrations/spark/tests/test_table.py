"""Streams as tables, in a real Spark."""

import datetime
import decimal
import json
import re

import pytest
from pyspark.sql import functions as F
from shop import stamp


def test_each_record_comes_once_from_as_many_tasks_as_parts(table, shop):
    orders = table("orders", partitions="4").load()
    assert orders.schema.simpleString() == "struct<id:bigint,shop:string,created_at:timestamp>"
    assert orders.rdd.getNumPartitions() == 4
    assert orders.count() == 8 * 120
    assert orders.select("id").distinct().count() == 8 * 120
    assert {row.shop: row["count"] for row in orders.groupBy("shop").count().collect()} == {str(one): 120 for one in range(8)}


def test_sql_finds_the_format(spark, table, config, binary):
    table("orders").load().createOrReplaceTempView("orders")
    row = spark.sql("SELECT count(*) AS n, max(created_at) AS last FROM orders WHERE shop = '3'").first()
    assert (row.n, row.last.isoformat()) == (120, "2024-01-01T01:59:00")


def test_types(table, shop):
    shop.kinds = [
        {
            "id": 1, "name": "Élise", "ratio": 0.5, "price": 12.30, "big": "123456789012345678901234567890", "open": True,
            "at": "2024-05-01T10:00:00.250+02:00", "local": "2024-05-01T10:00:00", "day": "2024-05-01", "tags": ["a", "b"],
            "owner": {"name": "Ada", "address": {"city": "Łódź", "lines": ["x", None]}}, "counts": {"red": 1, "blue": 2},
            "anything": {"deep": [1, {"x": 1.5}]}, "either": 7},
        {"id": "2", "ratio": 3, "price": "4.5", "tags": [], "owner": {}, "either": "seven"},
        {},
    ]
    kinds = table("kinds").load()
    assert kinds.schema.simpleString() == (
        "struct<id:bigint,name:string,ratio:double,price:decimal(38,2),big:decimal(38,0),open:boolean,at:timestamp,"
        "local:timestamp_ntz,day:date,tags:array<string>,owner:struct<name:string,address:struct<city:string,lines:array<string>>>,"
        "counts:map<string,bigint>,anything:string,either:string>")
    first, second, third = kinds.orderBy(F.col("id").asc_nulls_last()).collect()
    assert (first.name, first.ratio, first.price, first.open) == ("Élise", 0.5, decimal.Decimal("12.30"), True)
    assert first.big == decimal.Decimal("123456789012345678901234567890")
    assert kinds.filter("at = timestamp'2024-05-01 08:00:00.25Z'").count() == 1
    assert first.local == datetime.datetime(2024, 5, 1, 10) and first.day == datetime.date(2024, 5, 1)
    assert first.tags == ["a", "b"] and first.owner.address.lines == ["x", None] and first.owner.address.city == "Łódź"
    assert first.counts == {"red": 1, "blue": 2}
    assert json.loads(first.anything) == {"deep": [1, {"x": 1.5}]} and first.either == "7"
    assert (second.id, second.ratio, second.price, second.tags, second.either) == (2, 3.0, decimal.Decimal("4.50"), [], "seven")
    assert all(value is None for value in third)


def test_raw_is_the_text_of_each_record(table, shop):
    shop.kinds = [{"id": 1, "ratio": 1.10, "unknown": "ü"}]
    (row,) = table("kinds", raw="true").load().collect()
    assert row.asDict() == {"data": '{"id":1,"ratio":1.1,"unknown":"ü"}'}


def test_a_schema_of_the_users_own_wins(table):
    orders = table("orders").schema("created_at string, id int").load()
    assert orders.orderBy("id").first().asDict() == {"created_at": stamp(0), "id": 0}


def test_what_does_not_fit_fails_unless_it_may_be_null(table, shop):
    shop.kinds = [{"id": "seven", "name": "x", "more": [1]}]
    with pytest.raises(Exception, match=r'`id` is "seven", which is no integer of 64 bits. Give the column another type'):
        table("kinds").load().collect()
    row = table("kinds", mode="permissive", extra="_extra").load().select("id", "name", "_extra").first()
    assert (row.id, row.name, json.loads(row._extra)) == (None, "x", {"more": [1], "id": "seven"})


def test_a_failing_part_says_why_in_the_programs_own_words(table, shop):
    shop.closed.add("6")
    with pytest.raises(Exception) as raised:
        table("orders", partitions="4").load().count()
    said = str(raised.value)
    assert re.search(r"Part \d of 4 of the stream `orders` failed: The shop is closed to this token. Ask its owner for access.", said)
    assert "(config_error)" in said and "sesame" not in said


def test_a_retried_task_doubles_nothing(spark, table, shop, tmp_path):
    # The second page fails after the first one was read, once.
    shop.faults["5"].append(418)
    table("orders", partitions="8").load().write.mode("overwrite").parquet(str(tmp_path / "orders"))
    pages = [query["page"] for path, query in shop.requests if path == "/shops/5/orders"]
    assert pages.count("1") == 2
    written = spark.read.parquet(str(tmp_path / "orders"))
    assert written.count() == written.select("id").distinct().count() == 8 * 120


@pytest.mark.parametrize(
    "stream, options, sentence",
    [
        ("order", {}, "There is no stream `order`; the manifest has `orders`, `events`, `kinds`"),
        ("orders", {"manifest": "/nowhere/manifest.yaml"}, "The manifest /nowhere/manifest.yaml cannot be read: No such file"),
        ("orders", {"partition": "4"}, "There is no option `partition`. The options are"),
        ("orders", {"binary": "/nowhere/airbyte-lowcode"}, "names /nowhere/airbyte-lowcode, which is no program on this machine"),
        ("orders", {"config": '{"token": 7}'}, "base_url"),
        ("orders", {"manifest": "version: 7.39.1\ntype: DeclarativeSource\nstreams: 7\n"}, "manifest.yaml"),
    ])
def test_mistakes_are_told_before_anything_is_read(table, stream, options, sentence):
    with pytest.raises(Exception) as raised:
        table(stream, **options).load().count()
    assert sentence in str(raised.value)


def test_filters_on_the_cursor_narrow_what_is_asked(table, shop):
    events = table("events", partitions="2").load()
    assert events.count() == 200
    shop.requests.clear()
    found = events.filter("created_at >= '2024-03-10 00:00:00' AND created_at < '2024-04-02' AND id > 0")
    assert found.count() == 23
    asked = sorted((query["since"], query["until"]) for _, query in shop.requests)
    assert asked[0][0] >= "2024-03-01" and asked[-1][1] < "2024-05-01T00:00:01Z"
    shop.requests.clear()
    assert table("events", pushdown="false").load().filter("created_at >= '2024-03-10 00:00:00'").count() == 131
    assert min(query["since"] for _, query in shop.requests) == "2024-01-01T00:00:00Z"


def test_nothing_stays_on_the_disk(table):
    import glob
    import tempfile

    before = set(glob.glob(f"{tempfile.gettempdir()}/airbyte-lowcode-*"))
    table("orders").load().count()
    table("orders").load().limit(1).collect()
    assert set(glob.glob(f"{tempfile.gettempdir()}/airbyte-lowcode-*")) <= before


def test_spark_finds_the_format_by_itself(spark, table):
    """In a session that nobody registered it in. Executors would need the package installed: only `register` sends it along."""
    assert table("events", session=spark.newSession()).load().columns == ["id", "shop", "created_at"]


def test_the_program_may_be_sent_to_executors(spark, table, binary, tmp_path):
    """Nothing names it there, and nothing is installed."""
    import shutil

    sent = shutil.copy(binary, tmp_path / "airbyte-lowcode")
    spark.sparkContext.addFile(str(sent))
    reader = table("orders", partitions="2", binary="")
    assert reader.load().count() == 8 * 120
