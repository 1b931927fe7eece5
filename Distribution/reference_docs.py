#!/usr/bin/env python3
"""Writes the generated parts of `docs/` from what the executable says of components, rules and templates (`explain`).

    reference_docs.py path/to/airbyte-lowcode

A generated part lies between `<!-- generated: NAME -->` and `<!-- end of NAME -->`; everything around it is written by hand.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "schemas" / "declarative_component_schema.yaml"

# The names of errors, which `explain` knows but does not list. A test compares them with the program's.
ERRORS = "build config file limit parameters reference required schema shape type unknown-property value yaml".split()


class Program:
    def __init__(self, path):
        self.path = path

    def explain(self, *subject):
        return subprocess.run([self.path, "explain", *subject], capture_output=True, check=True, text=True).stdout.rstrip()

    def sections(self):
        """Only the parts of `explain`: title -> [(name, sentence)]."""
        sections = {}
        for part in self.explain().split("\n\n"):
            title, *lines = part.splitlines()
            if title.endswith(":"):
                sections[title[:-1]] = [re.fullmatch(r"  (\S+) +(.*)", line).groups() for line in lines]
        return sections


def unwrapped(lines):
    return " ".join(line.strip() for line in lines).strip()


def cell(text):
    return text.replace("|", "\\|")


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def fenced(lines):
    """Lines as a block of YAML without the indentation that they share."""
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return "```yaml\n" + "\n".join(line[margin:] for line in lines) + "\n```"


def groups():
    """The groups in which the schema orders its definitions: title -> names."""
    groups, title = {}, None
    for line in SCHEMA.read_text().splitlines():
        if found := re.fullmatch(r"  # --- (.*)", line):
            title = found[1]
            groups[title] = []
        elif title and (found := re.fullmatch(r"  ([A-Z]\w+):", line)):
            groups[title].append(found[1])
    return groups


def component(text):
    """The explanation of a component as Markdown, with the same words in the same order."""
    name, *lines = text.splitlines()
    head, properties, example, place = [], [], [], "head"
    for line in lines:
        if line in ("Properties:", "Example:"):
            place = line
        elif place == "head":
            head.append(line)
        elif place == "Example:":
            example.append(line)
        elif found := re.fullmatch(r"  (\S+) (\(.*\))", line):
            properties.append([f"- `{found[1]}` {found[2]}"])
        elif line.strip():
            properties[-1].append(line.strip())
    parts = [f"### {name}", unwrapped(head)]
    if properties:
        items = (title + ("\n  " + unwrapped(rest) if rest else "") for title, *rest in properties)
        parts += ["Properties:", "\n".join(items)]
    parts += ["Example:", fenced(example)]
    return "\n\n".join(parts)


def components(program, sections):
    listed = [name for name, _ in sections["Components"]]
    sentences = dict(sections["Components"])
    parts = []
    for title, names in groups().items():
        names = [name for name in names if name in listed]
        if not names:
            continue
        rows = [[f"[{name}](#{name.lower()})", cell(sentences[name])] for name in names]
        parts.append(f"## {title}\n\n{table(['component', 'what it is'], rows)}")
        parts += [component(program.explain(name)) for name in names]
    return "\n\n".join(parts)


def rule(text):
    """The explanation of a rule as Markdown, but for how it is silenced and the profiles."""
    title, rest = text.split("\nSilence it:\n")[0].split("\n", 1)
    words, *examples = re.split(r"\n(Wrong|Right):\n", rest)
    parts = ["### " + title.split()[0]] + [unwrapped(part.splitlines()) for part in words.split("\n\n") if part.strip()]
    for label, lines in zip(examples[::2], examples[1::2]):
        parts += [f"{label}:", fenced(lines.rstrip().splitlines())]
    return "\n\n".join(parts)


def default_profile(text):
    profile = re.search(r"Profile: (.*)", text)[1]
    if profile.startswith("all of them"):
        return "shown"
    return "counted" if "how often" in text.split("Profile: ")[1] else "not shown"


def rule_table(program, sections):
    rows = []
    for name, sentence in sections["Rules of `validate`"]:
        rows.append([f"[`{name}`](rules.md#{name})", cell(sentence), default_profile(program.explain(name))])
    return table(["rule", "finds", "`default`"], rows)


def error_table(program):
    rows = []
    for name in ERRORS:
        lines = program.explain(name).split("\n\n")[0].splitlines()
        rows.append([f"`{name}`", cell(unwrapped(lines[1:]))])
    return table(["error", "means"], rows)


def main():
    program = Program(sys.argv[1])
    sections = program.sections()
    # Those that compare a manifest with a document are described in docs/openapi.md.
    rules = "Rules of `validate`"
    sections[rules] = [(name, sentence) for name, sentence in sections[rules] if not name.startswith("openapi-")]

    def listing(title, head):
        return table([head, "what it is"], [[f"`{name}`", cell(text)] for name, text in sections[title]])

    generated = {
        "components.md": {"components": components(program, sections)},
        "rules.md": {"rules": "\n\n".join(rule(program.explain(name)) for name, _ in sections["Rules of `validate`"])},
        "validate.md": {"rules": rule_table(program, sections), "errors": error_table(program)},
        "templates.md": {
            "variables": listing("Variables of templates", "variable"),
            "macros": listing("Macros of templates", "macro"),
            "filters": listing("Filters of templates", "filter"),
        },
    }
    for page, parts in generated.items():
        path = ROOT / "docs" / page
        text = path.read_text()
        for name, part in parts.items():
            begin, end = f"<!-- generated: {name} -->", f"<!-- end of {name} -->"
            if text.count(begin) != 1 or text.count(end) != 1:
                sys.exit(f"{path.name} needs one `{begin}` and one `{end}`.")
            before, rest = text.split(begin)
            text = f"{before}{begin}\n\n{part}\n\n{end}{rest.split(end)[1]}"
        path.write_text(text)


if __name__ == "__main__":
    main()
