"""The program airbyte-lowcode: where it is, and how it is run."""

from __future__ import annotations

import collections
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import typing

from .errors import AirbyteLowcodeError
from .options import Settings

NAME = "airbyte-lowcode"
RECORD = b'{"type":"RECORD","record":{"stream":'
# The exit status of `read --part` where only a change of the config or the manifest can help.
CONFIG_ERROR = 78
LINES_KEPT = 20


def binary(option: str | None) -> str:
    """The program on this machine: what the option names, what `SparkContext.addFile` sent, the wheel's, or the one on the PATH."""
    if option:
        if os.access(option, os.X_OK) and os.path.isfile(option):
            return option
        raise AirbyteLowcodeError(f"The option `binary` names {option}, which is no program on this machine")
    with contextlib.suppress(Exception):
        from pyspark import SparkFiles

        sent = SparkFiles.get(NAME)
        if os.access(sent, os.X_OK) and os.path.isfile(sent):
            return sent
    with contextlib.suppress(ImportError, FileNotFoundError):
        import airbyte_lowcode

        return os.fspath(airbyte_lowcode.path())
    if found := shutil.which(NAME):
        return found
    raise AirbyteLowcodeError(
        f"{NAME} is not on this machine: install the package airbyte-lowcode there, send the program with "
        'spark.sparkContext.addFile("…/airbyte-lowcode"), or name it with option("binary", …)')


class Workplace:
    """A folder of this process alone, with the manifest and what belongs to it. It is gone when the block ends."""

    def __init__(self, settings: Settings):
        self.settings = settings

    def __enter__(self) -> Workplace:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="airbyte-lowcode-"))
        for name, content in self.settings.files.items():
            self.write(f"manifest/{name}", content)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name: str, content: str | bytes) -> str:
        """Writes a file that only this user can read, and returns its path."""
        path = self.folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        return os.fspath(path)

    def command(self, *arguments: str) -> list[str]:
        """A command line with the manifest. The config is not in it: it goes through a pipe."""
        manifest = os.fspath(self.folder / "manifest" / "manifest.yaml")
        return [binary(self.settings.binary), arguments[0], "--manifest", manifest, "--config", "-", *arguments[1:]]

    def run(self, *arguments: str) -> bytes:
        """Runs a command that takes the config, and returns what it printed. Raises AirbyteLowcodeError if it failed."""
        return self._run(self.command(*arguments), self.settings.config.encode())

    def run_plain(self, *arguments: str) -> bytes:
        """Runs a command that takes neither manifest nor config."""
        return self._run([binary(self.settings.binary), *arguments], b"")

    def _run(self, command: list[str], given: bytes) -> bytes:
        done = subprocess.run(command, input=given, capture_output=True, cwd=self.folder, check=False)
        if done.returncode:
            errors = [error for line in done.stdout.splitlines() if (error := _trace_error(line))]
            lines = done.stderr.decode(errors="replace").splitlines()
            raise _failure(f"`{command[1]}`", errors, lines, done.returncode)
        return done.stdout


class PartRead:
    """A part that is being read: iterate over the data of its records, as JSON text. What else was said is kept."""

    def __init__(self, workplace: Workplace, part: str, what: str):
        self.what = what
        # STATE messages, and TRACE messages, as lines.
        self.kept: list[bytes] = []
        self._errors: list[dict[str, typing.Any]] = []
        path = workplace.write("part.json", part)
        self._process = subprocess.Popen(
            workplace.command("read", "--part", path), cwd=workplace.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, bufsize=1 << 20)
        self._tail: collections.deque[str] = collections.deque(maxlen=LINES_KEPT)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(workplace.settings.config.encode())
            self._process.stdin.close()

    def _listen(self) -> None:
        for line in self._process.stderr:
            self._tail.append(line.decode(errors="replace").rstrip())

    def __enter__(self) -> PartRead:
        return self

    def __exit__(self, *_: object) -> None:
        """A read that is left early, as when a task is cancelled, ends."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._listener.join(10)
        self._process.stdout.close()
        self._process.stderr.close()

    def __iter__(self) -> typing.Iterator[bytes]:
        """Raises AirbyteLowcodeError at the end if something of the part could not be read."""
        head = b""
        for line in self._process.stdout:
            # The head of a stream's RECORD messages is always the same.
            if head and line.startswith(head) and (end := line.rfind(b',"emitted_at":')) > 0:
                yield line[len(head):end]
            elif line.startswith(RECORD):
                start = line.index(b',"data":', len(RECORD)) + len(b',"data":')
                head = line[:start]
                yield line[start:line.rindex(b',"emitted_at":')]
            elif line.startswith((b'{"type":"STATE"', b'{"type":"TRACE"')):
                self.kept.append(line)
                if error := _trace_error(line):
                    self._errors.append(error)
        status = self._process.wait()
        self._listener.join(10)
        if status:
            raise _failure(self.what, self._errors, list(self._tail), status)


def _trace_error(line: bytes) -> dict[str, typing.Any] | None:
    if not line.startswith(b'{"type":"TRACE"'):
        return None
    with contextlib.suppress(ValueError, KeyError, TypeError):
        trace = json.loads(line)["trace"]
        return trace["error"] if trace["type"] == "ERROR" else None
    return None


def _failure(what: str, errors: list[dict[str, typing.Any]], lines: list[str], status: int) -> AirbyteLowcodeError:
    """The program's own sentences: from its TRACE messages, otherwise from standard error."""
    kind = "config_error" if status in (CONFIG_ERROR, 64) else "system_error"
    # An error of a stream says more than the one at the end, which says that there were some.
    if errors := [error for error in errors if error.get("stream_descriptor")] or errors:
        told = list(dict.fromkeys(str(error.get("message")) for error in errors))
        sentence = " ".join(one if one.endswith(".") else f"{one}." for one in told)
        kinds = [error.get("failure_type") for error in errors]
        kind = next((one for one in ("config_error", "system_error", "transient_error") if one in kinds), kind)
    else:
        told = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")] or lines[-3:]
        sentence = " ".join(told) or (f"It was ended by signal {-status}." if status < 0 else f"Its exit status was {status}.")
    return AirbyteLowcodeError(f"{what} failed: {sentence}", kind)
