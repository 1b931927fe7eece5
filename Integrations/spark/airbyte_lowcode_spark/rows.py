"""The data of records, as JSON text, to Arrow record batches."""

from __future__ import annotations

import decimal
import functools
import json
import typing

import pyarrow as pa
import pyarrow.json
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import DataType, DecimalType, MapType, StructType

from .errors import AirbyteLowcodeError
from .values import Misfit, converter, text

RAW_COLUMN = "data"


def arrow_schema(schema: StructType) -> pa.Schema:
    """The Arrow schema that Spark expects of a batch."""
    try:
        return to_arrow_schema(schema, timezone="UTC")
    except TypeError:  # Spark 4.0 and 4.1
        return to_arrow_schema(schema)


class BatchMaker:
    """Makes a batch of a block of records.

    Arrow's reader of JSON makes columns of a block at once, in C++. It refuses blocks with a value of another type, and those are
    converted record by record: "12" is 12 for a column of integers, and 12 is "12" for one of text, because nothing is lost.
    """

    # After so many blocks that Arrow refused, it is asked no more.
    PATIENCE = 3

    def __init__(self, schema: StructType, *, stream: str, raw: bool = False, permissive: bool = False, extra: str | None = None):
        self.schema = arrow_schema(schema)
        self.names = [field.name for field in schema.fields]
        self.stream, self.raw, self.permissive, self.extra = stream, raw, permissive, extra
        if raw and (len(self.names) != 1 or not pa.types.is_string(self.schema.field(0).type)):
            raise AirbyteLowcodeError(f"With `raw` the schema is one column of strings, as in `{RAW_COLUMN} STRING`")
        if extra and extra not in self.names:
            raise AirbyteLowcodeError(f"The schema has no column `{extra}`, which the option `extra` names")
        try:
            self.converters = [converter(field.dataType) for field in schema.fields]
        except TypeError as error:
            raise AirbyteLowcodeError(str(error)) from None
        self.has_decimals = _has(schema, DecimalType)
        # Arrow reads no maps, and dates only from numbers: a date is read as text, and cast.
        self.refused = self.PATIENCE if extra or not self.names or _has(schema, MapType) else 0
        self.read_schema = pa.schema([(field.name, _read_type(field.type)) for field in self.schema])

    def batch(self, records: typing.Sequence[bytes]) -> pa.RecordBatch:
        """A batch of these records, each the text of a JSON object.

        Raises AirbyteLowcodeError if a value does not fit its column and the mode is failfast.
        """
        if self.raw:
            return pa.RecordBatch.from_arrays([pa.array(records, pa.binary()).cast(pa.string())], schema=self.schema)
        if self.refused < self.PATIENCE:
            try:
                made = self._fast(records)
                self.refused = 0
                return made
            except (pa.ArrowException, ValueError):
                self.refused += 1
        return self._careful(records)

    def _fast(self, records: typing.Sequence[bytes]) -> pa.RecordBatch:
        block = b"\n".join(records)
        table = pyarrow.json.read_json(
            pa.BufferReader(block),
            # One block: a record cannot lie across the border of two.
            read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(block) + 1),
            parse_options=pyarrow.json.ParseOptions(explicit_schema=self.read_schema, unexpected_field_behavior="ignore"))
        if table.num_rows != len(records):
            raise ValueError("a line is no record")
        table = table.cast(self.schema).combine_chunks()
        return table.to_batches()[0]

    def _careful(self, records: typing.Sequence[bytes]) -> pa.RecordBatch:
        columns: list[list[typing.Any]] = [[] for _ in self.names]
        load = functools.partial(json.loads, parse_float=decimal.Decimal) if self.has_decimals else json.loads
        for record in records:
            fields = load(record)
            left = {name: value for name, value in fields.items() if name not in self.names} if self.extra else None
            for name, convert, column in zip(self.names, self.converters, columns):
                if name == self.extra:
                    continue
                try:
                    column.append(convert(fields.get(name)))
                except Misfit as misfit:
                    misfit.path.append(name)
                    if not self.permissive:
                        raise self._refusal(misfit) from None
                    column.append(None)
                    if left is not None:
                        left[name] = fields[name]
            if left is not None:
                columns[self.names.index(self.extra)].append(text(left) if left else None)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, self.schema)]
        if not arrays:
            return pa.RecordBatch.from_struct_array(pa.array([{}] * len(records), pa.struct([])))
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _refusal(self, misfit: Misfit) -> AirbyteLowcodeError:
        return AirbyteLowcodeError(
            f"A record of `{self.stream}` does not fit the schema: {misfit.sentence()}. Give the column another type with "
            'schema(…), take null instead with option("mode", "permissive"), or take JSON text with option("raw", "true")',
            "system_error")


def _has(kind: DataType, wanted: type) -> bool:
    if isinstance(kind, wanted):
        return True
    children = [field.dataType for field in kind.fields] if isinstance(kind, StructType) else [
        child for name in ("elementType", "keyType", "valueType") if (child := getattr(kind, name, None)) is not None]
    return any(_has(child, wanted) for child in children)


def _read_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_date(kind):
        return pa.string()
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _read_type(field.type)) for field in kind])
    if pa.types.is_list(kind):
        return pa.list_(_read_type(kind.value_type))
    return kind
