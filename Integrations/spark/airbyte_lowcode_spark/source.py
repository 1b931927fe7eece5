"""The data source, and its reader of a stream as a table."""

from __future__ import annotations

import typing

from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import StringType, StructType

from . import division, filters
from .options import Settings, settings

if typing.TYPE_CHECKING:
    import pyarrow as pa

FORMAT = "airbyte_lowcode"


class AirbyteLowcodeDataSource(DataSource):
    """`spark.read.format("airbyte_lowcode")`. The options are described in the package's README."""

    @classmethod
    def name(cls) -> str:
        return FORMAT

    def schema(self) -> StructType:
        return division.columns(settings(self.options))

    def reader(self, schema: StructType) -> DataSourceReader:
        return TableReader(settings(self.options), schema)

    def streamReader(self, schema: StructType):
        from .streaming import PartsStreamReader

        given = settings(self.options)
        if given.states is None:
            # Spark asks for a `simpleStreamReader` then.
            return super().streamReader(schema)
        return PartsStreamReader(given, schema)

    def simpleStreamReader(self, schema: StructType):
        from .streaming import OneStreamReader

        return OneStreamReader(settings(self.options), schema)


class TableReader(DataSourceReader):
    """Reads a stream in parts, each of which is a task."""

    def __init__(self, given: Settings, schema: StructType):
        self.settings, self.schema = given, schema
        self.window: str | None = None

    def partitions(self) -> typing.Sequence[InputPartition]:
        divided = division.divide(self.settings, state=self.settings.state, parts=self.settings.parts, window=self.window)
        # Spark makes a partition of an empty list, which reads nothing here.
        return divided.parts

    def read(self, partition: InputPartition) -> typing.Iterator[pa.RecordBatch]:
        if not isinstance(partition, division.Part):
            return iter(())
        return division.read(self.settings, self.schema, partition)


class PushingDataSource(AirbyteLowcodeDataSource):
    """The same, with filters on the cursor field pushed into the read. Spark refuses it unless its setting allows this."""

    def reader(self, schema: StructType) -> DataSourceReader:
        given = settings(self.options)
        return PushingTableReader(given, schema) if given.pushdown else TableReader(given, schema)


class PushingTableReader(TableReader):
    """Reads the window of time that the filters leave."""

    def pushFilters(self, filters_: typing.List[typing.Any]) -> typing.Iterable[typing.Any]:
        candidates = [one for one in filters_ if hasattr(one, "attribute")]
        if candidates and self.settings.state == "[]" and not self.settings.raw:
            field = division.discover(self.settings).get("default_cursor_field") or []
            if self._is_time(field):
                self.window = filters.window(candidates, tuple(field))
        # A window holds at least what passes; Spark looks at each record.
        return filters_

    def _is_time(self, field: typing.Sequence[str]) -> bool:
        """Whether the schema has the cursor field as a time. Texts are compared otherwise than times."""
        return len(field) == 1 and field[0] in self.schema.fieldNames() and not isinstance(
            self.schema[field[0]].dataType, StringType)
