#!/usr/bin/env python3
"""Makes a folder of the static libraries that a program is linked from: Swift's and this system's, so that the linker finds no shared
ones before them.

    static_libraries.py /usr/lib/swift_static target
"""

import json
import pathlib
import shutil
import subprocess
import sys

# Those of this system, by the names that the linker looks for. All else that is needed is the C library's.
SYSTEM = ["libyaml.a", "libz.a", "libexpat.a", "libpcre2-8.a", "libssl.a", "libcrypto.a", "libstdc++.a"]

# Those that the package asks pkg-config for.
DESCRIBED = ["yaml-0.1", "zlib", "expat", "libpcre2-8"]

# The half of Foundation that stands on ICU. Packages name it, and what they use is in the other half.
LEFT_OUT = ["Foundation", "FoundationInternationalization", "_FoundationICU", "CoreFoundation"]


def output(*command):
    return subprocess.run(command, capture_output=True, check=True).stdout


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


def leave_out(target):
    """Puts empty archives in the place of those that the program does without, so that a use of them fails to be linked."""
    for name in LEFT_OUT:
        path = target / "linux" / f"lib{name}.a"
        path.unlink()
        path.write_bytes(b"!<arch>\n")


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
    link_system(target)
    describe_system(target)
    leave_out(target)
    let_go(target)


if __name__ == "__main__":
    main()
