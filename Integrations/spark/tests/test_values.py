"""Types and values, without a Spark."""

import datetime
import decimal
import json

import pytest
from pyspark.sql.types import (
    ArrayType, BooleanType, DateType, DecimalType, DoubleType, IntegerType, LongType, MapType, StringType, StructField, StructType,
    TimestampNTZType, TimestampType)

from airbyte_lowcode_spark.errors import AirbyteLowcodeError
from airbyte_lowcode_spark.rows import BatchMaker
from airbyte_lowcode_spark.schema import spark_type, struct
from airbyte_lowcode_spark.values import moment

UTC = datetime.timezone.utc
D = decimal.Decimal


@pytest.mark.parametrize(
    "schema, expected",
    [
        ({"type": "integer"}, "bigint"),
        ({"type": ["null", "integer"]}, "bigint"),
        ({"type": "number", "airbyte_type": "integer"}, "bigint"),
        ({"type": ["integer", "number"]}, "double"),
        ({"type": "number"}, "double"),
        ({"type": "number", "multipleOf": 0.01}, "decimal(38,2)"),
        ({"type": "number", "multipleOf": 5}, "double"),
        ({"type": "string", "airbyte_type": "big_integer"}, "decimal(38,0)"),
        ({"type": "number", "airbyte_type": "big_number"}, "decimal(38,18)"),
        ({"type": "boolean"}, "boolean"),
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "string", "format": "date-time"}, "timestamp"),
        ({"type": "string", "format": "date-time", "airbyte_type": "timestamp_without_timezone"}, "timestamp_ntz"),
        ({"type": "string", "format": "time"}, "string"),
        ({"type": "array", "items": {"type": "integer"}}, "array<bigint>"),
        ({"type": "array"}, "string"),
        ({"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "boolean"}}}}}, "struct<a:struct<b:boolean>>"),
        ({"properties": {"a": {"type": "integer"}}}, "struct<a:bigint>"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "map<string,double>"),
        ({"type": "object", "additionalProperties": True}, "string"),
        ({"type": ["string", "integer"]}, "string"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, "bigint"),
        ({"oneOf": [{"type": "object"}, {"type": "integer"}]}, "string"),
        ({"type": "null"}, "string"),
        ({}, "string"),
        (True, "string"),
    ])
def test_types(schema, expected):
    assert spark_type(schema).simpleString() == expected


def test_numbers_may_be_decimals():
    schema = struct({"properties": {"a": {"type": "number"}, "b": {"type": ["null", "number"]}, "c": {"type": "integer"}}}, (20, 4))
    assert schema.simpleString() == "struct<a:decimal(20,4),b:decimal(20,4),c:bigint>"


INT = IntegerType()
KINDS = {
    "bigint": LongType(), "int": INT, "double": DoubleType(), "decimal(10,2)": DecimalType(10, 2), "decimal(5,2)": DecimalType(5, 2),
    "decimal(38,18)": DecimalType(38, 18), "decimal(38,0)": DecimalType(38, 0), "boolean": BooleanType(), "string": StringType(),
    "timestamp": TimestampType(), "timestamp_ntz": TimestampNTZType(), "date": DateType(), "array<int>": ArrayType(INT),
    "struct<a:int>": StructType([StructField("a", INT)]), "struct<a:array<int>>": StructType([StructField("a", ArrayType(INT))]),
    "struct<a:int,b:struct<c:date>>": StructType(
        [StructField("a", INT), StructField("b", StructType([StructField("c", DateType())]))]),
    "map<string,int>": MapType(StringType(), INT)}


def columns(kind, *others):
    return StructType([StructField("v", KINDS[kind]), *(StructField(name, StringType()) for name in others)])


def one(kind, text):
    """What a record's field `v` becomes in a column of this type, by both ways."""
    maker = BatchMaker(columns(kind), stream="s")
    fast = maker.batch([f'{{"v":{text},"w":1}}'.encode()])
    maker.refused = maker.PATIENCE
    careful = maker.batch([f'{{"v":{text},"w":1}}'.encode()])
    assert fast.to_pylist() == careful.to_pylist() and fast.schema == careful.schema
    return fast.to_pylist()[0]["v"]


@pytest.mark.parametrize(
    "kind, text, expected",
    [
        ("bigint", "12", 12), ("bigint", '"12"', 12), ("bigint", "12.0", 12), ("bigint", "1e3", 1000), ("bigint", "null", None),
        ("int", "-2147483648", -2147483648), ("double", "1", 1.0), ("double", '"1.5"', 1.5), ("double", "1e308", 1e308),
        ("decimal(10,2)", "1.5", D("1.50")), ("decimal(10,2)", '"-7"', D("-7.00")), ("decimal(38,18)", "0.1", D("0.1").quantize(D(1).scaleb(-18))),
        ("decimal(38,0)", "12345678901234567890123456789012345678", D("12345678901234567890123456789012345678")),
        ("boolean", "true", True), ("boolean", '"false"', False),
        ("string", '"a"', "a"), ("string", "12.50", "12.5"), ("string", '{"a":[1,"ü"]}', '{"a":[1,"ü"]}'), ("string", "true", "true"),
        ("string", r'"\ud83d\ude00"', "😀"), ("string", r'"\ud83d!"', "\ufffd!"), ("string", r'"\u0000"', "\0"),
        ("timestamp", '"2024-05-01T10:00:00Z"', datetime.datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("timestamp", '"2024-05-01T10:00:00.123456789Z"', datetime.datetime(2024, 5, 1, 10, 0, 0, 123456, UTC)),
        ("timestamp", '"2024-05-01T10:00:00+02:00"', datetime.datetime(2024, 5, 1, 8, tzinfo=UTC)),
        ("timestamp", '"2024-05-01T10:00:00+0200"', datetime.datetime(2024, 5, 1, 8, tzinfo=UTC)),
        ("timestamp", '"2024-05-01 10:00:00 UTC"', datetime.datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("timestamp", '"2024-05-01"', datetime.datetime(2024, 5, 1, tzinfo=UTC)),
        ("timestamp_ntz", '"2024-05-01T10:00:00"', datetime.datetime(2024, 5, 1, 10)),
        ("date", '"2024-05-01"', datetime.date(2024, 5, 1)), ("date", '"2024-05-01T00:00:00Z"', datetime.date(2024, 5, 1)),
        ("array<int>", "[1,null,2]", [1, None, 2]), ("array<int>", '["1"]', [1]),
        ("struct<a:int,b:struct<c:date>>", '{"b":{"c":"2024-05-01"},"z":0}', {"a": None, "b": {"c": datetime.date(2024, 5, 1)}}),
        ("map<string,int>", '{"a":1}', [("a", 1)]),
    ])
def test_values(kind, text, expected):
    assert one(kind, text) == expected


@pytest.mark.parametrize(
    "kind, text, sentence",
    [
        ("bigint", "1.5", "`v` is 1.5, which is no integer of 64 bits"),
        ("bigint", "9223372036854775808", "`v` is 9223372036854775808, which is no integer of 64 bits"),
        ("bigint", '"9"', None), ("bigint", "true", "no integer"), ("int", "2147483648", "no integer of 32 bits"),
        ("bigint", '"' + "9" * 5000 + '"', "no integer"), ("double", '"one"', "no number"), ("double", "1" + "0" * 400, "no number"),
        ("decimal(10,2)", "1.555", "`v` is 1.555, which is no decimal of 10 digits with 2 after the point"),
        ("decimal(5,2)", "1000", "no decimal of 5 digits"), ("decimal(5,2)", "1e999999", "no decimal"),
        ("boolean", "1", "no boolean"), ("timestamp", '""', "no time"), ("timestamp", "1714557600", "no time"),
        ("timestamp", '"0001-01-01T00:00:00+23:00"', "no time"),
        ("date", '"2024-05-01T10:00:00Z"', "no date"), ("array<int>", "{}", "no list"), ("struct<a:int>", "[1]", "no object"),
        ("struct<a:array<int>>", '{"a":[1,"x"]}', '`v.a.1` is "x", which is no integer'), ("map<string,int>", '{"k":"x"}', "`v.k` is"),
    ])
def test_values_that_do_not_fit(kind, text, sentence):
    if sentence is None:
        assert one(kind, text) == 9
        return
    with pytest.raises(AirbyteLowcodeError) as raised:
        one(kind, text)
    assert sentence in str(raised.value) and len(str(raised.value)) < 600
    maker = BatchMaker(columns(kind, "_extra"), stream="s", permissive=True, extra="_extra")
    (row,) = maker.batch([f'{{"v":{text},"w":1}}'.encode()]).to_pylist()
    assert row["v"] is None and set(json.loads(row["_extra"], parse_int=str)) == {"v", "w"}


def test_a_block_with_one_odd_value_is_whole():
    maker = BatchMaker(StructType([StructField("id", LongType()), StructField("at", TimestampType())]), stream="s")
    lines = [f'{{"id":{number},"at":"2024-01-01T00:00:00Z"}}'.encode() for number in range(1000)]
    lines[500] = b'{"id":"500","at":null,"id2":{}}'
    assert maker.batch(lines).column("id").to_pylist() == list(range(1000))
    assert maker.refused == 1
    assert maker.batch(lines[:500]).num_rows == 500 and maker.refused == 0


@pytest.mark.parametrize("text", ["", "x", "2024", "2024-13-01", "24-01-01", "1e5", "2024-01-01T"])
def test_no_moments(text):
    with pytest.raises(ValueError):
        moment(text)
