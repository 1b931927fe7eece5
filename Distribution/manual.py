#!/usr/bin/env python3
"""Writes the man page of airbyte-lowcode from what the executable says of its commands (`--experimental-dump-help`).

    manual.py path/to/airbyte-lowcode > airbyte-lowcode.1
"""

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"


def rows(first):
    """The rows of the page's table whose first column is called so, each a name and a sentence without links."""
    tables = re.findall(rf"^\| {first} \| .*\n\|[-| ]*\n((?:\|.*\n?)+)", PAGE.read_text(), flags=re.M)
    if len(tables) != 1:
        sys.exit(f"{PAGE} needs one table whose first column is called `{first}`.")
    for line in tables[0].splitlines():
        line = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", line)
        yield [cell.strip() for cell in line.strip("| ").split(" | ", 1)]


def roff(text):
    """Text as roff takes it literally; `code` becomes bold."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", text)
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def paragraph(text):
    """Text in lines as short as roff likes them."""
    lines = [textwrap.wrap(line, 70, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")]
    return roff("\n".join(line for part in lines for line in part))


def option(argument):
    names = ["-" * (1 if name["kind"] == "short" else 2) + name["name"] for name in argument.get("names", [])]
    if argument["kind"] == "positional":
        return f"\\fI{roff(argument['valueName'])}\\fR"
    value = f" \\fI{roff(argument['valueName'])}\\fR" if argument["kind"] == "option" else ""
    return ", ".join(f"\\fB{roff(name)}\\fR" for name in names) + value


def usage(argument):
    text = option({**argument, "names": argument.get("names", [])[:1]})
    return f"[{text}]" if argument["isOptional"] else text


def page(tool, version):
    root = tool["command"]
    name = root["commandName"]
    number = version.split()[0]
    yield f'.TH {name.upper()} 1 "" "{name} {number}" "User Commands"'
    yield f".SH NAME\n{roff(name)} \\- {roff(root['abstract'])}"
    yield f".SH SYNOPSIS\n.B {roff(name)}\n.I command\n.RI [ options ]"
    yield f".SH DESCRIPTION\n{paragraph(root['discussion'])}\n.PP\nVersion {roff(version)}."
    yield ".SH COMMANDS"
    for command in root["subcommands"]:
        if command["commandName"] == "help":
            continue
        shown = [a for a in command["arguments"] if a["shouldDisplay"] and not is_standard(a)]
        yield f".SS {roff(name)} {roff(command['commandName'])} " + " ".join(usage(a) for a in shown)
        yield paragraph(command["abstract"])
        if command.get("discussion"):
            yield f".PP\n{paragraph(command['discussion'])}"
        for argument in shown:
            yield f".TP\n{option(argument)}\n{paragraph(argument.get('abstract', ''))}"
    yield ".SH OPTIONS\n.TP\n\\fB\\-\\-version\\fR\nShow the version, the version of the reference it is compatible with, the commit and the libraries."
    yield ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nShow help."
    for title, entries in [("EXIT STATUS", rows("exit status")), ("ENVIRONMENT", rows("variable")), ("FILES", rows("file"))]:
        yield f".SH {title}"
        for term, text in entries:
            yield f".TP\n{roff(term)}\n{paragraph(text)}"


def is_standard(argument):
    return any(name["name"] in ("help", "version") for name in argument.get("names", []))


def main():
    binary = sys.argv[1]
    tool = json.loads(subprocess.run([binary, "--experimental-dump-help"], capture_output=True, check=True).stdout)
    version = subprocess.run([binary, "--version"], capture_output=True, check=True, text=True).stdout.splitlines()[0]
    print("\n".join(page(tool, version)))


if __name__ == "__main__":
    main()
