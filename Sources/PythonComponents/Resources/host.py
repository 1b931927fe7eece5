"""The Python side of custom components.

The runtime starts this file as the program of a Python interpreter and talks to it in frames: file descriptor 3 brings
requests, file descriptor 4 takes replies. The classes of a connector's `components.py` are built here by airbyte-cdk's own
factory and called on behalf of the runtime. The frames and operations are described in docs/components-protocol.md.
"""

from __future__ import annotations

import sys

if sys.path[:1] == [""]:  # `python3 -c` puts the working directory first, where any file could stand in for a module
    del sys.path[0]

import collections.abc
import dataclasses
import datetime
import fcntl
import gc
import hashlib
import http.client
import importlib
import importlib.metadata
import importlib.util
import inspect
import io
import itertools
import json
import linecache
import logging
import os
import queue
import re
import shutil
import signal
import struct
import tempfile
import threading
import time
import traceback
import types
import typing
import warnings
from typing import Any, Callable, Iterable, Iterator, Mapping, NoReturn, Optional

try:
    import orjson
except ImportError:  # then airbyte-cdk is missing as well, and only `hello` will be answered
    orjson = None  # type: ignore[assignment]

PROTOCOL = 1
HOST_FILE = (lambda: None).__code__.co_filename
COMPONENT_MODULES = ("components", "source_declarative_manifest.components")
Object = dict[str, Any]


# MARK: JSON


class NotJSON(TypeError):
    """A value that JSON has no form for. The message names where it stands."""


class JSON:
    """Text to values and back, as airbyte-cdk does it for records: orjson, and where that refuses, the standard library."""

    @staticmethod
    def load(data: bytes) -> Any:
        if orjson is not None:
            try:
                return orjson.loads(data)
            except ValueError:  # such as half a surrogate pair
                pass
        return json.loads(data)

    @staticmethod
    def load_exactly(data: bytes) -> Any:
        """Without rounding integers of more than 64 bits, as orjson does."""
        return json.loads(data)

    @classmethod
    def dump(cls, value: Any) -> bytes:
        if orjson is not None:
            try:
                return orjson.dumps(value)
            except (TypeError, ValueError, RecursionError):
                pass
        return cls._dump_rest(value)

    @classmethod
    def dump_items(cls, items: list[Any]) -> tuple[bytes, int, Optional[NotJSON]]:
        """The items separated by commas, how many of them could be written, and the error of the one that could not."""
        if orjson is not None:
            try:
                return orjson.dumps(items)[1:-1], len(items), None
            except (TypeError, ValueError, RecursionError):
                pass
        written: list[bytes] = []
        for item in items:
            try:
                written.append(cls.dump(item))
            except NotJSON as error:
                return b",".join(written), len(written), error
        return b",".join(written), len(written), None

    @classmethod
    def _dump_rest(cls, value: Any) -> bytes:
        if isinstance(value, collections.abc.Mapping) and not isinstance(value, dict):
            value = dict(value)  # such as a Record
        try:
            return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
        except RecursionError as error:
            raise NotJSON("the value is nested too deeply, or contains itself") from error
        except ValueError:  # a number that is none, or a value that contains itself
            try:
                return json.dumps(cls._without_nan(value), separators=(",", ":")).encode()
            except (TypeError, ValueError, RecursionError) as error:
                raise cls._not_json(value) from error
        except TypeError as error:
            raise cls._not_json(value) from error

    @classmethod
    def _without_nan(cls, value: Any) -> Any:
        if isinstance(value, float) and value - value != 0:
            return None  # as orjson writes it
        if isinstance(value, dict):
            return {key: cls._without_nan(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [cls._without_nan(item) for item in value]
        return value

    @classmethod
    def _not_json(cls, value: Any) -> NotJSON:
        path, culprit = cls._find(value, "", 0)
        if culprit is value and not path:
            return NotJSON(f"{type(culprit).__name__} is no JSON value")
        return NotJSON(f"the value of `{path.lstrip('.')}` is no JSON value: {type(culprit).__name__}")

    @classmethod
    def _find(cls, value: Any, path: str, depth: int) -> tuple[str, Any]:
        """Where the value stands that cannot be written, and the value itself."""
        items: Iterable[tuple[str, Any]] = ()
        if isinstance(value, dict):
            items = ((f"{path}.{key}", item) for key, item in value.items())
        elif isinstance(value, (list, tuple)):
            items = ((f"{path}[{index}]", item) for index, item in enumerate(value))
        for place, item in items if depth < 50 else ():
            try:
                json.dumps(item)
            except (TypeError, ValueError, RecursionError):
                return cls._find(item, place, depth + 1)
        return path, value


# MARK: Frames


@dataclasses.dataclass
class Request:
    """A frame from the runtime: its header, and what its body consists of."""

    header: Object
    parts: list[bytes]

    def part(self) -> bytes:
        """The next part of the body that nobody has taken yet; nothing where there is none."""
        return self.parts.pop(0) if self.parts else b""


@dataclasses.dataclass
class Reply:
    """The header and the body of an answer."""

    header: Object = dataclasses.field(default_factory=dict)
    parts: list[bytes] = dataclasses.field(default_factory=list)
    error: Optional[BaseException] = None


class Channel:
    """Reads and writes frames. A process that a component forks off loses both ends."""

    PREFIX = struct.Struct("<II")

    def __init__(self, reading: int, writing: int) -> None:
        self._pid = os.getpid()
        self._in, self._out = self._take(reading), self._take(writing)
        self._reader = open(self._in, "rb", buffering=1 << 16, closefd=False)
        self._lock = threading.Lock()
        self._attached: dict[str, list[Any]] = {}
        os.register_at_fork(after_in_child=self._close)

    @staticmethod
    def _take(descriptor: int) -> int:
        """Moves a descriptor out of the way of components that close or reuse low numbers."""
        for lowest in (900, 200, 10):
            try:
                high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, lowest)
            except OSError:
                continue
            os.close(descriptor)
            try:
                fcntl.fcntl(high, getattr(fcntl, "F_SETPIPE_SZ", 1031), 1 << 20)
            except OSError:  # a socket, or a smaller limit
                pass
            return high
        raise OSError(f"descriptor {descriptor} cannot be used")

    def _close(self) -> None:
        self._lock = threading.Lock()
        for descriptor in (self._in, self._out):
            try:
                os.close(descriptor)
            except OSError:
                pass

    @property
    def belongs_here(self) -> bool:
        """Whether this is the process that the runtime started, and no fork of it."""
        return os.getpid() == self._pid

    def read(self) -> Optional[Request]:
        """The next request; nothing at the end of the input."""
        prefix = self._reader.read(8)
        if len(prefix) < 8:
            return None
        header_length, body_length = self.PREFIX.unpack(prefix)
        header = JSON.load_exactly(self._reader.read(header_length))
        lengths = header.get("parts") or ([body_length] if body_length else [])
        return Request(header, [self._reader.read(length) for length in lengths])

    def attach(self, key: str, value: Any) -> None:
        """Adds something to the next frame, whichever that is."""
        with self._lock:
            self._attached.setdefault(key, []).append(value)

    def send(self, header: Object, parts: Iterable[bytes] = ()) -> None:
        pieces = [part for part in parts if part]
        with self._lock:
            if not self.belongs_here:
                return
            if self._attached:
                header.update(self._attached)
                self._attached = {}
            text = JSON.dump(header)
            pieces[:0] = (self.PREFIX.pack(len(text), sum(map(len, pieces))), text)
            try:
                self._write(pieces)
            except (BrokenPipeError, ConnectionError):
                os._exit(0)

    def _write(self, pieces: list[bytes]) -> None:
        if sum(map(len, pieces)) <= 1 << 15:
            pieces = [b"".join(pieces)]
        written = os.writev(self._out, pieces[:16])
        for index, piece in enumerate(pieces):
            if written >= len(piece):
                written -= len(piece)
                continue
            rest = memoryview(piece)[written:]
            written = 0
            while rest:
                rest = rest[os.write(self._out, rest) :]


# MARK: What code says on its own


class Logs(logging.Handler):
    """Sends what the code logs, at once, so that a call that hangs has said what it said."""

    LEVELS = {
        "DEBUG": logging.DEBUG,
        "INFO": logging.INFO,
        "WARN": logging.WARNING,
        "ERROR": logging.ERROR,
        "FATAL": logging.CRITICAL,
    }
    MESSAGES = ("CONTROL", "TRACE")

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel
        self._least = logging.INFO
        self.calls = threading.local()  # `.number` is the call that the thread serves
        self.of_components: Callable[[str], bool] = lambda file: False

    def begin(self, level: str) -> None:
        """Takes over logging, warnings and standard output."""
        self._least = self.LEVELS.get(level.upper(), logging.INFO)
        self.take_over()
        warnings.showwarning = self._warn  # type: ignore[assignment]
        if sys.stdout is not None:
            sys.stdout = sys.__stdout__ = Printed(self, sys.stdout)

    def take_over(self) -> None:
        """Makes this the only handler, also after airbyte-cdk has set up its own."""
        logging.root.handlers[:] = [self]
        logging.root.setLevel(self._least)
        logging.getLogger("airbyte").setLevel(self._least)

    def send(self, level: str, message: str, internal: Optional[str] = None) -> None:
        entry = {"level": level, "message": message}
        if internal:
            entry["internal"] = internal
        header: Object = {"log": [entry]}
        number = getattr(self.calls, "number", None)
        if number is not None:
            header["call"] = number
        self._channel.send(header)

    def message(self, message: Object) -> None:
        """A message of the Airbyte protocol, which goes with the next frame or is a log entry."""
        if message.get("type") == "LOG":
            entry = message.get("log") or {}
            self.send(str(entry.get("level", "INFO")), str(entry.get("message")), entry.get("stack_trace"))
        elif message.get("type") in self.MESSAGES:
            self._channel.attach("control", message)

    def secret(self, text: str) -> None:
        self._channel.attach("secrets", text)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            internal = None
            if record.exc_info and record.exc_info[0]:
                internal = "".join(traceback.format_exception(*record.exc_info))
            self.send(self._level(record.levelno), record.getMessage(), internal or record.stack_info)
        except Exception:
            self.handleError(record)

    @classmethod
    def _level(cls, number: int) -> str:
        return next((name for name, least in reversed(cls.LEVELS.items()) if number >= least), "DEBUG")

    def _warn(
        self, message: Any, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        level = "WARN" if self.of_components(filename) else "DEBUG"
        if level == "WARN" or logging.root.isEnabledFor(logging.DEBUG):
            self.send(level, f"{category.__name__}: {message}", f"{filename}:{lineno}")


class Printed(io.TextIOWrapper):
    """Standard output, from which it takes the messages of the Airbyte protocol: airbyte-cdk prints some of them."""

    def __init__(self, logs: Logs, stream: Any) -> None:
        super().__init__(stream.detach(), encoding="utf-8", errors="backslashreplace", line_buffering=True)
        self._logs = logs

    def write(self, text: str) -> int:
        if text.startswith("{") and '"type"' in text:
            kept = [line for line in text.splitlines(keepends=True) if not self._taken(line)]
            super().write("".join(kept))
        else:
            super().write(text)
        return len(text)

    def _taken(self, line: str) -> bool:
        try:
            message = json.loads(line)
        except ValueError:
            return False
        if not isinstance(message, dict) or message.get("type") not in ("LOG", *Logs.MESSAGES):
            return False
        self._logs.message(message)
        return True


class Secrets(list):  # type: ignore[type-arg]
    """airbyte-cdk's list of secrets, which tells the runtime about those that are added."""

    def __init__(self, known: Iterable[Any], logs: Logs) -> None:
        super().__init__(known)
        self._logs = logs

    def append(self, secret: Any) -> None:
        super().append(secret)
        if secret:
            self._logs.secret(str(secret))


# MARK: Errors


class Failure(Exception):
    """An error that the host finds itself. `details` go into its description."""

    def __init__(self, kind: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.kind, self.details = kind, details


class Errors:
    """Describes exceptions as the protocol wants them."""

    LONGEST = 32_000

    def __init__(self, code: Code) -> None:
        self._code = code

    def describe(self, error: BaseException, cls: Any = None) -> Object:
        """`cls` is the component's class; it is the place of an error that did not happen in the component's files."""
        try:
            return self._describe(error, cls)
        except Exception as another:  # such as an attribute of the error that raises
            return {
                "type": self._type(error),
                "message": f"an error that cannot be described: {self._type(another)}",
                "kind": "exception",
            }

    def _describe(self, error: BaseException, cls: Any) -> Object:
        cause = error.__cause__ if isinstance(error, Failure) and error.__cause__ else error
        result: Object = {"type": self._type(cause), "message": self._text(error), "kind": "exception"}
        if isinstance(error, NotJSON):
            result["kind"] = "wrong_type"
        if type(cause).__name__ == "AirbyteCustomCodeNotPermittedError":
            result["kind"] = "permission"
        self._traced(cause, result)
        self._place(cause, cls, result)
        result["traceback"] = self._traceback(cause)
        if isinstance(cause, ModuleNotFoundError) and cause.name:
            result["module"] = cause.name
        if isinstance(error, Failure):
            result["kind"] = error.kind
            result.update(error.details)
        return result

    @staticmethod
    def _type(error: BaseException) -> str:
        cls = type(error)
        if isinstance(error, Failure):
            return "TypeError" if error.kind == "wrong_type" else "ValueError"
        plain = cls.__module__ in ("builtins", "__main__", *COMPONENT_MODULES)
        return cls.__qualname__ if plain else f"{cls.__module__}.{cls.__qualname__}"

    @staticmethod
    def _text(error: BaseException) -> str:
        try:
            return str(error)
        except Exception:
            return f"{type(error).__name__}, whose text cannot be made"

    def _traced(self, error: BaseException, result: Object) -> None:
        """AirbyteTracedException has a message for users, one for developers, and a failure type."""
        failure_type = getattr(error, "failure_type", None)
        if failure_type is None or not hasattr(error, "internal_message"):
            return
        result["failure_type"] = getattr(failure_type, "value", str(failure_type))
        if error.message:  # type: ignore[attr-defined]
            result["user_message"] = str(error.message)  # type: ignore[attr-defined]
        if error.internal_message:
            result["message"] = str(error.internal_message)

    def _place(self, error: BaseException, cls: Any, result: Object) -> None:
        """The innermost line in the files of the components, else the innermost one at all."""
        if isinstance(error, SyntaxError) and error.filename and self._code.owns(error.filename):
            result.update(file=self._code.name(error.filename), line=error.lineno, code=(error.text or "").strip())
            return
        place = None
        for frame, line in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename == HOST_FILE:
                continue
            if place is None or self._code.owns(frame.f_code.co_filename) or not self._code.owns(place[0].f_code.co_filename):
                place = (frame, line)
        if cls is not None and not (place and self._code.owns(place[0].f_code.co_filename)):
            result.update(self._code.where(cls))
        elif place:
            code = place[0].f_code
            result.update(
                file=self._code.name(code.co_filename),
                line=place[1],
                function=getattr(code, "co_qualname", code.co_name).replace(".<locals>", ""),
                code=linecache.getline(code.co_filename, place[1]).strip(),
            )

    def _traceback(self, error: BaseException) -> str:
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename == HOST_FILE:
            trace = trace.tb_next
        try:
            text = "".join(traceback.format_exception(type(error), error, trace))
        except Exception:
            text = "".join(traceback.format_tb(trace)) + self._type(error)
        if len(text) > self.LONGEST:
            text = f"{text[: self.LONGEST // 2]}\n  …\n{text[-self.LONGEST // 2 :]}"
        return text


# MARK: The code of the components


class Code:
    """Loads the files of the components and finds their classes."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}  # as Python knows a file -> as the runtime named it
        self._folder: Optional[tuple[str, str]] = None
        self.temporary_folder: Optional[str] = None  # which goes at the end

    def owns(self, file: str) -> bool:
        return file in self._files or bool(self._folder and file.startswith(self._folder[0]))

    def name(self, file: str) -> str:
        """How the runtime called a file."""
        if file not in self._files and self._folder and file.startswith(self._folder[0]):
            return os.path.normpath(os.path.join(self._folder[1], file[len(self._folder[0]) :]))
        return self._files.get(file, file)

    def load(self, components: Object) -> None:
        if folder := components.get("folder"):
            if components.get("temporary"):
                self.temporary_folder = os.path.abspath(folder)
            self._folder = (os.path.join(os.path.abspath(folder), ""), "" if self.temporary_folder else folder)
            sys.path.insert(0, os.path.abspath(folder))
        if path := components.get("path"):
            try:
                with open(path, encoding="utf-8") as file:
                    text = file.read()
            except (OSError, UnicodeDecodeError) as error:
                raise Failure("import", f"{path} cannot be read: {error}") from error
            self._execute(text, os.path.abspath(path), path)
        elif (text := components.get("text")) is not None:
            self._verify(text, components.get("checksums"))
            self._execute(text, "components.py", "components.py")

    @staticmethod
    def _verify(text: str, checksums: Optional[Mapping[str, str]]) -> None:
        for kind, expected in (checksums or {}).items():
            if kind not in ("md5", "sha256"):
                raise Failure("checksum", f"a checksum of the type {kind} is not known; md5 and sha256 are")
            actual = hashlib.new(kind, text.encode()).hexdigest()
            if actual != expected:
                raise Failure("checksum", f"the {kind} of the code is {actual}, not {expected}", expected=expected, actual=actual)

    def _execute(self, text: str, file: str, name: str) -> None:
        """Runs the code as the module that manifests call `components`."""
        self._files[file] = name
        # Kept, because the file may be relative, only a text, or changed while this process runs.
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        module = types.ModuleType(COMPONENT_MODULES[0])
        module.__file__ = file
        for known_as in COMPONENT_MODULES:
            sys.modules[known_as] = module
        try:
            exec(compile(text, file, "exec", dont_inherit=True), module.__dict__)
        except BaseException as error:
            for known_as in COMPONENT_MODULES:
                sys.modules.pop(known_as, None)
            raise Failure("import", str(error)) from error

    def where(self, cls: Any) -> Object:
        """The place of a class, as far as Python knows it."""
        try:
            file, (_, line) = inspect.getsourcefile(cls) or "", inspect.getsourcelines(cls)
            return {"file": self.name(file), "line": line, "function": cls.__qualname__, "code": f"class {cls.__name__}"}
        except (OSError, TypeError, AttributeError):
            return {}

    @staticmethod
    def find(class_name: str) -> Any:
        """The class with this name, looked for where airbyte-cdk looks for it."""
        module_name, _, name = class_name.rpartition(".")
        candidates = [module_name]
        if module_name.startswith("source_declarative_manifest."):
            candidates.append(module_name.partition(".")[2])
        first: Optional[BaseException] = None
        for candidate in candidates:
            try:
                module = importlib.import_module(candidate)
                break
            except ModuleNotFoundError as error:
                first = first or error
            except BaseException as error:
                raise Failure("import", str(error)) from error
        else:
            if first is None or not module_name:
                raise Failure("missing_class", f"`{class_name}` names no module")
            raise Failure("import", str(first)) from first
        if not hasattr(module, name):
            known = [
                key for key, value in vars(module).items() if isinstance(value, type) and value.__module__ == module.__name__
            ]
            raise Failure("missing_class", f"`{module.__name__}` has no class `{name}`", known=sorted(known))
        return getattr(module, name)


# MARK: Responses


class ArrivingBody(io.RawIOBase):
    """A body that the runtime sends in parts while somebody reads it."""

    MOST = 1 << 20  # what lies here unread, before the runtime has to wait

    def __init__(self) -> None:
        super().__init__()
        self._parts: collections.deque[memoryview] = collections.deque()
        self._size = 0
        self._changed = threading.Condition()
        self._over = self._abandoned = False
        self._broken: Optional[str] = None

    def add(self, part: bytes) -> bool:
        """Takes a part, and returns once more is wanted, or when nothing is any more."""
        with self._changed:
            if part and not self._abandoned:
                self._parts.append(memoryview(part))
                self._size += len(part)
                self._changed.notify_all()
            while self._size > self.MOST and not self._abandoned:
                self._changed.wait()
            return not self._abandoned

    def end(self, broken: Optional[str]) -> None:
        """Nothing more comes; `broken` says why, where it is too early."""
        with self._changed:
            self._over, self._broken = True, broken
            self._changed.notify_all()

    def abandon(self) -> None:
        """Nobody reads any more."""
        with self._changed:
            self._over = self._abandoned = True
            self._parts.clear()
            self._size = 0
            self._changed.notify_all()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """As from a connection: all that is asked for, but at the end. What came before a failure comes first."""
        view, filled = memoryview(buffer).cast("B"), 0
        with self._changed:
            while filled < len(view):
                while not self._parts and not self._over:
                    self._changed.wait()
                if not self._parts:
                    break
                part = self._parts.popleft()
                count = min(len(part), len(view) - filled)
                view[filled : filled + count] = part[:count]
                filled += count
                if count < len(part):
                    self._parts.appendleft(part[count:])
                self._size -= count
                self._changed.notify_all()
            if len(view) > 0 and filled == 0 and self._broken is not None:
                raise http.client.HTTPException(self._broken)
        return filled

    def close(self) -> None:
        self.abandon()
        super().close()


class Responses:
    """The responses that the runtime has shown, as objects of `requests`."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}
        self._class: Any = None

    def __getitem__(self, rid: Any) -> Any:
        try:
            return self._known[rid]
        except KeyError:
            raise Failure("gone", f"response {rid} is not known (any more)") from None

    def release(self, rids: Iterable[Any]) -> None:
        for rid in rids:
            if body := self.arriving(self._known.pop(rid, None)):
                body.abandon()

    @staticmethod
    def arriving(response: Any) -> Optional[ArrivingBody]:
        """The body that comes in parts; nothing for a response that has all of its body."""
        return getattr(response, "arriving", None)

    def body(self, rid: Any) -> Optional[ArrivingBody]:
        return self.arriving(self._known.get(rid))

    def keep(self, rid: Any, response: Any) -> None:
        self._known[rid] = response

    def add(self, request: Request) -> Any:
        """Makes the response that `request` brings in its header and its first parts."""
        described = request.header["response"]
        response = self._make(described, request)
        if described.get("rid") is not None:
            self._known[described["rid"]] = response
        return response

    def _make(self, described: Object, request: Request) -> Any:
        import requests

        self._class = self._class or self._response_class()
        response = self._class()
        response.status_code = described["status"]
        response.reason = described.get("reason")
        response.url = described.get("url")
        response.headers = self._headers(described.get("headers") or ())
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response.elapsed = datetime.timedelta(seconds=described.get("elapsed") or 0)
        body = request.part()
        if file := described.get("file"):
            response.raw = self._raw(open(file, "rb"), response)
        elif described.get("arrives"):
            response.arriving = ArrivingBody()
            response.raw = self._raw(response.arriving, response)
        else:
            response._content, response._content_consumed = body, True
        sent = described.get("request") or {}
        response.request = self.prepared(sent, request.part() if sent.get("has_body") else None)
        return response

    @classmethod
    def prepared(cls, described: Object, body: Optional[bytes]) -> Any:
        import requests

        prepared = requests.PreparedRequest()
        prepared.method = described.get("method")
        prepared.url = described.get("url")
        prepared.headers = cls._headers(described.get("headers") or ())
        prepared.body = body
        return prepared

    @staticmethod
    def _headers(pairs: Iterable[Iterable[str]]) -> Any:
        """A header that occurs more than once is joined, as urllib3 does it."""
        from requests.structures import CaseInsensitiveDict

        headers: Any = CaseInsensitiveDict()
        for name, value in pairs:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return headers

    @staticmethod
    def _raw(body: Any, response: Any) -> Any:
        """The runtime has decoded the body, so the headers that describe its encoding do not hold for it."""
        import urllib3

        about_encoding = ("content-encoding", "content-length", "transfer-encoding")
        headers = {name: value for name, value in response.headers.items() if name.lower() not in about_encoding}
        return urllib3.HTTPResponse(
            body=body, headers=headers, status=response.status_code, reason=response.reason, preload_content=False
        )

    def _response_class(self) -> Any:
        import requests

        make_raw = self._raw

        class Response(requests.Response):
            """A response whose `raw` is made when somebody wants it."""

            @property
            def raw(self) -> Any:
                if self.__dict__.get("_raw") is None and isinstance(self._content, bytes):
                    self._raw = make_raw(io.BytesIO(self._content), self)
                return self.__dict__.get("_raw")

            @raw.setter
            def raw(self, value: Any) -> None:
                self._raw = value

        return Response


# MARK: The configuration


class Configuration:
    """The one configuration that all components share, and what they change in it."""

    def __init__(self) -> None:
        self.values: Object = {}
        self._seen: Object = {}
        self._lock = threading.Lock()

    def replace(self, values: Object) -> None:
        """Keeps the object, which components may hold."""
        self.values.clear()
        self.values.update(values)
        self._seen = {key: self._copy(value) for key, value in values.items()}

    @staticmethod
    def _copy(value: Any) -> Any:
        """A copy, which later changes do not touch; the value itself if it cannot be sent."""
        try:
            return JSON.load_exactly(JSON.dump(value))
        except NotJSON:
            return value

    def changes(self) -> Optional[Object]:
        """The keys that have changed since the last call; nothing where none has."""
        try:
            if self.values == self._seen:
                return None
            with self._lock:
                return self._take_changes()
        except RuntimeError:  # another thread changes it at this moment; the next call will tell
            return None

    def _take_changes(self) -> Optional[Object]:
        changed: Object = {}
        for key, value in list(self.values.items()):
            if key in self._seen and self._seen[key] == value:
                continue
            self._seen[key] = self._copy(value)
            try:
                JSON.dump(value)
                changed[str(key)] = self._seen[key]
            except NotJSON:  # an object that components share among themselves
                pass
        removed = [str(key) for key in list(self._seen) if key not in self.values]
        self._seen = {key: value for key, value in self._seen.items() if key in self.values}
        return {"set": changed, "removed": removed} if changed or removed else None


# MARK: Building


@dataclasses.dataclass
class Built:
    """A component, and what belongs to it."""

    role: str
    component: Any
    stream: Any = None
    stream_name: str = ""
    wants_slice: bool = False

    @property
    def name(self) -> str:
        return type(self.component).__name__

    def returned(self, method: str, value: Any, expected: str) -> NoReturn:
        raise Failure("wrong_type", f"{self.name}.{method} returned {type(value).__name__}, not {expected}")

    def iterate(self, method: str, value: Any) -> Iterator[Any]:
        try:
            return iter(value)
        except TypeError:
            if isinstance(value, collections.abc.Iterable):
                raise
            self.returned(method, value, "an iterable")

    def mapping(self, method: str, value: Any) -> Any:
        return value if isinstance(value, collections.abc.Mapping) else self.returned(method, value, "a mapping")


class DirectPaths:
    """`dpath` for DpathExtractor: a path of plain names is followed, where the library searches the whole document for it."""

    def __init__(self, library: Any) -> None:
        self._library = library

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)

    def get(self, document: Any, path: Any, *arguments: Any, **options: Any) -> Any:
        if arguments or list(options) != ["default"] or type(path) is not list:
            return self._library.get(document, path, *arguments, **options)
        found = document
        for key in path:
            if type(found) is not dict or not self._is_plain(key):
                return self._library.get(document, path, **options)
            if key not in found:
                return options["default"]
            found = found[key]
        return found

    @staticmethod
    def _is_plain(key: Any) -> bool:
        """No pattern, and nothing that could be the index of a list."""
        if type(key) is not str or not key or any(character in key for character in "*?["):
            return False
        try:
            int(key)
        except ValueError:
            return True
        return False


class Builder:
    """Makes components by airbyte-cdk's factory, with what their parents would give them."""

    METHODS = {
        "CustomAuthenticator": ("get_auth_header", "get_request_params", "get_request_body_data", "get_request_body_json"),
        "CustomBackoffStrategy": ("backoff_time",),
        "CustomConfigTransformation": ("transform",),
        "CustomDecoder": ("is_stream_response", "decode"),
        "CustomErrorHandler": ("interpret_response",),
        "CustomPaginationStrategy": ("get_page_size", "next_page_token"),
        "CustomPartitionRouter": (
            "stream_slices",
            "get_request_params",
            "get_request_headers",
            "get_request_body_data",
            "get_request_body_json",
            "get_stream_state",
        ),
        "CustomRecordExtractor": ("extract_records",),
        "CustomRecordFilter": ("filter_records",),
        "CustomRequester": ("send_request",),
        "CustomRetriever": ("read_records",),
        "CustomSchemaLoader": ("get_json_schema",),
        "CustomSchemaNormalization": ("transform",),
        "CustomStateMigration": ("should_migrate", "migrate"),
        "CustomTransformation": ("transform",),
        "CustomValidationStrategy": ("validate",),
    }
    GET_THE_DECODER = ("CustomAuthenticator", "CustomRecordExtractor", "CustomPaginationStrategy", "CustomRequester")
    GET_NO_CONFIG = ("CustomConfigTransformation", "CustomValidationStrategy")
    MAKE_REQUESTS = ("CustomPartitionRouter", "CustomRequester", "CustomRetriever")

    def __init__(self, code: Code, logs: Logs) -> None:
        self.config = Configuration()
        self.cache_folder: Optional[str] = None
        self._code, self._logs = code, logs
        self._manifest: Object = {}
        self._factory: Any = None
        self._factory_class: Any = None
        self._repository: Any = None
        self._budget: Any = None
        self._decoders: dict[str, Any] = {}

    def prepare(self, manifest: Object, config: Object) -> None:
        """Imports airbyte-cdk and makes it tell the runtime what it would print."""
        self._manifest = manifest
        self.config.replace(config)
        import airbyte_cdk.logger
        from airbyte_cdk.sources.declarative.extractors import dpath_extractor
        from airbyte_cdk.sources.declarative.parsers import model_to_component_factory
        from airbyte_cdk.utils import airbyte_secrets_utils

        airbyte_cdk.logger.LOGGING_CONFIG["handlers"]["console"] = {"()": lambda: self._logs}  # type: ignore[index]
        self._logs.take_over()
        known: list[Any] = []
        specification = (manifest.get("spec") or {}).get("connection_specification")
        if isinstance(specification, dict):
            known = airbyte_secrets_utils.get_secrets(specification, config)
        airbyte_secrets_utils.update_secrets(Secrets(known, self._logs))
        if hasattr(dpath_extractor, "dpath"):
            dpath_extractor.dpath = DirectPaths(dpath_extractor.dpath)
        self._factory_class = model_to_component_factory.ModelToComponentFactory

    def _get_factory(self) -> Any:
        if self._factory_class is None:
            raise Failure("import", "airbyte_cdk is not installed", module="airbyte_cdk")
        if self._factory is None:
            self._repository = self._make_repository()
            self._factory = self._make_factory(self._factory_class)
            if budget := self._manifest.get("api_budget"):
                self._budget = self._create(budget)
                self._factory = self._make_factory(self._factory_class)
        return self._factory

    def _make_factory(self, cls: Any, **options: Any) -> Any:
        return cls(message_repository=self._repository, api_budget=self._budget, **options)

    def _make_repository(self) -> Any:
        from airbyte_cdk.models import AirbyteMessageSerializer, Level
        from airbyte_cdk.sources.message import MessageRepository

        logs = self._logs
        shown = (Level.FATAL, Level.ERROR, Level.WARN, Level.INFO)

        class Repository(MessageRepository):
            """Passes messages on to the runtime instead of keeping them until somebody asks."""

            def emit_message(self, message: Any) -> None:
                logs.message(JSON.load(JSON.dump(AirbyteMessageSerializer.dump(message))))

            def log_message(self, level: Any, message_provider: Callable[[], Any]) -> None:
                if level in shown:
                    logs.send(level.value, json.dumps(message_provider(), default=str))

            def consume_queue(self) -> Iterable[Any]:
                return ()

        return Repository()

    def _create(self, definition: Object, **options: Any) -> Any:
        factory = self._get_factory()
        model = factory.TYPE_NAME_TO_MODEL.get(definition.get("type"))
        if model is None:
            raise Failure("signature", f"a component of the type {definition.get('type')} is not known to airbyte-cdk")
        return factory.create_component(model, definition, self.config.values, **options)

    def find(self, item: Object) -> Any:
        """The class that an item of `build` names."""
        if item["role"] not in self.METHODS:
            raise Failure("signature", f"airbyte-cdk {cdk_version()} has no {item['role']}")
        return self._code.find(item["definition"].get("class_name") or "")

    def build(self, item: Object, cls: Any) -> tuple[Built, Object]:
        role, definition, given = item["role"], dict(item["definition"]), dict(item.get("kwargs") or {})
        definition["type"] = role
        if role in self.MAKE_REQUESTS:
            self._prepare_cache()
        factory = self._get_factory()
        config = {} if role in self.GET_NO_CONFIG else self.config.values
        stream_name = str(item.get("stream_name") or given.get("name") or given.get("stream_name") or "")
        try:
            if role == "CustomRetriever":
                built = self._build_stream(given)
            else:
                arguments = self._arguments(role, given, item.get("decoder"))
                if role == "CustomDecoder":
                    component = self._decoder(definition, item.get("decoder"))
                else:
                    component = factory.create_component(factory.TYPE_NAME_TO_MODEL[role], definition, config, **arguments)
                built = Built(role, component, stream_name=stream_name)
        except TypeError as error:
            raise self._signature(error, cls) from error
        if role == "CustomPaginationStrategy":
            built.wants_slice = self._accepts(built.component.next_page_token, "stream_slice")
        return built, self._describe(built)

    def _decoder(self, definition: Object, name: Optional[str]) -> Any:
        """The decoder of that name, which those share that the runtime gives the same name; a new one where it gives none."""
        if name is None:
            return self._create(definition)
        if name not in self._decoders:
            self._decoders[name] = self._create(definition)
        return self._decoders[name]

    def _arguments(self, role: str, given: Object, decoder: Optional[str]) -> Object:
        """What the parent of a component passes to it."""
        models = self._get_factory().TYPE_NAME_TO_MODEL
        arguments = {key: value for key, value in given.items() if key not in ("stream", "state", "decoder")}
        if role in self.GET_THE_DECODER or given.get("decoder"):
            arguments["decoder"] = self._decoder(given.get("decoder") or {"type": "JsonDecoder"}, decoder)
        if role == "CustomPaginationStrategy":
            from airbyte_cdk.sources.declarative.decoders import PaginationDecoderDecorator

            arguments["decoder"] = PaginationDecoderDecorator(arguments["decoder"])
        for key in ("extractor_model", "declarative_stream"):
            definition = given.get(key) or (given.get("stream") if key == "declarative_stream" else None)
            if definition:
                arguments[key] = models[definition["type"]].parse_obj(definition)
        return arguments

    def _build_stream(self, given: Object) -> Built:
        """A retriever is built with its stream: its cursor, its router and its transformations come from there."""
        from airbyte_cdk.models import (
            AirbyteStateBlob,
            AirbyteStateMessage,
            AirbyteStateType,
            AirbyteStreamState,
            StreamDescriptor,
        )
        from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager

        definition = given.get("stream") or given.get("declarative_stream")
        if not definition:
            raise Failure("signature", "a CustomRetriever needs the definition of its stream")
        retrievers: list[Any] = []

        class Factory(self._factory_class):  # type: ignore[misc, name-defined]
            """Remembers the retriever that it makes for the stream."""

            def create_custom_component(self, model: Any, config: Any, **arguments: Any) -> Any:
                component = super().create_custom_component(model, config, **arguments)
                if type(model).__name__ == "CustomRetriever":
                    retrievers.append(component)
                return component

        state = given.get("state") or {}
        descriptor = StreamDescriptor(name=definition.get("name") or "", namespace=None)
        message = AirbyteStateMessage(
            type=AirbyteStateType.STREAM,
            stream=AirbyteStreamState(stream_descriptor=descriptor, stream_state=AirbyteStateBlob(state)),
        )
        manager = ConnectorStateManager([message] if state else [])
        factory = self._make_factory(Factory, connector_state_manager=manager)
        model = factory.TYPE_NAME_TO_MODEL[definition["type"]]
        stream = factory.create_component(model, definition, self.config.values)
        if not retrievers:
            raise Failure("signature", f"the retriever of {definition.get('name')} is no CustomRetriever")
        return Built("CustomRetriever", retrievers[-1], stream=stream, stream_name=definition.get("name") or "")

    def _prepare_cache(self) -> None:
        """Requesters of airbyte-cdk keep responses in files of this folder, without it in memory."""
        if self.cache_folder is None and "REQUEST_CACHE_PATH" not in os.environ:
            self.cache_folder = tempfile.mkdtemp(prefix="airbyte-lowcode-")
            os.environ["REQUEST_CACHE_PATH"] = self.cache_folder

    def _signature(self, error: TypeError, cls: Any) -> BaseException:
        """A TypeError of the call that makes the object is a mistake in the manifest; others are the component's own."""
        last = None
        for frame, _ in traceback.walk_tb(error.__traceback__):
            last = frame.f_code
        if last is None or last.co_name != "create_custom_component":
            return error
        text = re.sub(r"^\w+\.__init__\(\)|^[\w.]+\(\)", f"{cls.__name__}()", str(error))
        details: Object = {}
        if "missing" in text:
            details["missing"] = re.findall(r"'(\w+)'", text)
        return Failure("signature", text, **details)

    @staticmethod
    def _accepts(method: Any, name: str) -> bool:
        """Whether a method has an argument of that name, or takes any."""
        try:
            parameters = inspect.signature(method).parameters
        except (TypeError, ValueError):
            return False
        return name in parameters or any(each.kind == inspect.Parameter.VAR_KEYWORD for each in parameters.values())

    # What the runtime cannot ask an object in another process.

    def _describe(self, built: Built) -> Object:
        component, cls = built.component, type(built.component)
        flags = {key: value for key, value in self._flags(built).items() if value is not None and value is not False}
        return {
            "class": f"{cls.__module__}.{cls.__qualname__}",
            "mro": [f"{each.__module__}.{each.__qualname__}" for each in cls.__mro__[:-1]],
            "flags": flags,
            "provides": {name: True for name in self.METHODS[built.role] if callable(getattr(component, name, None))},
        }

    def _flags(self, built: Built) -> Object:
        component = built.component
        if built.role == "CustomAuthenticator":
            return self._authenticator_flags(component)
        if built.role == "CustomDecoder":
            can_paginate = getattr(self._get_factory(), "_is_supported_decoder_for_pagination", None)
            return self._ask(
                streams=lambda: bool(component.is_stream_response()),
                paginates=lambda: bool(can_paginate and can_paginate(component)),
            )
        if built.role == "CustomPaginationStrategy":
            from airbyte_cdk.sources.declarative.requesters.paginators.strategies import PageIncrement

            return {
                **self._ask(initial_token=lambda: component.initial_token, page_size=component.get_page_size),
                "wants_slice": built.wants_slice,
                "wants_page_size_override": self._accepts(component.next_page_token, "page_size_override"),
                "page_increment": isinstance(component, PageIncrement),
            }
        if built.role == "CustomErrorHandler":
            return self._ask(
                max_retries=lambda: component.max_retries,
                max_time=lambda: component.max_time,
                backoff=lambda: bool(getattr(component, "backoff_strategies", None)),
            )
        if built.role == "CustomPartitionRouter":
            from airbyte_cdk.sources.declarative.partition_routers import SinglePartitionRouter

            return {
                "single_partition": isinstance(component, SinglePartitionRouter),
                **self._ask(parent_state=lambda: component.get_stream_state() or {}),
            }
        return {}

    @staticmethod
    def _ask(**questions: Callable[[], Any]) -> Object:
        """The answers. A question that fails is no error yet, as perhaps nobody will ask it; `unknown` has its name."""
        answers: Object = {}
        unknown: list[str] = []
        for name, question in questions.items():
            try:
                answers[name] = question()
            except Exception:
                unknown.append(name)
        return {**answers, "unknown": unknown or None}

    @staticmethod
    def _authenticator_flags(component: Any) -> Object:
        from requests.auth import AuthBase

        signs = isinstance(component, AuthBase)
        base: Any = next((cls for cls in type(component).__mro__ if cls.__name__ == "AbstractHeaderAuthenticator"), None)
        return {
            "signs": signs,
            "signs_with_header": bool(signs and base and type(component).__call__ is base.__call__),
            "refreshes": hasattr(component, "refresh_and_set_access_token"),
            "observes": signs and hasattr(component, "update_from_response"),
            "rotates": signs and hasattr(component, "has_alternative_token"),
        }


# MARK: Items in batches


class Items:
    """What a component yields, pulled in batches: many items a reply, but none that are waited for."""

    MOST, BYTES, SECONDS, CHUNK = 5000, 4 << 20, 0.25, 100

    def __init__(self, iterator: Iterator[Any], origins: Optional[Origins] = None) -> None:
        self._iterator = iterator
        self._origins = origins
        self._count = 0
        self._lock = threading.RLock()

    def pull(self) -> tuple[Reply, bool]:
        """The next items, and whether there may be more."""
        with self._lock:
            return self._pull()

    def _pull(self) -> tuple[Reply, bool]:
        pieces: list[bytes] = []
        size = count = 0
        origins: list[int] = []
        error: Optional[BaseException] = None
        deadline = time.monotonic() + self.SECONDS
        ended = False
        while error is None and not ended and count < self.MOST and size < self.BYTES:
            chunk: list[Any] = []
            late = False
            ended = True
            try:
                for item in self._iterator:
                    chunk.append(item)
                    late = time.monotonic() > deadline
                    if late or len(chunk) == self.CHUNK:
                        ended = False
                        break
            except BaseException as caught:
                error = caught
            text, written, failure = JSON.dump_items(chunk)
            if failure is not None:
                error, ended = failure, True
                self.close()
            if written:
                pieces.append(text)
                size += len(text)
                count += written
            if self._origins:
                origins += self._origins.of(chunk[:written])
            if late:
                break
        reply = Reply(parts=[b"[", b",".join(pieces), b"]"], error=error)
        if origins and origins != list(range(self._count, self._count + count)):
            reply.header["origins"] = origins
        self._count += count
        return reply, error is None and not ended

    def close(self) -> None:
        """Ends the generator, once nobody pulls from it."""
        close = getattr(self._iterator, "close", None)
        with self._lock:
            if close:
                close()


class Origins:
    """From which input an item comes: components pass on the objects that they got, or make new ones."""

    def __init__(self, records: list[Any]) -> None:
        self._kept = list(records)  # so that no new object gets the identity of an old one
        self._index = {id(record): index for index, record in enumerate(records)}

    def follow(self, old: Any, new: Any) -> None:
        if (index := self._index.get(id(old))) is not None:
            self._kept.append(new)
            self._index[id(new)] = index

    def of(self, items: list[Any]) -> list[int]:
        return [self._index.get(id(item), -1) for item in items]


# MARK: Calls


def cdk_version() -> Optional[str]:
    if importlib.util.find_spec("airbyte_cdk") is None:
        return None
    try:
        return importlib.metadata.version("airbyte-cdk")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def pairs(headers: Any) -> list[list[str]]:
    return [[str(name), value.decode("latin-1") if isinstance(value, bytes) else str(value)] for name, value in headers.items()]


class Calls:
    """The operations. Each takes a request and gives a reply, or raises."""

    EXTRACTED = "_airbyte_extracted_record_count"  # where airbyte-cdk keeps the number of records of a page, on its response

    def __init__(self, code: Code, builder: Builder, errors: Errors, logs: Logs) -> None:
        self._code, self._builder, self._errors, self._logs = code, builder, errors, logs
        self._built: dict[int, Built] = {}
        self._items: dict[int, Items] = {}
        self._item_numbers = itertools.count(1)
        self.responses = Responses()

    # The beginning.

    def hello(self, request: Request) -> Reply:
        header = request.header
        self._logs.of_components = self._code.owns
        self._logs.begin(header.get("log_level") or "INFO")
        reply = Reply(
            {
                "protocol": PROTOCOL,
                "host": "python",
                "python": sys.version.split()[0],
                "cdk": cdk_version(),
                "pid": os.getpid(),
                "prefix": sys.prefix,
            }
        )
        if reply.header["cdk"] is None:
            return reply
        try:
            try:
                self._builder.prepare(header.get("manifest") or {}, header.get("config") or {})
            except Exception as error:
                raise Failure("import", f"airbyte_cdk cannot be imported: {error}") from error
            self._code.load(header.get("components") or {})
        except Failure as error:
            reply.error = error
        gc.freeze()  # what has been imported stays; the collector need not look through it again and again
        return reply

    def configure(self, request: Request) -> Reply:
        self._builder.config.replace(request.header["config"])
        return Reply()

    def build(self, request: Request) -> Reply:
        items: list[Object] = []
        for item in request.header["items"]:
            result: Object = {"id": item["id"]}
            cls = None
            try:
                cls = self._builder.find(item)
                built, description = self._builder.build(item, cls)
                self._built[item["id"]] = built
                result.update(ok=True, **description)
            except BaseException as error:
                result.update(ok=False, error=self._errors.describe(error, cls))
            items.append(result)
        return Reply({"items": items})

    def check(self, request: Request) -> Reply:
        classes: list[Object] = []
        for name in request.header["classes"]:
            try:
                classes.append({"name": name, "ok": True, **self._examine(self._code.find(name))})
            except BaseException as error:
                classes.append({"name": name, "ok": False, "error": self._errors.describe(error)})
        return Reply({"classes": classes})

    def _examine(self, cls: Any) -> Object:
        """What airbyte-cdk can give to a class: it offers an argument for each type hint, and no others."""
        hints = typing.get_type_hints(cls)
        try:
            parameters = [
                each
                for name, each in inspect.signature(cls).parameters.items()
                if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
            ]
        except (TypeError, ValueError):
            parameters = []
        required = [each.name for each in parameters if each.default is inspect.Parameter.empty]
        return {
            "hints": {name: self._hint(hint) for name, hint in hints.items()},
            "required": required,
            "unfillable": [name for name in required if name not in hints],
            "base": [f"{each.__module__}.{each.__qualname__}" for each in getattr(cls, "__mro__", ())[1:-1]],
            "doc": inspect.cleandoc(getattr(cls, "__doc__", None) or ""),
            **{key: value for key, value in self._code.where(cls).items() if key in ("file", "line")},
        }

    @staticmethod
    def _hint(hint: Any) -> str:
        text = hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint)
        return re.sub(r"\b(?:typing|dataclasses|collections\.abc)\.", "", text)

    # What calls have in common.

    def _component(self, request: Request, key: str = "id") -> Built:
        return self._by_id(request.header[key])

    def _by_id(self, number: int) -> Built:
        try:
            return self._built[number]
        except KeyError:
            raise Failure("gone", f"component {number} has not been built") from None

    def _response(self, request: Request) -> Any:
        if "response" in request.header:
            return self.responses.add(request)
        return self.responses[request.header["rid"]]

    def _response_or_exception(self, request: Request) -> Any:
        import requests

        if described := request.header.get("exception"):
            name = str(described.get("type", "")).rpartition(".")[2]
            cls = getattr(requests.exceptions, name, None)
            if not (isinstance(cls, type) and issubclass(cls, requests.RequestException)):
                cls = requests.RequestException
            sent = described.get("request")
            return cls(described.get("message"), request=self.responses.prepared(sent, None) if sent else None)
        return self._response(request)

    @staticmethod
    def _slice(header: Object, key: str = "slice") -> Any:
        from airbyte_cdk.sources.types import StreamSlice

        described = header.get(key)
        if described is None:
            return None
        return StreamSlice(
            partition=described.get("partition") or {},
            cursor_slice=described.get("cursor_slice") or {},
            extra_fields=described.get("extra_fields"),
        )

    @staticmethod
    def _token(header: Object) -> Optional[Object]:
        """As the paginator passes it on."""
        return None if header.get("token") is None else {"next_page_token": header["token"]}

    def _reply(self, items: Items) -> Reply:
        reply, more = items.pull()
        if more:
            number = next(self._item_numbers)
            self._items[number] = items
            reply.header["more"] = number
        return reply

    def pull(self, request: Request) -> Reply:
        number = request.header["g"]
        items = self._items.get(number)
        if items is None:
            raise Failure("gone", f"generator {number} has ended")
        reply, more = items.pull()
        if more:
            reply.header["more"] = number
        else:
            self._items.pop(number, None)
        return reply

    def drop(self, request: Request) -> Reply:
        items = self._items.pop(request.header["g"], None)
        if items:
            items.close()
        return Reply()

    # Responses.

    def response(self, request: Request) -> Reply:
        self.responses.add(request)
        return Reply()

    def body(self, request: Request) -> Reply:
        body, header = self.responses.body(request.header.get("rid")), request.header
        if body is None:
            return Reply({"wanted": False})
        wanted = body.add(request.part())
        if header.get("end"):
            body.end(header.get("broken"))
        return Reply({"wanted": wanted})

    def decode(self, request: Request) -> Reply:
        built, response = self._component(request), self._response(request)
        return self._reply(Items(self._decode(built, response)))

    def _decode(self, built: Built, response: Any) -> Iterator[Any]:
        try:
            yield from built.iterate("decode", built.component.decode(response))
        finally:
            if body := self.responses.arriving(response):
                body.abandon()

    # Records.

    def run(self, request: Request) -> Reply:
        header = request.header
        steps = list(header["steps"])
        response = self._response(request) if "response" in header else None
        origins = None
        if steps and steps[0]["op"] == "extract":
            extract = steps.pop(0)
            response = response or self.responses[extract["rid"]]
            source = self._extract(self._by_id(extract["id"]), response)
        else:
            records = JSON.load(request.part())
            source = iter(records)
            origins = Origins(records)
        arguments: Object = {"stream_state": header.get("stream_state") or {}, "stream_slice": self._slice(header)}
        chain = source
        for kind, group in itertools.groupby(steps, lambda step: step["op"]):
            members = [self._by_id(step["id"]) for step in group]
            if kind == "transform":
                chain = self._transform(members, chain, arguments)
                continue
            for built in members:
                if kind == "filter":
                    chain = self._filter(built, chain, {**arguments, "next_page_token": self._token(header)})
                elif kind == "normalize":
                    chain = self._normalize(built, chain, header.get("schema") or {}, origins)
                else:
                    raise Failure("exception", f"`run` has no step {kind}")
        if chain is not source and response is not None:
            chain = self._exhaust(chain, source)
        return self._reply(Items(chain, origins))

    def _extract(self, built: Built, response: Any) -> Iterator[Any]:
        count = 0
        for count, record in enumerate(built.iterate("extract_records", built.component.extract_records(response)), 1):
            yield record
        setattr(response, self.EXTRACTED, count)

    @staticmethod
    def _exhaust(chain: Iterator[Any], source: Iterator[Any]) -> Iterator[Any]:
        """A filter may stop before the end of the page, which is counted all the same."""
        yield from chain
        for _ in source:
            pass

    @staticmethod
    def _filter(built: Built, records: Iterator[Any], arguments: Object) -> Iterator[Any]:
        yield from built.iterate("filter_records", built.component.filter_records(records, **arguments))

    def _transform(self, group: list[Built], records: Iterator[Any], arguments: Object) -> Iterator[Any]:
        if arguments["stream_slice"] is None:  # a schema or the properties of a query, which have no slice
            arguments = {}
        transforms = [built.component.transform for built in group]
        config = self._builder.config.values
        for record in records:
            for transform in transforms:
                transform(record, config=config, **arguments)
            yield record

    @staticmethod
    def _normalize(built: Built, records: Iterator[Any], schema: Object, origins: Optional[Origins]) -> Iterator[Any]:
        for record in records:
            normalized = dict(record)
            if origins:
                origins.follow(record, normalized)
            built.component.transform(normalized, schema)
            yield normalized

    # Authentication.

    @staticmethod
    def _option(value: Any) -> Any:
        """Of what such a method returns, airbyte-cdk ignores everything but mappings and text."""
        return value if isinstance(value, (collections.abc.Mapping, str)) else {}

    def auth_options(self, request: Request) -> Reply:
        built = self._component(request)
        authenticator = built.component
        headers = self._option(authenticator.get_auth_header())
        return Reply(
            {
                "headers": {str(name): str(value) for name, value in built.mapping("get_auth_header", headers).items()},
                "params": self._option(authenticator.get_request_params()),
                "body_data": self._option(authenticator.get_request_body_data()),
                "body_json": self._option(authenticator.get_request_body_json()),
            }
        )

    def auth_sign(self, request: Request) -> Reply:
        from requests import PreparedRequest

        built = self._component(request)
        prepared = self.responses.prepared(request.header["request"], request.part() or None)
        body = prepared.body
        signed = built.component(prepared)
        if not isinstance(signed, PreparedRequest):
            built.returned("__call__", signed, "the request")
        if signed.body is not body:
            signed.prepare_content_length(signed.body)
        data = signed.body.encode() if isinstance(signed.body, str) else signed.body
        if data is not None and not isinstance(data, bytes):
            raise Failure("wrong_type", f"{built.name} gave the request a body that is {type(data).__name__}, not bytes")
        return Reply({"method": signed.method, "url": signed.url, "headers": pairs(signed.headers)}, [data or b""])

    def auth_observe(self, request: Request) -> Reply:
        response = self._response(request)
        self._component(request).component.update_from_response(response.request, response)
        return Reply()

    def auth_rotates(self, request: Request) -> Reply:
        prepared = self.responses.prepared(request.header["request"], request.part() or None)
        return Reply({"rotates": bool(self._component(request).component.has_alternative_token(prepared))})

    def refresh(self, request: Request) -> Reply:
        refresh = getattr(self._component(request).component, "refresh_and_set_access_token", None)
        if refresh:
            refresh()
        return Reply({"refreshed": refresh is not None})

    # Pages.

    def initial_token(self, request: Request) -> Reply:
        return Reply({"token": self._component(request).component.initial_token})

    def page_size(self, request: Request) -> Reply:
        return Reply({"size": self._component(request).component.get_page_size()})

    def next_token(self, request: Request) -> Reply:
        from airbyte_cdk.sources.types import Record

        built, header = self._component(request), request.header
        response, stream_slice = self._response(request), self._slice(header)
        if header.get("extracted") is not None:
            setattr(response, self.EXTRACTED, header["extracted"])
        record = header.get("last_record")
        arguments: Object = {}
        if header.get("page_size_override") is not None:
            arguments["page_size_override"] = header["page_size_override"]
        if built.wants_slice and stream_slice is not None:
            arguments["stream_slice"] = stream_slice
        token = built.component.next_page_token(
            response=response,
            last_page_size=header.get("last_page_size") or 0,
            last_record=None
            if record is None
            else Record(data=record, stream_name=built.stream_name, associated_slice=stream_slice),
            last_page_token_value=header.get("last_token"),
            **arguments,
        )
        return Reply({"token": token or None})

    # Errors of requests.

    def interpret(self, request: Request) -> Reply:
        from airbyte_cdk.sources.streams.http.error_handlers import ErrorResolution

        built = self._component(request)
        resolution = built.component.interpret_response(self._response_or_exception(request))
        if not isinstance(resolution, ErrorResolution):
            built.returned("interpret_response", resolution, "an ErrorResolution")
        action, failure_type = resolution.response_action, resolution.failure_type
        return Reply(
            {
                "action": getattr(action, "name", action),
                "failure_type": getattr(failure_type, "value", failure_type),
                "message": None if resolution.error_message is None else str(resolution.error_message),
            }
        )

    def backoff(self, request: Request) -> Reply:
        built, header = self._component(request), request.header
        cause, seconds = self._response_or_exception(request), None
        if built.role == "CustomBackoffStrategy":
            seconds = built.component.backoff_time(response_or_exception=cause, attempt_count=header.get("attempt") or 1)
        else:
            strategies = getattr(built.component, "backoff_strategies", None) or []
            if header.get("strategy") is not None:
                strategies = strategies[header["strategy"] : header["strategy"] + 1]
            for strategy in strategies:
                seconds = strategy.backoff_time(response_or_exception=cause, attempt_count=header.get("attempt") or 1)
                if seconds:
                    break
        if seconds is not None and not isinstance(seconds, (int, float)):
            built.returned("backoff_time", seconds, "a number")
        return Reply({"seconds": seconds})

    # Schemas, states, configurations.

    def schema(self, request: Request) -> Reply:
        built = self._component(request)
        return Reply(parts=[JSON.dump(built.mapping("get_json_schema", built.component.get_json_schema()))])

    def migrate(self, request: Request) -> Reply:
        built, state = self._component(request), request.header.get("state") or {}
        migrates = bool(built.component.should_migrate(state))
        if migrates:
            state = dict(built.mapping("migrate", built.component.migrate(state)))
        return Reply({"migrates": migrates, "state": state})

    def config(self, request: Request) -> Reply:
        values = request.header["config"]
        self._component(request).component.transform(values)
        return Reply({"config": values})

    def validate(self, request: Request) -> Reply:
        try:
            self._component(request).component.validate(request.header["value"])
        except ValueError as error:
            return Reply({"valid": False, "message": str(error)})
        return Reply({"valid": True})

    # Partitions, requests, whole streams.

    def slices(self, request: Request) -> Reply:
        built = self._component(request)
        if built.stream is not None:
            found: Iterable[Any] = (partition.to_slice() for partition in built.stream.generate_partitions())
        else:
            found = built.component.stream_slices()
        return self._reply(Items(self._describe_slices(built, built.iterate("stream_slices", found))))

    @staticmethod
    def _describe_slices(built: Built, found: Iterator[Any]) -> Iterator[Object]:
        from airbyte_cdk.sources.types import StreamSlice

        for each in found:
            if isinstance(each, StreamSlice):
                yield {
                    "partition": dict(each.partition),
                    "cursor_slice": dict(each.cursor_slice),
                    "extra_fields": dict(each.extra_fields),
                }
            else:
                yield {"partition": dict(built.mapping("stream_slices", each or {})), "cursor_slice": {}, "extra_fields": {}}

    def router_options(self, request: Request) -> Reply:
        component = self._component(request).component
        arguments = {"stream_slice": self._slice(request.header), "next_page_token": self._token(request.header)}
        return Reply(
            {
                "headers": self._option(component.get_request_headers(**arguments)),
                "params": self._option(component.get_request_params(**arguments)),
                "body_data": self._option(component.get_request_body_data(**arguments)),
                "body_json": self._option(component.get_request_body_json(**arguments)),
            }
        )

    def parent_state(self, request: Request) -> Reply:
        get_state = getattr(self._component(request).component, "get_stream_state", None)
        return Reply({"state": get_state() if get_state else None})

    def send(self, request: Request) -> Reply:
        built, header = self._component(request), request.header
        response = built.component.send_request(
            stream_state={},
            stream_slice=self._slice(header),
            next_page_token=self._token(header),
            path=header.get("path"),
            request_headers=header.get("headers") or {},
            request_params=header.get("params") or {},
            request_body_data=header.get("body_data") or {},
            request_body_json=header.get("body_json") or {},
        )
        if response is None:
            return Reply({"none": True})
        if not hasattr(response, "status_code"):
            built.returned("send_request", response, "a response")
        if header.get("rid") is not None:
            self.responses.keep(header["rid"], response)
        sent = response.request
        return Reply(
            {
                "status": response.status_code,
                "reason": response.reason,
                "url": response.url,
                "headers": pairs(response.headers),
                "request": {"method": sent.method, "url": sent.url, "headers": pairs(sent.headers)} if sent is not None else None,
            },
            [response.content],
        )

    def read(self, request: Request) -> Reply:
        built, header = self._component(request), request.header
        schema = header["schema"] if header.get("schema") is not None else built.stream.get_json_schema()
        found = built.component.read_records(schema, self._slice(header))
        return self._reply(Items(self._describe_records(built, built.iterate("read_records", found))))

    @staticmethod
    def _describe_records(built: Built, found: Iterator[Any]) -> Iterator[Object]:
        from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer
        from airbyte_cdk.sources.types import Record

        for each in found:
            if isinstance(each, Record):
                yield {"record": each.data}
            elif isinstance(each, collections.abc.Mapping):
                yield {"record": dict(each)}
            elif isinstance(each, AirbyteMessage):
                yield {"message": AirbyteMessageSerializer.dump(each)}
            else:
                built.returned("read_records", each, "a record or a message")


# MARK: The process


class Host:
    """Reads requests and serves each in a thread, so that one that waits does not hold up the others."""

    IN_ORDER = ("hello", "configure", "build", "check")  # on the main thread, where some code wants to be imported

    def __init__(self) -> None:
        self._channel = Channel(3, 4)
        self._logs = Logs(self._channel)
        self._code = code = Code()
        self._errors = Errors(code)
        self._builder = Builder(code, self._logs)
        self._calls = Calls(code, self._builder, self._errors, self._logs)
        self._ordered: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._idle = 0
        self._idle_lock = threading.Lock()

    def main(self) -> NoReturn:
        for number in (signal.SIGINT, signal.SIGTERM):
            # Whoever stops the runtime by a signal to its group stops it, and the end of the input then stops this process.
            # A handler, unlike SIG_IGN, is not inherited by the programs that a component starts.
            signal.signal(number, lambda *_: None)
        sys.setswitchinterval(0.001)  # so that a short call need not wait long for a thread that works on a page
        threading.Thread(target=self._read, name="frames", daemon=True).start()
        while True:
            self._serve(self._ordered.get())

    def _read(self) -> None:
        try:
            self._read_all()
        except BaseException:  # a frame that is none: nothing after it could be understood
            traceback.print_exc()
        self._end()

    def _read_all(self) -> None:
        while (request := self._channel.read()) is not None:
            operation = request.header.get("op")
            if operation == "release":
                self._calls.responses.release(request.header.get("rids") or ())
            elif operation == "response":
                self._serve(request)  # at once, so that the requests after it may name it
            elif operation in self.IN_ORDER:
                self._ordered.put(request)
            else:
                try:
                    self._hand_over(request)
                except RuntimeError as error:  # no more threads
                    self._answer(request.header.get("n"), Reply(error=error))

    def _hand_over(self, request: Request) -> None:
        with self._idle_lock:
            start = self._idle == 0
            if not start:
                self._idle -= 1
        if start:
            threading.Thread(target=self._work, args=(request,), name="call", daemon=True).start()
        else:
            self._waiting.put(request)

    def _work(self, request: Request) -> None:
        while True:
            self._serve(request)
            with self._idle_lock:
                self._idle += 1
            request = self._waiting.get()

    def _serve(self, request: Request) -> None:
        number, operation = request.header.get("n"), str(request.header.get("op"))
        self._logs.calls.number = number
        try:
            handler = None if operation.startswith("_") else getattr(self._calls, operation, None)
            if handler is None:
                raise Failure("exception", f"there is no operation {operation}")
            reply = handler(request)
        except BaseException as error:  # also SystemExit: a call that wants to end the process only ends itself
            reply = Reply(error=error)
        if not self._channel.belongs_here:  # the component has forked, and the child comes back from its call
            sys.stdout.flush()
            os._exit(0)
        self._logs.calls.number = None
        self._answer(number, reply)

    def _answer(self, number: Any, reply: Reply) -> None:
        header: Object = {"n": number, "ok": reply.error is None, **reply.header}
        if reply.error is not None:
            header["error"] = self._errors.describe(reply.error)
        if changes := self._builder.config.changes():
            header["config"] = changes
        try:
            self._channel.send(header, reply.parts)
        except NotJSON as error:
            self._channel.send({"n": number, "ok": False, "error": self._errors.describe(error)})

    def _end(self) -> NoReturn:
        """Without waiting for threads, `atexit` handlers or a standard output that nobody reads."""
        try:
            last = threading.Thread(target=self._clean_up, daemon=True)
            last.start()
            last.join(0.5)
        finally:  # also where there is no memory for a thread
            os._exit(0)

    def _clean_up(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):
                pass
        for folder in (self._builder.cache_folder, self._code.temporary_folder):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    Host().main()
