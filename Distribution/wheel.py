#!/usr/bin/env python3
"""Writes a wheel that brings the executable along, with a module that says where it is. The same executable makes the same bytes.

    wheel.py path/to/airbyte-lowcode VERSION FOLDER

The tag says which C library the executable needs: that is read from the executable.
"""

import base64
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
NAME = "airbyte-lowcode"
MODULE = "airbyte_lowcode"
# The names of processors in wheels' tags, by ELF's numbers.
PROCESSORS = {62: "x86_64", 183: "aarch64"}
# The libraries that a manylinux wheel may expect of a system (PEP 600), as far as they can come up here.
EXPECTED = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libresolv.so.2", "libgcc_s.so.1", "libstdc++.so.6"}


def platform(binary):
    """As in `manylinux_2_34_x86_64`: the processor, and the newest version of the C library that a symbol is taken from."""
    dynamic = subprocess.run(["objdump", "-p", binary], capture_output=True, check=True, text=True).stdout
    needed = set(re.findall(r"^\s+NEEDED\s+(\S+)", dynamic, flags=re.M))
    if others := sorted(name for name in needed - EXPECTED if not name.startswith("ld-linux")):
        sys.exit(f"error: {binary} needs {', '.join(others)}, which a wheel cannot expect of a system: build it with STATIC=1")
    versions = {tuple(map(int, version.split("."))) for version in re.findall(r"GLIBC_([0-9.]+)", dynamic)}
    newest = max(versions)
    machine = int.from_bytes(pathlib.Path(binary).read_bytes()[18:20], "little")
    return f"manylinux_{newest[0]}_{newest[1]}_{PROCESSORS[machine]}"


def metadata(version):
    readme = (HERE / "python" / "README.md").read_text()
    return (
        f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n"
        "Summary: Runs Airbyte's declarative low-code connectors, natively\n"
        "Keywords: airbyte,etl,elt,connector,low-code\n"
        "License: MIT\nRequires-Python: >=3.8\n"
        "Classifier: Environment :: Console\nClassifier: Operating System :: POSIX :: Linux\n"
        "Classifier: Programming Language :: Swift\nClassifier: Topic :: Database\n"
        f"Description-Content-Type: text/markdown\n\n{readme}")


class Wheel:
    """An archive of files, and the list of them that it ends with."""

    def __init__(self, path, epoch):
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
        # The form has no times before 1980.
        self.time = time.gmtime(max(epoch, 315_532_800))[:6]
        self.rows = []

    def add(self, name, content, mode=0o644):
        if isinstance(content, str):
            content = content.encode()
        entry = zipfile.ZipInfo(name, self.time)
        entry.external_attr = (0o100000 | mode) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3
        self.archive.writestr(entry, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self.rows.append(f"{name},sha256={digest},{len(content)}\n")

    def close(self, record):
        self.archive.writestr(self._record(record), "".join(self.rows) + f"{record},,\n")
        self.archive.close()

    def _record(self, name):
        entry = zipfile.ZipInfo(name, self.time)
        entry.external_attr = 0o100644 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3
        return entry


def main():
    binary, version, folder = sys.argv[1:]
    tag = f"py3-none-{platform(binary)}"
    path = pathlib.Path(folder) / f"{MODULE}-{version}-{tag}.whl"
    info = f"{MODULE}-{version}.dist-info"
    wheel = Wheel(path, int(os.environ.get("SOURCE_DATE_EPOCH", "0")))
    for file in sorted((HERE / "python" / MODULE).glob("*.py")):
        wheel.add(f"{MODULE}/{file.name}", file.read_text().replace("@VERSION@", version))
    wheel.add(f"{MODULE}/py.typed", "")
    wheel.add(f"{MODULE}-{version}.data/scripts/{NAME}", pathlib.Path(binary).read_bytes(), 0o755)
    wheel.add(f"{info}/METADATA", metadata(version))
    wheel.add(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: {NAME}\nRoot-Is-Purelib: false\nTag: {tag}\n")
    wheel.add(f"{info}/licenses/LICENSE", (HERE.parent / "LICENSE").read_text())
    if notices := os.environ.get("NOTICES"):
        wheel.add(f"{info}/licenses/NOTICES.txt", pathlib.Path(notices).read_text())
    wheel.close(f"{info}/RECORD")
    print(path)


if __name__ == "__main__":
    main()
