"""JSON Schema to Spark's types."""

from __future__ import annotations

import decimal
import typing

from pyspark.sql.types import (
    ArrayType, BooleanType, DataType, DateType, DecimalType, DoubleType, LongType, MapType, StringType, StructField,
    StructType, TimestampNTZType, TimestampType)

Schema = typing.Mapping[str, typing.Any]
DEEPEST = 50
BIG = {"big_integer": DecimalType(38, 0), "big_number": DecimalType(38, 18)}


def struct(schema: Schema, decimals: tuple[int, int] | None = None) -> StructType:
    """The columns of a stream: its properties in their order, each of which may be null."""
    properties = schema.get("properties")
    fields = properties.items() if isinstance(properties, dict) else ()
    return StructType([StructField(name, spark_type(kind, decimals), True) for name, kind in fields])


def spark_type(schema: typing.Any, decimals: tuple[int, int] | None = None, depth: int = 0) -> DataType:
    """The type of a column. What has no type in Spark, such as an object of unknown fields, is JSON text."""
    if not isinstance(schema, dict) or depth > DEEPEST:
        return StringType()
    schema = _only_choice(schema)
    kinds = _kinds(schema)
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    if len(kinds) != 1:
        return StringType()
    (kind,) = kinds
    airbyte = schema.get("airbyte_type")
    if kind == "boolean":
        return BooleanType()
    # Airbyte writes these as strings or as numbers.
    if kind in ("integer", "number", "string") and airbyte in BIG:
        return BIG[airbyte]
    if kind == "integer" or kind == "number" and airbyte == "integer":
        return LongType()
    if kind == "number":
        return _number(schema, decimals)
    if kind == "string":
        return _string(schema, airbyte)
    if kind == "array":
        items = schema.get("items")
        return ArrayType(spark_type(items, decimals, depth + 1), True) if isinstance(items, dict) and items else StringType()
    if kind == "object":
        return _object(schema, decimals, depth)
    return StringType()


def _kinds(schema: Schema) -> set[str]:
    kind = schema.get("type")
    if isinstance(kind, str):
        return {kind}
    if isinstance(kind, list):
        return {one for one in kind if isinstance(one, str) and one != "null"}
    return {"object"} if isinstance(schema.get("properties"), dict) else set()


def _only_choice(schema: Schema) -> Schema:
    """The one choice of `anyOf` or `oneOf` that is not null, if there is only one."""
    for key in ("anyOf", "oneOf"):
        choices = schema.get(key)
        if "type" not in schema and isinstance(choices, list):
            others = [choice for choice in choices if isinstance(choice, dict) and choice.get("type") not in ("null", ["null"])]
            if len(others) == 1:
                return _only_choice(others[0])
    return schema


def _number(schema: Schema, decimals: tuple[int, int] | None) -> DataType:
    # Prices are often declared as multiples of 0.01.
    step = schema.get("multipleOf")
    if isinstance(step, (int, float)) and not isinstance(step, bool) and step > 0:
        digits = -decimal.Decimal(str(step)).normalize().as_tuple().exponent
        if 0 < digits <= 18:
            return DecimalType(38, digits)
    return DecimalType(*decimals) if decimals else DoubleType()


def _string(schema: Schema, airbyte: typing.Any) -> DataType:
    form = schema.get("format")
    if form == "date-time" or airbyte in ("timestamp_with_timezone", "timestamp_without_timezone"):
        return TimestampNTZType() if airbyte == "timestamp_without_timezone" else TimestampType()
    return DateType() if form == "date" else StringType()


def _object(schema: Schema, decimals: tuple[int, int] | None, depth: int) -> DataType:
    properties = schema.get("properties")
    if isinstance(properties, dict) and properties:
        return StructType([StructField(name, spark_type(kind, decimals, depth + 1), True) for name, kind in properties.items()])
    values = schema.get("additionalProperties")
    if isinstance(values, dict) and values:
        return MapType(StringType(), spark_type(values, decimals, depth + 1), True)
    return StringType()
