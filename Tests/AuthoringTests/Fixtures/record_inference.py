#!/usr/bin/env python3
"""Writes inference.json: what the reference infers from records. Run it by a Python that has airbyte-cdk 7.39.1."""
import json
import pathlib

from airbyte_cdk.models import AirbyteRecordMessage
from airbyte_cdk.utils.datetime_format_inferrer import DatetimeFormatInferrer
from airbyte_cdk.utils.schema_inferrer import SchemaInferrer, SchemaValidationException

CASES = {
    "scalars": ([{"a": 1, "b": 1.5, "c": "x", "d": True, "e": None}], [], []),
    "a field that is missing in some": ([{"a": 1}, {"b": 2}, {}], [], []),
    "null and something": ([{"a": None}, {"a": "x"}], [], []),
    "two scalars": ([{"a": 1}, {"a": "x"}], [], []),
    "two scalars and null": ([{"a": 1}, {"a": "x"}, {"a": None}], [], []),
    "integers and fractions": ([{"a": 1}, {"a": 1.5}], [], []),
    "an integer beyond 64 bits": ([{"a": 123456789012345678901234567890}], [], []),
    "objects": ([{"a": {"b": 1}}, {"a": {"c": "x"}}], [], []),
    "an object or null": ([{"a": {"b": 1}}, {"a": None}], [], []),
    "an object or a text": ([{"a": {"b": 1}}, {"a": "x"}], [], []),
    "an object, a text or null": ([{"a": {"b": 1}}, {"a": "x"}, {"a": None}], [], []),
    "an object or a list": ([{"a": {"b": 1}}, {"a": [1]}], [], []),
    "an object, a list or null": ([{"a": {"b": None}}, {"a": [1]}, {"a": None}], [], []),
    "empty objects": ([{"a": {}}], [], []),
    "an empty object and one that is not": ([{"a": {}}, {"a": {"b": 1}}], [], []),
    "empty lists": ([{"a": []}], [], []),
    "an empty list and null": ([{"a": []}, {"a": None}], [], []),
    "lists of scalars": ([{"a": [1, 2]}, {"a": ["x"]}], [], []),
    "lists of nulls": ([{"a": [None]}], [], []),
    "lists of objects": ([{"a": [{"b": 1}, {"c": None}]}], [], []),
    "lists of lists": ([{"a": [[1], []]}], [], []),
    "lists of objects and scalars": ([{"a": [{"b": 1}, 2]}], [], []),
    "nothing but nulls in an object": ([{"a": {"b": None}}], [], []),
    "an empty record": ([{}], [], []),
    "no records": ([], [], []),
    "a key and a cursor": ([{"id": 1, "at": "2024-01-01", "x": None}, {"id": 2, "at": "2024-01-02"}], [["id"]], [["at"]]),
    "a key of two fields": ([{"a": 1, "b": 2}], [["a"], ["b"]], []),
    "the same field twice": ([{"a": 1}], [["a"]], [["a"]]),
    "a key that is nullable": ([{"id": None}, {"id": 1}], [["id"]], []),
    "a key that is missing": ([{"a": 1}], [["id"]], [["at"]]),
    "a key that is always null": ([{"id": None, "a": 1}], [["id"]], []),
    "names in any order": ([{"z": 1, "ä": 2, "a b": 3}], [], []),
    "dates": ([{"a": "2024-01-01", "b": "2024-01-01 10:00:00", "c": "2024-01-01T10:00:00Z"}], [], []),
    "fractions of seconds": ([{"a": "2024-01-01T10:00:00.5Z", "b": "2024-01-01T10:00:00.123456+02:00"}], [], []),
    "a time with a zone": ([{"a": "2024-01-01 10:00:00.5+0200", "b": "2024-01-01T10:00:00+00:00"}], [], []),
    "numbers": ([{"a": 1700000000, "b": 1700000000000, "c": 5, "d": 1700000000.5, "e": 2000000000, "f": 999999999}], [], []),
    "numbers in texts": ([{"a": "1700000000", "b": "1700000000000", "c": "5", "d": " 1700000000 ", "e": "1_700_000_000"}], [], []),
    "other formats": ([{"a": "31/12/2024 10:00", "b": "2024-12", "c": "31-12-2024", "d": "12/31/2024"}], [], []),
    "no dates": ([{"a": "x", "b": "", "c": True, "d": None, "e": ["2024-01-01"], "f": "2024-13-01"}], [], []),
    "a date that is not one later": ([{"a": "2024-01-01", "b": "2024-01-01"}, {"a": "soon", "b": "2024-02-01"}], [], []),
    "a date that is missing later": ([{"a": "2024-01-01", "b": "2024-01-01"}, {"b": "2024-02-01"}], [], []),
    "a date that comes later": ([{"a": None}, {"a": "2024-01-01"}], [], []),
    "another format later": ([{"a": "2024-01-01"}, {"a": "2024-01-01T10:00:00Z"}], [], []),
}


def infer(records, key, cursor):
    schemas, formats = SchemaInferrer(key or [[]], cursor or [[]]), DatetimeFormatInferrer()
    for data in records:
        record = AirbyteRecordMessage(stream="s", data=data, emitted_at=0)
        schemas.accumulate(record)
        formats.accumulate(record)
    try:
        schema, mistakes = schemas.get_stream_schema("s"), 0
    except SchemaValidationException as error:
        schema, mistakes = error.schema, len(error.validation_errors)
    return {"schema": schema, "mistakes": mistakes, "formats": formats.get_inferred_datetime_formats()}


answers = [
    {"name": name, "records": records, "required": key + cursor, **infer(records, key, cursor)}
    for name, (records, key, cursor) in CASES.items()
]
lines = ",\n".join(json.dumps(answer, ensure_ascii=False) for answer in answers)
pathlib.Path(__file__).with_name("inference.json").write_text(f"[\n{lines}\n]\n", "utf-8")
