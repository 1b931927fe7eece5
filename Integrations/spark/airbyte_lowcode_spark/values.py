"""One JSON value to what a column holds, where nothing is lost by it.

This is the careful way, record by record. `rows` uses it where Arrow's own reader, which is faster, does not take a block.
"""

from __future__ import annotations

import datetime
import decimal
import json
import re
import typing

from pyspark.sql.types import (
    ArrayType, BooleanType, ByteType, DataType, DateType, DecimalType, DoubleType, FloatType, IntegerType, LongType, MapType,
    ShortType, StringType, StructType, TimestampNTZType, TimestampType)

Convert = typing.Callable[[typing.Any], typing.Any]
UTC = datetime.timezone.utc
# Python reads up to six digits of a second, and hours and minutes of an offset with a colon between them.
FRACTION = re.compile(r"(\.\d{6})\d+")
OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


class Misfit(Exception):
    """A value that its column cannot hold. `path` grows on the way out."""

    def __init__(self, value: typing.Any, kind: str):
        super().__init__(kind)
        self.value, self.kind, self.path = value, kind, []

    def sentence(self) -> str:
        shown = text(self.value)
        return f"`{'.'.join(reversed(self.path))}` is {shown if len(shown) <= 80 else shown[:79] + '…'}, which is no {self.kind}"


def text(value: typing.Any) -> str:
    """JSON text, with decimals as they are."""
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def converter(kind: DataType) -> Convert:
    """Makes the function that converts values for a column. It raises Misfit."""
    if isinstance(kind, StructType):
        return _struct(kind)
    if isinstance(kind, ArrayType):
        return _array(converter(kind.elementType))
    if isinstance(kind, MapType):
        return _map(converter(kind.valueType))
    if isinstance(kind, DecimalType):
        return _decimal(kind)
    for known, convert in SIMPLE.items():
        if isinstance(kind, known):
            return convert
    raise TypeError(f"A column cannot have the type {kind.simpleString()} here: use string, or leave the schema out")


def _struct(kind: StructType) -> Convert:
    parts = [(field.name, converter(field.dataType)) for field in kind.fields]

    def convert(value):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Misfit(value, "object")
        made = {}
        for name, part in parts:
            made[name] = _within(part, value.get(name), name)
        return made

    return convert


def _within(part: Convert, value: typing.Any, name: str) -> typing.Any:
    try:
        return part(value)
    except Misfit as misfit:
        misfit.path.append(name)
        raise


def _array(part: Convert) -> Convert:
    def convert(value):
        if value is None:
            return None
        if not isinstance(value, list):
            raise Misfit(value, "list")
        return [_within(part, item, str(number)) for number, item in enumerate(value)]

    return convert


def _map(part: Convert) -> Convert:
    def convert(value):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Misfit(value, "object")
        return [(_whole(key), _within(part, item, key)) for key, item in value.items()]

    return convert


def _whole(value: str) -> str:
    """Text without halves of surrogate pairs, which Arrow does not take."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _string(value):
    if value is None:
        return None
    return _whole(value if isinstance(value, str) else text(value))


def _integer(size: int) -> Convert:
    limit = 1 << (size - 1)

    def convert(value):
        if value is None:
            return None
        number = value
        if isinstance(number, str) and re.fullmatch(r"[+-]?[0-9]{1,19}", number):
            number = int(number)
        elif isinstance(number, (float, decimal.Decimal)) and number == number and abs(number) < 1 << 64 and number == int(number):
            number = int(number)
        if isinstance(number, bool) or not isinstance(number, int) or not -limit <= number < limit:
            raise Misfit(value, f"integer of {size} bits")
        return number

    return convert


NUMBER = re.compile(r"[+-]?(\d{1,400}\.?\d{0,400}|\.\d{1,400})([eE][+-]?\d{1,4})?")


def _double(value):
    if value is None or isinstance(value, float):
        return value
    if isinstance(value, bool) or not (
        isinstance(value, (int, decimal.Decimal)) or isinstance(value, str) and NUMBER.fullmatch(value)
    ):
        raise Misfit(value, "number")
    try:
        return float(value)
    except OverflowError:
        raise Misfit(value, "number that a double can hold") from None


def _decimal(kind: DecimalType) -> Convert:
    context = decimal.Context(prec=kind.precision, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.Overflow])
    unit = decimal.Decimal(1).scaleb(-kind.scale)
    named = f"decimal of {kind.precision} digits with {kind.scale} after the point"

    def convert(value):
        if value is None:
            return None
        if isinstance(value, bool) or not (
            isinstance(value, (int, float, decimal.Decimal)) or isinstance(value, str) and NUMBER.fullmatch(value)
        ):
            raise Misfit(value, named)
        try:
            return decimal.Decimal(str(value)).quantize(unit, context=context)
        except decimal.DecimalException:
            raise Misfit(value, named) from None

    return convert


def _boolean(value):
    if value is None or isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Misfit(value, "boolean")


def moment(value: str) -> datetime.datetime:
    """A time as APIs write it: RFC 3339, with or without zone, or a date alone. Raises ValueError."""
    shown = FRACTION.sub(r"\1", value.strip())
    if shown.endswith((" UTC", " Z")):
        shown = shown.rsplit(" ", 1)[0] + "Z"
    shown = shown[:-1] + "+00:00" if shown.endswith(("Z", "z")) else OFFSET.sub(r"\1:\2", shown) if len(shown) > 10 else shown
    if not re.match(r"\d{4}-\d{2}-\d{2}", shown):
        raise ValueError(value)
    return datetime.datetime.fromisoformat(shown)


def _timestamp(value):
    """In UTC, which is also the zone of what names none."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            made = moment(value)
            return made.replace(tzinfo=UTC) if made.tzinfo is None else made.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise Misfit(value, "time")


def _local_time(value):
    made = _timestamp(value)
    return None if made is None else made.replace(tzinfo=None)


def _date(value):
    if value is None:
        return None
    if isinstance(value, str):
        try:
            made = moment(value)
            # A time at midnight is a date too; any other would lose its hours.
            if made.time() == datetime.time():
                return made.date()
        except ValueError:
            pass
    raise Misfit(value, "date")


SIMPLE: dict[type, Convert] = {
    StringType: _string, LongType: _integer(64), IntegerType: _integer(32), ShortType: _integer(16), ByteType: _integer(8),
    DoubleType: _double, FloatType: _double, BooleanType: _boolean, TimestampType: _timestamp, TimestampNTZType: _local_time,
    DateType: _date,
}
