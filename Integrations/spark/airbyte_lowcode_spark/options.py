"""The options of the data source, and the files that they name."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import typing

from .errors import AirbyteLowcodeError

# What may stand beside a manifest and belongs to it.
COMPANIONS = ("components.py", "schemas")
LARGEST_BUNDLE = 20_000_000


@dataclasses.dataclass(frozen=True)
class Settings:
    """Everything that a read needs, as values: it works on a machine that has none of the files."""

    # By path within the manifest's folder.
    files: dict[str, bytes]
    # The text of the config, which has secrets; never written to a disk.
    config: str = dataclasses.field(repr=False)
    stream: str
    # None: whatever the machine of the task has.
    binary: str | None = None
    state: str = "[]"
    parts: int = 8
    workers: int | None = None
    by: str | None = None
    weights: str | None = None
    raw: bool = False
    permissive: bool = False
    extra: str | None = None
    # The precision and the scale of columns for numbers; None: doubles.
    decimals: tuple[int, int] | None = None
    pushdown: bool = True
    # A folder that driver and executors reach, for streaming in parts.
    states: str | None = None
    # The least time between two reads of a stream, in seconds.
    interval: float = 60.0


KNOWN = {field.name for field in dataclasses.fields(Settings)} - {"files", "permissive", "parts"} | {
    "manifest", "partitions", "mode", "components"}


def settings(options: typing.Mapping[str, str]) -> Settings:
    """Reads options and the files that they name. Call it where the files are: on the driver.

    Raises AirbyteLowcodeError if an option is missing, unknown or wrong.
    """
    given = {name.lower(): value for name, value in options.items()}
    if given.pop("path", None) is not None:
        raise AirbyteLowcodeError('load() takes no path here: name the manifest with option("manifest", …)')
    if unknown := sorted(set(given) - KNOWN):
        raise AirbyteLowcodeError(f"There is no option `{unknown[0]}`. The options are {', '.join(sorted(KNOWN))}")
    for name, example in (("manifest", "manifest.yaml"), ("config", "config.json"), ("stream", "orders")):
        if not given.get(name):
            raise AirbyteLowcodeError(f'The option `{name}` is missing, as in option("{name}", "{example}")')
    mode = given.get("mode", "failfast").lower()
    if mode not in ("failfast", "permissive"):
        raise AirbyteLowcodeError(f"The option `mode` is failfast or permissive, not `{mode}`")
    if (by := given.get("by")) not in (None, "stream", "partition", "window"):
        raise AirbyteLowcodeError(f"The option `by` is stream, partition or window, not `{by}`")
    raw = _flag(given, "raw", False)
    if raw and given.get("extra"):
        raise AirbyteLowcodeError("With `raw` the whole record is in the column `data`: leave `extra` out")
    config = _text(given["config"], "config")
    try:
        if not isinstance(json.loads(config), dict):
            raise AirbyteLowcodeError("The config is not a JSON object")
    except ValueError as error:
        raise AirbyteLowcodeError(f"The config is not JSON: {_without_content(error)}") from None
    return Settings(
        files=_bundle(given["manifest"], given.get("components")),
        config=config,
        stream=given["stream"],
        binary=given.get("binary"),
        state=_text(given["state"], "state") if given.get("state") else "[]",
        parts=_count(given, "partitions", 8),
        workers=_count(given, "workers", 0) or None,
        by=by,
        weights=_text(given["weights"], "weights") if given.get("weights") else None,
        raw=raw,
        permissive=mode == "permissive",
        extra=given.get("extra"),
        decimals=_decimals(given.get("decimals")),
        pushdown=_flag(given, "pushdown", True),
        states=given.get("states"),
        interval=_seconds(given.get("interval", "60")),
    )


def _without_content(error: ValueError) -> str:
    """Where JSON is wrong, without what stands there, which may be a secret."""
    return f"{error.msg} at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "wrong text"


def _is_content(value: str) -> bool:
    return "\n" in value or value.lstrip().startswith(("{", "["))


def _text(value: str, what: str) -> str:
    if _is_content(value):
        return value
    try:
        return pathlib.Path(value).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise AirbyteLowcodeError(f"The {what} {value} cannot be read: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


def _bundle(manifest: str, components: str | None) -> dict[str, bytes]:
    """The manifest with what belongs to it, by path."""
    files: dict[str, bytes] = {}
    if _is_content(manifest):
        files["manifest.yaml"] = manifest.encode()
    else:
        path = pathlib.Path(manifest)
        if path.is_dir():
            path = path / "manifest.yaml"
        files["manifest.yaml"] = _bytes(path, "manifest")
        for name in COMPANIONS:
            _add(path.parent / name, name, files)
    if components:
        if _is_content(components):
            files["components.py"] = components.encode()
        else:
            files["components.py"] = _bytes(pathlib.Path(components), "code of custom components")
    if (size := sum(map(len, files.values()))) > LARGEST_BUNDLE:
        raise AirbyteLowcodeError(
            f"The manifest and the files beside it have {size:,} bytes, and at most {LARGEST_BUNDLE:,} can be sent to executors")
    return files


def _bytes(path: pathlib.Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AirbyteLowcodeError(f"The {what} {path} cannot be read: {_reason(error)}") from None


def _add(path: pathlib.Path, name: str, files: dict[str, bytes]) -> None:
    if path.is_file():
        files[name] = _bytes(path, "file")
    elif path.is_dir():
        for file in sorted(path.rglob("*.json")):
            files[f"{name}/{file.relative_to(path)}"] = _bytes(file, "schema")


def _flag(given: typing.Mapping[str, str], name: str, default: bool) -> bool:
    value = given.get(name, str(default)).lower()
    if value not in ("true", "false"):
        raise AirbyteLowcodeError(f"The option `{name}` is true or false, not `{value}`")
    return value == "true"


def _count(given: typing.Mapping[str, str], name: str, default: int) -> int:
    value = given.get(name)
    if value is None:
        return default
    if not re.fullmatch(r"[1-9][0-9]{0,5}", value):
        raise AirbyteLowcodeError(f"The option `{name}` is a number from 1 to 999999, not `{value}`")
    return int(value)


def _decimals(value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    match = re.fullmatch(r"\s*(\d{1,2})\s*,\s*(\d{1,2})\s*", value)
    precision, scale = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (1 <= precision <= 38 and scale <= precision):
        raise AirbyteLowcodeError(f"The option `decimals` is a precision of at most 38 and a scale, as in `38,9`, not `{value}`")
    return precision, scale


UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def _seconds(value: str) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smh]?)\s*", value)
    if not match:
        raise AirbyteLowcodeError(f"The option `interval` is a time such as 60s, 10m or 1h, not `{value}`")
    return float(match[1]) * UNITS[match[2]]
