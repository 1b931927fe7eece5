#!/usr/bin/env python3
"""Writes the public symbols of the library, one a line, or compares them with the file that lists them.

    Distribution/public_api.py BUILD FILE [--check]

BUILD is the folder of a debug build, as .build/debug.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

# The modules whose public symbols are the library's.
MODULES = ["AirbyteProtocol", "ConnectorModel", "Engine", "JSON", "LowCode", "Manifest", "YAML"]


def symbols(build):
    target = json.loads(subprocess.check_output(["swift", "-print-target-info"]))["target"]["triple"]
    maps = [f for f in pathlib.Path("Sources").glob("*/module.modulemap")] + [f for f in build.glob("*.build/module.modulemap") if "-tool." not in str(f)]
    packages = build.parent / "checkouts"
    headers = [f.parent for f in maps] + list(pathlib.Path("Sources").glob("*/include"))
    headers += [f.parent for f in packages.glob("*/*/include/module.modulemap")]
    arguments = ["-I", str(build / "Modules")]
    for folder in sorted(set(headers)):
        arguments += ["-I", str(folder)]
    lines = set()
    with tempfile.TemporaryDirectory() as folder:
        for module in MODULES:
            subprocess.run(
                ["swift", "symbolgraph-extract", "-module-name", module, "-target", target, "-output-dir", folder,
                 "-minimum-access-level", "public", "-skip-synthesized-members"] + arguments,
                check=True, stdout=subprocess.DEVNULL)
        for file in pathlib.Path(folder).glob("*.symbols.json"):
            graph = json.loads(file.read_text())
            module = graph["module"]["name"]
            for symbol in graph["symbols"]:
                declaration = "".join(part["spelling"] for part in symbol.get("declarationFragments", []))
                name = ".".join(symbol["pathComponents"])
                lines.add(f"{module}.{name}: {' '.join(declaration.split())}")
    return sorted(lines)


def main():
    build, file = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    found = symbols(build)
    if "--check" not in sys.argv:
        file.write_text("\n".join(found) + "\n")
        return
    listed = file.read_text().splitlines()
    if listed == found:
        return
    for line in sorted(set(listed) - set(found)):
        print(f"- {line}", file=sys.stderr)
    for line in sorted(set(found) - set(listed)):
        print(f"+ {line}", file=sys.stderr)
    print(f"The public symbols of the code are not those of {file}. If the change is meant, run `make public-api` and commit the file.",
          file=sys.stderr)
    sys.exit(1)


main()
