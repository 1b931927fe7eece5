"""Runs a process and says what it took."""

import fcntl
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass

RECORD = b'{"type":"RECORD"'
SEAM = len(RECORD) - 1
PIPE_BYTES = 1 << 20


@dataclass
class Measurement:
    # Seconds from the start of the process to its end, and those that it computed, in its own code and in the system's.
    wall: float
    cpu: float
    # The peak of resident memory in MB.
    memory: float
    records: int
    lines: int

    def best(self, other):
        """The shorter times and the larger peak of two runs."""
        return Measurement(
            min(self.wall, other.wall), min(self.cpu, other.cpu), max(self.memory, other.memory), self.records,
            self.lines)


class Failed(Exception):
    pass


def run(command, counts_records=True):
    """Runs `command` to its end. Its output goes through a pipe, as to Airbyte, and its RECORD lines are counted; without
    `counts_records` only its lines are, which takes next to no time.
    """
    buffer = bytearray(PIPE_BYTES)
    view = memoryview(buffer)
    records, lines, tail = 0, 0, b""
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL, bufsize=0)
        output = process.stdout.fileno()
        fcntl.fcntl(output, getattr(fcntl, "F_SETPIPE_SZ", 1031), PIPE_BYTES)
        while count := os.readv(output, [view]):
            lines += buffer.count(b"\n", 0, count)
            if not counts_records:
                continue
            # A line's beginning may stand in two parts.
            records += buffer.count(RECORD, 0, count) + (tail + bytes(view[: min(count, SEAM)])).count(RECORD)
            tail = (tail + bytes(view[max(0, count - SEAM) : count]))[-SEAM:]
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode:
            errors.seek(0)
            raise Failed(f"{command[0]} ended with {process.returncode}: {errors.read()[-2_000:].decode(errors='replace')}")
    return Measurement(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, records, lines)
