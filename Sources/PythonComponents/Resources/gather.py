"""Gathers the Python that runs this in a folder that can be moved, with what custom components need.

    gather.py FOLDER PREFIX NAME…

FOLDER gets `bin` and `lib`, and the file `gathered.json` that says what is there. PREFIX is where they will be later. NAME… are the
distributions that airbyte-cdk imports to build components; others that it only requires are left out. Whatever else somebody has
installed stays, with its needs. The same Python gives the same bytes.
"""

import compileall
import importlib.metadata
import json
import os
import pathlib
import py_compile
import re
import shutil
import sys
import sysconfig

VERSION = "python%d.%d" % sys.version_info[:2]
# Parts of the standard library that no connector uses.
LEFT_OUT = {"__pycache__", "site-packages", "dist-packages", "test", "tests", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "pydoc_data"}
TOOLS = {"pip", "setuptools", "wheel"}
# What installers write for themselves; it differs from one installation to the next.
OF_INSTALLERS = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def copy_standard_library(folder):
    root = sysconfig.get_path("stdlib")

    def left_out(directory, names):
        found = {name for name in names if name in LEFT_OUT or name.startswith(("config-", "_test", "_tkinter"))}
        return found | {name for name in names if name.endswith(".pyc")}

    shutil.copytree(root, folder / "lib" / VERSION, ignore=left_out, copy_function=shutil.copyfile, ignore_dangling_symlinks=True)


def copy_program(folder):
    program = os.path.realpath(sys.executable)
    copy(program, folder / "bin" / VERSION)
    for name in ("python", "python3"):
        os.symlink(VERSION, folder / "bin" / name)
    library = sysconfig.get_config_var("INSTSONAME")
    place = os.path.join(sys.base_prefix, "lib", library or "")
    if library and library.startswith("libpython") and ".so" in library and os.path.isfile(place):
        copy(place, folder / "lib" / library)


def chosen(distributions, wanted):
    needs = {
        name: {canonical(re.match(r"[\w.-]+", need)[0]) for need in each.requires or () if "extra ==" not in need}
        for name, each in distributions.items()
    }

    def closure(names):
        found, rest = set(), set(names)
        while rest:
            name = rest.pop()
            if name in needs and name not in found:
                found.add(name)
                rest |= needs[name]
        return found

    of_reference = closure({"airbyte-cdk"})
    return (of_reference & wanted if wanted else of_reference) | closure(set(distributions) - of_reference - TOOLS)


def copy_distributions(folder, wanted):
    distributions = {canonical(each.metadata["Name"]): each for each in importlib.metadata.distributions()}
    names = sorted(chosen(distributions, wanted))
    target = folder / "lib" / VERSION / "site-packages"
    target.mkdir()
    # Where Debian's Python looks.
    os.symlink("site-packages", folder / "lib" / VERSION / "dist-packages")
    for name in names:
        for file in distributions[name].files or ():
            source = pathlib.Path(distributions[name].locate_file(file))
            if file.parts[0] == ".." or "__pycache__" in file.parts or file.name in OF_INSTALLERS or not source.is_file():
                continue
            copy(source, target.joinpath(*file.parts))
    return {name: distributions[name].version for name in names}


def main():
    folder, prefix = pathlib.Path(sys.argv[1]), sys.argv[2]
    copy_standard_library(folder)
    copy_program(folder)
    found = copy_distributions(folder, {canonical(name) for name in sys.argv[3:]})
    # The files of an image cannot be written by its user, and their times are not those of the sources.
    compileall.compile_dir(
        folder / "lib", quiet=2, stripdir=str(folder), prependdir=prefix, workers=1,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    said = {"python": sys.version.split()[0], "distributions": found}
    (folder / "gathered.json").write_text(json.dumps(said), encoding="utf-8")


main()
