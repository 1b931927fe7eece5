#!/usr/bin/env python3
"""Writes the tables that the program carries along into Sources/CTables.

    tables.py zones [FOLDER]    time zones, of the package `tzdata` or of a folder such as /usr/share/zoneinfo
    tables.py ascii             how `anyascii` writes each character, as the reference does for names of fields
    tables.py hosts             what host names are made of in other scripts (UTS #46), by the package `idna`

What each was made of, and its licence where one has to be shown, is noted in Distribution/tables.json. Each file has four bytes for its plain size, big end first, and the table, compressed by zlib.

zones: texts that end with a zero byte: the version of the data, then for each zone its name and the number of its data, from 0; an empty
text; and the data one after another: four bytes for the size, and a file in the form of RFC 9636, from its second header on.

ascii: a line for each character from U+0080 on, surrogates left out.

hosts: runs of characters from U+0080 on: the length of the run as a number, and its kind, one byte: 0 for what host names cannot have,
1 for what disappears, 2 for what becomes something else, whose text ends with a zero byte and holds for the whole run, and else 3 or more:
3 + 8 × its bidirectional class + its joining type. Numbers have seven bits a byte, low ones first, the last without its highest bit.
"""

import importlib.metadata
import importlib.resources
import json
import pathlib
import re
import struct
import sys
import unicodedata
import zlib

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parent / "Sources/CTables"
NOTES = HERE / "tables.json"
SCALARS = [code for code in range(0x80, 0x110000) if not 0xD800 <= code < 0xE000]

# Not zones, but other forms and uses of them.
NO_ZONES = ("posix/", "right/", "localtime", "posixrules", "Factory")
HEADER = struct.Struct(">4sc15x6I")

# The order is known to Sources/HTTP/Network/HostTable.swift.
DIRECTIONS = ["L", "R", "AL", "AN", "EN", "ES", "CS", "ET", "ON", "BN", "NSM"]
JOINING = ["U", "L", "D", "R", "T"]


def zone_data(data):
    """What follows the part for readers of 32 bits; None for a file that is no zone."""
    if data[:4] != b"TZif" or data[4:5] < b"2":
        return None
    _, _, isut, isstd, leap, times, types, chars = HEADER.unpack_from(data)
    return data[HEADER.size + times * 5 + types * 6 + chars + leap * 8 + isstd + isut:]


def zones(folder=None):
    if folder:
        folder = pathlib.Path(folder)
        version = re.match(r"# version (\S+)", (folder / "tzdata.zi").read_text()).group(1)
    else:
        import tzdata

        folder = pathlib.Path(str(importlib.resources.files("tzdata") / "zoneinfo"))
        version = tzdata.IANA_VERSION
    names, contents = {}, {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(NO_ZONES) and (data := zone_data(path.read_bytes())) is not None:
            names[name] = contents.setdefault(data, len(contents))
    texts = [version] + [part for name, number in names.items() for part in (name, str(number))] + [""]
    plain = "".join(f"{text}\0" for text in texts).encode() + b"".join(struct.pack(">I", len(data)) + data for data in contents)
    return plain, {"version": version}


def ascii():
    from anyascii import anyascii

    lines = [anyascii(chr(code)) for code in SCALARS]
    assert not any("\n" in line for line in lines)
    package = importlib.metadata.distribution("anyascii")
    licence = next(file for file in package.files if file.name.startswith("LICENSE")).read_text()
    return "\n".join(lines).rstrip("\n").encode() + b"\n", {"version": package.version, "licence": licence}


def number(value):
    result = bytearray()
    while value >= 0x80:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(result) + bytes([value])


def hosts():
    import idna
    import idna.idnadata

    def kind(code):
        try:
            text = idna.uts46_remap(chr(code), std3_rules=False, transitional=False)
        except idna.IDNAError:
            return b"\0"
        if not text:
            return b"\1"
        if text != chr(code):
            return b"\2" + text.encode() + b"\0"
        direction = unicodedata.bidirectional(chr(code))
        joining = joining_types.get(code, "U")
        return bytes([3 + 8 * DIRECTIONS.index(direction if direction in DIRECTIONS else "ON") + JOINING.index(joining)])

    # Ranges as one number, with the first character above 32 bits and the one behind the last below. What only joins others is left out.
    joining_types = {
        code: kind for kind, ranges in idna.idnadata.joining_types.items() if kind in JOINING
        for both in ranges for code in range(both >> 32, both & 0xFFFFFFFF)}
    assert joining_types[0x628] == "D" and joining_types[0x627] == "R", "idna keeps its joining types in another form"
    result, last, count = bytearray(), kind(SCALARS[0]), 0
    for code in SCALARS:
        now = kind(code)
        if now != last:
            result += number(count) + last
            last, count = now, 0
        count += 1
    return bytes(result + number(count) + last), {"version": idna.idnadata.__version__}


def main():
    name = sys.argv[1]
    plain, note = {"zones": zones, "ascii": ascii, "hosts": hosts}[name](*sys.argv[2:])
    output = FOLDER / name
    output.write_bytes(struct.pack(">I", len(plain)) + zlib.compress(plain, 9))
    notes = json.loads(NOTES.read_text()) if NOTES.exists() else {}
    NOTES.write_text(json.dumps({**notes, name: note}, indent=2, sort_keys=True) + "\n")
    print(f"{output}: {len(plain)} bytes, compressed {output.stat().st_size}")


if __name__ == "__main__":
    main()
