#!/usr/bin/env python3
"""Checks that modules of one platform are only imported where they can be: within `#if canImport(…)` or `#if os(…)`. And checks that
what the program is made of imports `Essentials`, not all of Foundation, which would bring ICU along; `URLSession` needs it.

    check_imports.py Sources Tests …

A module that is imported in the `#else` of a condition on another one counts as guarded.
"""

import pathlib
import re
import sys

# Modules that only some platforms have.
PLATFORM = {"Glibc", "Musl", "Bionic", "Android", "Darwin", "WinSDK", "FoundationNetworking", "FoundationXML", "Security"}
# What may import all of Foundation: a plugin of the package manager, and a program beside this one.
FREE = ("Sources/EmbedPlugin/", "Sources/example-api/")
IMPORT = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+|package\s+|internal\s+|private\s+|public\s+)*import\s+(?:\w+\s+)?(\w+)")
CONDITION = re.compile(r"^\s*#(if|elseif|else|endif)\b(.*)")
GUARD = re.compile(r"\b(?:canImport|os)\s*\(|\bURLSession\b")


def unguarded(text, modules):
    """The numbers of the lines with an import of these modules that no condition surrounds, and the module."""
    # For each open condition: whether one of its branches so far asked for a platform.
    guards = []
    for number, line in enumerate(text.splitlines(), start=1):
        if directive := CONDITION.match(line):
            word, condition = directive.groups()
            if word == "if":
                guards.append(bool(GUARD.search(condition)))
            elif word == "elseif" and guards:
                guards[-1] = guards[-1] or bool(GUARD.search(condition))
            elif word == "endif" and guards:
                guards.pop()
            continue
        found = IMPORT.match(line)
        if found and found.group(1) in modules and not any(guards):
            yield number, found.group(1)


def main():
    wrong = 0
    for folder in sys.argv[1:]:
        path = pathlib.Path(folder)
        for file in sorted(path.rglob("*.swift")) if path.is_dir() else [path]:
            text = file.read_text(encoding="utf-8")
            for number, module in unguarded(text, PLATFORM):
                print(f"{file}:{number}: error: {module} is only there on some platforms; import it within `#if canImport({module})`")
                wrong += 1
            if not file.as_posix().startswith("Sources/") or file.as_posix().startswith(FREE):
                continue
            for number, module in unguarded(text, {"Foundation", "FoundationEssentials"}):
                print(f"{file}:{number}: error: import Essentials, which is {module} as far as the program needs it")
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
