#!/usr/bin/env python3
"""Makes a folder of the static libraries that a program is linked from: Swift's, with the part of ICU's data that is used and
without libcurl, and this system's, so that the linker finds no shared ones before them.

    static_libraries.py /usr/lib/swift_static target

Foundation's ICU carries 34 MB of data for every language, collation and encoding, as one object of its archive. Used are its time
zones, its transliteration, and properties of characters in patterns. The form of the data is that of ICU's `.dat` files (udata.h,
ucmndata.h).
"""

import fnmatch
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

ARCHIVE = "linux/lib_FoundationICU.a"

# Those of this system, by the names that the linker looks for. All else that is needed is the C library's.
SYSTEM = ["libyaml.a", "libz.a", "libexpat.a", "libpcre2-8.a", "libssl.a", "libcrypto.a", "libstdc++.a"]

# Those that the package asks pkg-config for.
DESCRIBED = ["yaml-0.1", "zlib", "expat", "libpcre2-8"]

# Names without the package's own (`icudt76l/`).
KEPT = [
    "translit/*", "zoneinfo64.res", "timezoneTypes.res", "windowsZones.res", "metaZones.res", "keyTypeData.res", "root.res",
    "pool.res", "res_index.res", "en.res", "en_*.res", "supplementalData.res", "likelySubtags.res", "numberingSystems.res",
    "icuver.res", "icustd.res", "*.icu", "*.nrm", "brkitr/root.res", "brkitr/res_index.res", "brkitr/*.brk",
]


def is_kept(name):
    return any(fnmatch.fnmatchcase(name.split("/", 1)[1], pattern) for pattern in KEPT)


def output(*command):
    return subprocess.run(command, capture_output=True, check=True).stdout


def subset(data):
    """The same package with only the items that are kept."""
    start = struct.unpack_from("<H", data)[0]
    if data[2:4] != b"\xda\x27" or data[12:16] != b"CmnD":
        raise SystemExit("This is not ICU's data: it has another form.")
    count = struct.unpack_from("<I", data, start)[0]
    entries = [struct.unpack_from("<II", data, start + 4 + 8 * index) for index in range(count)]
    ends = [place for _, place in entries[1:]] + [len(data) - start]
    items = []
    for (name_place, place), end in zip(entries, ends):
        name = data[start + name_place : data.index(b"\0", start + name_place)]
        if is_kept(name.decode()):
            items.append((name + b"\0", data[start + place : start + end]))
    # The table, the names, and the contents, which are aligned to 16 bytes.
    names, contents, table = bytearray(), bytearray(), bytearray(struct.pack("<I", len(items)))
    first_name = 4 + 8 * len(items)
    first_content = first_name + sum(len(name) for name, _ in items)
    first_content += -(start + first_content) % 16
    for name, content in items:
        table += struct.pack("<II", first_name + len(names), first_content + len(contents))
        names += name
        contents += content + b"\0" * (-len(content) % 16)
    head = data[:start] + table + names
    return head + b"\0" * (start + first_content - len(head)) + contents


def replace_data(archive, folder):
    """Puts an object with the subset in the place of the archive's object with the whole."""
    name = next(name for name in output("ar", "t", archive).decode().split() if name.startswith("icu_packaged_data"))
    member = folder / name
    member.write_bytes(output("ar", "p", archive, name))
    symbols = [line.split()[2] for line in output("nm", "--defined-only", member).decode().splitlines()]
    label = next(symbol for symbol in symbols if symbol.endswith("_dat"))
    output("objcopy", "-O", "binary", "--only-section=.rodata", member, folder / "whole")
    (folder / "part").write_bytes(subset((folder / "whole").read_bytes()))
    (folder / "part.s").write_text(
        f'.section .rodata\n.balign 16\n.global {label}\n.type {label}, %object\n{label}:\n.incbin "{folder}/part"\n'
        f'.size {label}, . - {label}\n.section .note.GNU-stack,"",%progbits\n')
    output("clang", "-c", folder / "part.s", "-o", member)
    output("ar", "r", archive, member)


def leave_out_curl(target):
    """Puts an empty archive in the place of libcurl, which Foundation asks for: its functions are those of CCurl."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "nothing.c"
        source.write_text("")
        output("clang", "-c", source, "-o", source.with_suffix(".o"))
        output("ar", "rc", target / "linux/libcurl.a", source.with_suffix(".o"))


def link_system(target):
    """Links to the archives of this system, and says of which packages and versions they are."""
    versions = {}
    for name in SYSTEM:
        # The compiler answers with the name alone where it has no such file.
        path = pathlib.Path(output("clang", f"-print-file-name={name}").decode().strip())
        if not path.is_absolute() or not path.exists():
            raise SystemExit(f"There is no {name} for the static program: install the development package that has it.")
        path = path.resolve()
        (target / "linux" / name).symlink_to(path)
        if shutil.which("dpkg-query"):
            package = output("dpkg-query", "--search", path).decode().split(":")[0]
            version = output("dpkg-query", "--show", "--showformat=${source:Version}", package).decode()
            versions[name] = {"package": package, "version": version}
    (target / "versions.json").write_text(json.dumps(versions, indent=2, sort_keys=True) + "\n")


def describe_system(target):
    """Writes what pkg-config says of the libraries, without their folder, which would come before that of the archives."""
    folder = target / "pkgconfig"
    folder.mkdir()
    for name in DESCRIBED:
        flags = output("pkg-config", "--cflags", name).decode().strip()
        links = output("pkg-config", "--libs-only-l", name).decode().strip()
        (folder / f"{name}.pc").write_text(f"Name: {name}\nDescription: {name}\nVersion: 0\nCflags: {flags}\nLibs: {links}\n")


def let_go(target):
    """Takes out what keeps every public symbol of a program in it, used or not: nothing looks for them by name."""
    arguments = target / "linux" / "static-stdlib-args.lnk"
    text = arguments.read_text()
    if "-export-dynamic" not in text:
        raise SystemExit(f"{arguments} has another form.")
    arguments.unlink()
    arguments.write_text(text.replace("-Xlinker -export-dynamic\n", ""))


def main():
    source, target = (pathlib.Path(argument).absolute() for argument in sys.argv[1:])
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=lambda path, link: pathlib.Path(link).symlink_to(path))
    archive = target / ARCHIVE
    archive.unlink()
    shutil.copyfile(source / ARCHIVE, archive)
    with tempfile.TemporaryDirectory() as folder:
        replace_data(archive, pathlib.Path(folder))
    leave_out_curl(target)
    link_system(target)
    describe_system(target)
    let_go(target)


if __name__ == "__main__":
    main()
