"""Records what Jinja2's sandbox answers to the templates of cases.txt.

Usage: python record.py   (in an environment with the reference implementation installed; writes expected.json beside this file)

cases.txt has a section a concern, "== name"; a line is a template, with backslash escapes only for \\n and \\\\ where the line
begins with a tilde. All templates see the variables of context.json, and some values that JSON does not have.
"""

import datetime
import json
import pathlib
import re
import sys

import isodate
import jinja2
from jinja2 import meta
from jinja2.sandbox import SandboxedEnvironment, SecurityError

HERE = pathlib.Path(__file__).parent

KINDS = [
    (jinja2.TemplateSyntaxError, "syntax"),
    (SyntaxError, "syntax"),
    (jinja2.UndefinedError, "undefined"),
    (SecurityError, "security"),
    (jinja2.TemplateRuntimeError, "runtime"),
    (RecursionError, "limit"),
    (MemoryError, "limit"),
    (TypeError, "type"),
    (ZeroDivisionError, "zeroDivision"),
    (OverflowError, "overflow"),
    (ValueError, "value"),
    (KeyError, "key"),
    (IndexError, "index"),
    (AttributeError, "attribute"),
    (AssertionError, "assertion"),
    (RuntimeError, "runtime"),
    (LookupError, "runtime"),
]


def environment():
    """The environment that the reference makes, before it adds its own filters and macros."""
    made = SandboxedEnvironment()
    made.globals.pop("range")
    made.globals.pop("lipsum")
    return made


def extras():
    return {
        "moment": datetime.datetime(2024, 2, 29, 13, 5, 7, 89, tzinfo=datetime.timezone.utc),
        "naive": datetime.datetime(2021, 1, 2, 3, 4, 5),
        "day": datetime.date(2024, 2, 29),
        "span": datetime.timedelta(days=1, hours=2, seconds=3),
        "month": isodate.parse_duration("P1M"),
        "big": 2**70,
    }


def answer(env, template, context):
    case = {"template": template}
    try:
        case["names"] = sorted(meta.find_undeclared_variables(env.parse(template)))
        text = env.from_string(template).render(**context, **extras())
        case["text"] = re.sub(r"0x[0-9a-f]{6,}", "0x…", text)
    except Exception as error:
        case["error"] = next((kind for cls, kind in KINDS if isinstance(error, cls)), type(error).__name__)
        if case["error"] == "syntax":
            case.pop("names", None)
    return case


def main():
    context = json.loads((HERE / "context.json").read_text())
    sections, seen = {}, set()
    for line in (HERE / "cases.txt").read_text().split("\n"):
        if line.startswith("== "):
            current = sections.setdefault(line[3:].strip(), [])
        elif line:
            if line.startswith("~"):
                line = line[1:].replace("\\n", "\n").replace("\\\\", "\\")
            if line not in seen:
                seen.add(line)
                # Each template gets its own copy of what it may change.
                current.append(answer(environment(), line, json.loads(json.dumps(context))))
    count = sum(len(cases) for cases in sections.values())
    lines = []
    for name, cases in sections.items():
        body = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
        lines.append(f" {json.dumps(name)}: [\n{body}\n ]")
    (HERE / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(count, "cases", file=sys.stderr)


if __name__ == "__main__":
    main()
