#!/usr/bin/env python3
"""The versions of Swift packages that releases are built with: Distribution/pins.json.

    pins.py lay        put them in place for a build
    pins.py check      compare them with what Package.swift asks for, and with what a build resolved
    pins.py record     make those of the last build the ones of releases
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PINNED = ROOT / "Distribution" / "pins.json"
RESOLVED = ROOT / "Package.resolved"
REMEDY = "run `swift package update` and `make pins`, and look at what changed"


def pins(path):
    return {
        pin["identity"]: (pin["state"].get("version"), pin["state"]["revision"]) for pin in json.loads(path.read_text())["pins"]}


def requirements(text):
    """The packages that Package.swift asks for, each with its lowest version."""
    found = re.findall(r'\.package\(url:\s*"([^"]+)",\s*from:\s*"([^"]+)"\)', text)
    return {url.rstrip("/").removesuffix(".git").rsplit("/", 1)[1].lower(): lowest for url, lowest in found}


def problems(pinned, wanted, resolved):
    numbers = lambda version: tuple(map(int, version.split(".")))
    for name, lowest in wanted.items():
        if name not in pinned:
            yield f"{name} is not pinned"
        elif not numbers(lowest) <= numbers(pinned[name][0]) < (numbers(lowest)[0] + 1,):
            yield f"{name} is pinned to {pinned[name][0]}, but Package.swift asks for {lowest} or a later {numbers(lowest)[0]}"
    for name in sorted(set(pinned) | set(resolved or {})) if resolved is not None else []:
        if pinned.get(name) != resolved.get(name):
            of = lambda found: found[name][0] if name in found else "nothing"
            yield f"the build resolved {name} to {of(resolved)}, but {of(pinned)} is pinned"


def main():
    command = sys.argv[1]
    if command == "record":
        PINNED.write_bytes(RESOLVED.read_bytes())
    elif command == "lay":
        if not RESOLVED.exists() or pins(RESOLVED) != pins(PINNED):
            RESOLVED.write_bytes(PINNED.read_bytes())
    else:
        found = list(problems(
            pins(PINNED), requirements((ROOT / "Package.swift").read_text()), pins(RESOLVED) if "--built" in sys.argv else None))
        for problem in found:
            print(f"{PINNED.relative_to(ROOT)}: error: {problem}: {REMEDY}")
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
