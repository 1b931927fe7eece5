"""One read in parts: what `shard`, `read --part` and `state merge` are asked."""

from __future__ import annotations

import dataclasses
import json
import typing

from pyspark.sql.datasource import InputPartition
from pyspark.sql.types import StringType, StructField, StructType

from . import schema as schemas
from .errors import AirbyteLowcodeError
from .options import Settings
from .program import PartRead, Workplace
from .rows import RAW_COLUMN, BatchMaker

if typing.TYPE_CHECKING:
    import pyarrow as pa

# A batch ends with whichever comes first.
BATCH_RECORDS = 10_000
BATCH_BYTES = 16_000_000


@dataclasses.dataclass
class Part(InputPartition):
    """A part as a task gets it: the text of its file."""

    number: int
    of: int
    content: str


@dataclasses.dataclass
class Division:
    """The files of `shard`: `index.json` and the parts, by their names."""

    files: dict[str, str]

    @property
    def parts(self) -> list[Part]:
        """The parts that have something to read."""
        listed = json.loads(self.files["index.json"])["parts"]
        contents = ((part["number"], self.files[part["file"]]) for part in listed)
        return [Part(number, len(listed), content) for number, content in contents if json.loads(content)["streams"]]


def discover(settings: Settings) -> dict[str, typing.Any]:
    """The stream, as `discover` describes it."""
    with Workplace(settings) as workplace:
        messages = map(json.loads, workplace.run("discover").splitlines())
        streams = next(message["catalog"]["streams"] for message in messages if message["type"] == "CATALOG")
    for stream in streams:
        if stream["name"] == settings.stream:
            return stream
    names = ", ".join(f"`{stream['name']}`" for stream in streams)
    raise AirbyteLowcodeError(f"There is no stream `{settings.stream}`; the manifest has {names}")


def columns(settings: Settings) -> StructType:
    """The columns of the stream, or the one for JSON text."""
    if settings.raw:
        return StructType([StructField(RAW_COLUMN, StringType(), True)])
    found = schemas.struct(discover(settings).get("json_schema") or {}, settings.decimals)
    if settings.extra:
        if settings.extra in found.fieldNames():
            raise AirbyteLowcodeError(
                f"The stream `{settings.stream}` has a field `{settings.extra}`: give the option `extra` another name")
        found = found.add(settings.extra, StringType(), True)
    if not found.fields:
        raise AirbyteLowcodeError(
            f"The schema of `{settings.stream}` names no fields: give columns with schema(…), or take JSON text with "
            'option("raw", "true")')
    return found


def divide(settings: Settings, *, state: str, parts: int, window: str | None = None) -> Division:
    """Divides what there is to read now. Parents are read once, here."""
    with Workplace(settings) as workplace:
        arguments = ["--streams", settings.stream, "--parts", str(parts)]
        if window:
            arguments += ["--within", window]
        else:
            arguments += ["--state", workplace.write("state.json", state)]
        if settings.workers:
            arguments += ["--workers", str(settings.workers)]
        if settings.by:
            arguments += ["--by", settings.by]
        if settings.weights:
            arguments += ["--weights", workplace.write("weights.har", settings.weights)]
        folder = workplace.folder / "parts"
        workplace.run("shard", *arguments, "--output", str(folder))
        return Division({file.name: file.read_text() for file in folder.iterdir()})


def read(settings: Settings, schema: StructType, part: Part, kept: list[bytes] | None = None) -> typing.Iterator[pa.RecordBatch]:
    """Reads a part as batches. STATE and TRACE lines are added to `kept` once all of it was read."""
    maker = BatchMaker(
        schema, stream=settings.stream, raw=settings.raw, permissive=settings.permissive, extra=settings.extra)
    what = f"Part {part.number + 1} of {part.of} of the stream `{settings.stream}`"
    with Workplace(settings) as workplace, PartRead(workplace, part.content, what) as reading:
        records: list[bytes] = []
        size = 0
        for record in reading:
            records.append(record)
            size += len(record)
            if len(records) >= BATCH_RECORDS or size >= BATCH_BYTES:
                yield maker.batch(records)
                records, size = [], 0
        if records:
            yield maker.batch(records)
        if kept is not None:
            kept += reading.kept


def merge(settings: Settings, division: Division, outputs: typing.Sequence[bytes], state: str) -> str:
    """The state that one whole read would have reached: what no output covers stays open."""
    with Workplace(settings) as workplace:
        for name, content in division.files.items():
            workplace.write(f"parts/{name}", content)
        paths = [workplace.write(f"outputs/{number:04}.jsonl", output) for number, output in enumerate(outputs)]
        old = workplace.write("old.json", state)
        merged = workplace.run_plain("state", "merge", str(workplace.folder / "parts"), *paths, "--state", old)
    return json.dumps(json.loads(merged), separators=(",", ":"), ensure_ascii=False)


def is_same(state: str, other: str) -> bool:
    """Whether two states say the same of what was read. How long a read took, which states keep too, differs each time."""
    return _positions(state) == _positions(other)


def _positions(state: str) -> list[typing.Any]:
    entries = json.loads(state or "[]")
    for entry in entries:
        (entry.get("stream", {}).get("stream_state") or {}).pop("lookback_window", None)
    return entries
