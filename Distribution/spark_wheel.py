#!/usr/bin/env python3
"""Writes the wheel of Integrations/spark: Python alone, for any system. The same sources make the same bytes.

    spark_wheel.py VERSION FOLDER
"""

import os
import pathlib
import sys
import tomllib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from wheel import Wheel  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "Integrations" / "spark"


def metadata(project, version):
    lines = [
        "Metadata-Version: 2.4", f"Name: {project['name']}", f"Version: {version}", f"Summary: {project['description']}",
        f"Keywords: {','.join(project['keywords'])}", f"License-Expression: {project['license']}",
        f"Requires-Python: {project['requires-python']}", *(f"Requires-Dist: {one}" for one in project["dependencies"])]
    for extra, needed in project["optional-dependencies"].items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {one}; extra == "{extra}"' for one in needed]
    readme = (SOURCES / project["readme"]).read_text()
    return "\n".join(lines) + f"\nDescription-Content-Type: text/markdown\n\n{readme}"


def main():
    version, folder = sys.argv[1:]
    described = tomllib.loads((SOURCES / "pyproject.toml").read_text())
    name = described["project"]["name"].replace("-", "_")
    info = f"{name}-{version}.dist-info"
    path = pathlib.Path(folder) / f"{name}-{version}-py3-none-any.whl"
    wheel = Wheel(path, int(os.environ.get("SOURCE_DATE_EPOCH", "0")))
    for package in described["tool"]["setuptools"]["packages"]:
        for file in sorted((SOURCES / package).iterdir()):
            if file.suffix in (".py", ".typed"):
                wheel.add(f"{package}/{file.name}", file.read_bytes())
    wheel.add(f"{info}/METADATA", metadata(described["project"], version))
    wheel.add(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: airbyte-lowcode\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.add(f"{info}/licenses/LICENSE", (ROOT / "LICENSE").read_text())
    wheel.close(f"{info}/RECORD")
    print(path)


if __name__ == "__main__":
    main()
