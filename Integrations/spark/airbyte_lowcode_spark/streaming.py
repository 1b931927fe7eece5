"""Streaming reads. An offset holds a state, exactly as one read would have kept it, and what is read from there."""

from __future__ import annotations

import tempfile
import time
import typing

import pyarrow as pa
from pyspark.sql.datasource import DataSourceStreamReader, InputPartition, SimpleDataSourceStreamReader
from pyspark.sql.types import StructType

from . import division
from .errors import AirbyteLowcodeError
from .folder import SharedFolder
from .options import Settings

Offset = typing.Dict[str, typing.Any]


class _Pace:
    """Lets a read begin so often and no more: Spark asks for news without a pause if a query has no trigger."""

    def __init__(self, interval: float, clock: typing.Callable[[], float] = time.monotonic):
        self.interval, self.clock = interval, clock
        self.last: float | None = None

    def is_due(self) -> bool:
        now = self.clock()
        if self.last is not None and now - self.last < self.interval:
            return False
        self.last = now
        return True


def _checked(settings: Settings) -> Settings:
    stream = division.discover(settings)
    if "incremental" not in (stream.get("supported_sync_modes") or []):
        raise AirbyteLowcodeError(
            f"The stream `{settings.stream}` has no cursor, and so nothing to continue from: use spark.read instead of readStream")
    return settings


def _division(offset: Offset) -> division.Division:
    return division.Division(dict(offset["files"]))


class OneStreamReader(SimpleDataSourceStreamReader):
    """Reads beside the driver. An offset is the state that the read before it reached, with the part that led there."""

    def __init__(self, settings: Settings, schema: StructType):
        self.settings, self.schema = _checked(settings), schema
        self.pace = _Pace(settings.interval)

    def initialOffset(self) -> Offset:
        return {"state": self.settings.state, "files": {}}

    def read(self, start: Offset) -> tuple[typing.Iterator[tuple], Offset]:
        if not self.pace.is_due():
            return iter(()), start
        state = start["state"]
        divided = division.divide(self.settings, state=state, parts=1)
        if not divided.parts:
            return iter(()), start
        spool, kept = self._spooled(divided)
        merged = division.merge(self.settings, divided, [b"".join(kept)], state)
        # Records at the very time of the state come with each read. They are news only together with later ones.
        if division.is_same(merged, state):
            spool.remove()
            return iter(()), start
        return spool, {"state": merged, "files": divided.files}

    def readBetweenOffsets(self, start: Offset, end: Offset) -> typing.Iterator[tuple]:
        """The same batch once more, after a restart: a part has fixed bounds."""
        spool, _ = self._spooled(_division(end))
        return spool

    def _spooled(self, divided: division.Division) -> tuple[Spool, list[bytes]]:
        """Reads all, and keeps it in a file: the offset is known only when everything was read."""
        kept: list[bytes] = []
        spool = Spool()
        for part in divided.parts:
            for batch in division.read(self.settings, self.schema, part, kept):
                spool.add(batch)
        spool.finish()
        return spool, kept


class Spool:
    """Rows in a file without a name, which is gone with this process, however that ends. It may be iterated over again and again."""

    def __init__(self):
        self._file = tempfile.TemporaryFile(prefix="airbyte-lowcode-")
        self._writer: pa.ipc.RecordBatchFileWriter | None = None
        self._rows: typing.Iterator[tuple] | None = None
        self._is_empty = True

    def add(self, batch: pa.RecordBatch) -> None:
        if self._writer is None:
            self._writer = pa.ipc.new_file(self._file, batch.schema)
            self._is_empty = False
        self._writer.write_batch(batch)

    def finish(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def remove(self) -> None:
        self._file.close()

    def batches(self) -> typing.Iterator[tuple]:
        if self._is_empty:
            return
        reader = pa.ipc.open_file(self._file)
        for number in range(reader.num_record_batches):
            yield from zip(*(column.to_pylist() for column in reader.get_batch(number).columns))

    def __iter__(self) -> Spool:
        return self

    def __next__(self) -> tuple:
        if self._rows is None:
            self._rows = self.batches()
        return next(self._rows)

    def __copy__(self) -> SpoolReading:
        return SpoolReading(self)


class SpoolReading:
    """The rows of a spool from its beginning. Spark copies iterators so as not to use up the original."""

    def __init__(self, spool: Spool):
        self.spool = spool  # Keeps the file.
        self.rows = spool.batches()

    def __iter__(self) -> SpoolReading:
        return self

    def __next__(self) -> tuple:
        return next(self.rows)


class PartsStreamReader(DataSourceStreamReader):
    """Reads on executors. An offset is the state that its batch begins at; the parts of the batch and what became of them are in a
    folder that driver and executors reach.

    The state after a batch is known when all its parts were read, and is in the offset of the next one.
    """

    def __init__(self, settings: Settings, schema: StructType):
        self.settings, self.schema = _checked(settings), schema
        self.folder = SharedFolder(settings.states)
        self.pace = _Pace(settings.interval)
        # The batch before each, to be removed after it.
        self.before: dict[str, str] = {}

    def initialOffset(self) -> Offset:
        return {"state": self.settings.state, "batch": ""}

    def latestOffset(self, start: Offset | None = None, limit: typing.Any = None) -> Offset:
        if start is None:
            raise AirbyteLowcodeError("The option `states` needs Spark 4.2, where a source is told where a batch begins")
        if not self.pace.is_due():
            return start
        state = start["state"]
        if start["batch"]:
            files = self.folder.files(start["batch"], "parts")
            if "index.json" in files:
                outputs = list(self.folder.files(start["batch"], "outputs").values())
                divided = division.Division({name: content.decode() for name, content in files.items()})
                state = division.merge(self.settings, divided, outputs, state)
            # Otherwise somebody emptied the folder: what the batch read is read again, rather than left out.
        divided = division.divide(self.settings, state=state, parts=self.settings.parts)
        if not divided.parts:
            return start
        batch = self.folder.new_batch()
        for name, content in divided.files.items():
            if name != "index.json":
                self.folder.write(f"{batch}/parts/{name}", content.encode())
        self.folder.write(f"{batch}/parts/index.json", divided.files["index.json"].encode())
        return {"state": state, "batch": batch}

    def partitions(self, start: Offset, end: Offset) -> typing.Sequence[InputPartition]:
        if start == end:
            return []
        files = self.folder.files(end["batch"], "parts")
        if "index.json" not in files:
            raise AirbyteLowcodeError(
                f"The parts of the batch {end['batch']} are not in {self.settings.states}: the option `states` must name the same "
                "folder as when the query began")
        self.before[end["batch"]] = start["batch"]
        divided = division.Division({name: content.decode() for name, content in files.items()})
        return [BatchPart(part.number, part.of, part.content, end["batch"]) for part in divided.parts]

    def read(self, partition: InputPartition) -> typing.Iterator[pa.RecordBatch]:
        kept: list[bytes] = []
        yield from division.read(self.settings, self.schema, partition, kept)
        self.folder.write_once(f"{partition.batch}/outputs/{partition.number:04}", b"".join(kept))

    def commit(self, end: Offset) -> None:
        if before := self.before.pop(end["batch"], ""):
            self.folder.remove(before)


class BatchPart(division.Part):
    """A part of a batch."""

    def __init__(self, number: int, of: int, content: str, batch: str):
        super().__init__(number, of, content)
        self.batch = batch
