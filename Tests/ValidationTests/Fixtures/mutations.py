"""Plants one fault at a time into the text of a manifest: an entry dropped or renamed, a value of another type, a name misspelt."""

import random

import yaml

try:
    Loader = yaml.CSafeLoader
except AttributeError:
    Loader = yaml.SafeLoader

KINDS = ("drop", "rename", "retype", "misspell")
NAMED = ("type", "$ref", "inject_into", "http_method", "condition", "grouping", "action", "backoff_time_in_seconds")
SCALARS = ("7", "true", "null", '"text"', "[1]", "{a: 1}", "1.5", "-3", '""', "[]", "{}")


class Entry:
    """A key of a mapping with its value, and what lies around it."""

    def __init__(self, mapping, place, owner_line):
        self.mapping, self.place, self.owner_line = mapping, place, owner_line
        self.key, self.value = mapping.value[place]


def entries(node, owner_line=1, found=None, seen=None):
    """All entries of a document, each with the line of the key that its mapping belongs to."""
    found, seen = ([], set()) if found is None else (found, seen)
    if id(node) in seen:
        return found
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for place, (key, value) in enumerate(node.value):
            if isinstance(key, yaml.ScalarNode):
                found.append(Entry(node, place, owner_line))
                entries(value, key.start_mark.line + 1, found, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            entries(item, item.start_mark.line + 1, found, seen)
    return found


def content_end(text, node):
    """Where the text of a node ends; block collections reach to the next token otherwise."""
    start, end = node.start_mark.index, node.end_mark.index
    return start + len(text[start:end].rstrip()) if end > start else end


def misspelt(word, chance):
    if len(word) < 2:
        return word + word
    at = chance.randrange(len(word) - 1)
    return chance.choice((word[:at] + word[at + 1:], word[:at] + word[at + 1] + word[at] + word[at + 2:], word[:at] + word[at] + word[at:]))


def dropped(text, entry):
    start, end = entry.key.start_mark.index, content_end(text, entry.value)
    if entry.mapping.flow_style:
        if entry.place + 1 < len(entry.mapping.value):
            return start, entry.mapping.value[entry.place + 1][0].start_mark.index
        if entry.place > 0:
            return content_end(text, entry.mapping.value[entry.place - 1][1]), end
        return start, end
    line = text.rfind("\n", 0, start) + 1
    if not text[line:start].strip():
        newline = text.find("\n", end)
        return line, len(text) if newline < 0 else newline + 1
    return start, end


def edit(text, entry, kind, chance):
    """The range to replace and its replacement, and the lines where the fault then lies; None where that makes no sense here."""
    key, value = entry.key, entry.value
    line = key.start_mark.line + 1
    if kind == "drop":
        start, end = dropped(text, entry)
        lines = {entry.owner_line, entry.mapping.start_mark.line + 1}
        if entry.place == 0 and len(entry.mapping.value) > 1:
            # The mapping begins with its next key then.
            lines.add(entry.mapping.value[1][0].start_mark.line + 1 - text.count("\n", start, end))
        return start, end, "", sorted(lines)
    if kind == "rename":
        return key.start_mark.index, key.end_mark.index, f"other_{chance.randrange(10)}", [line]
    if kind == "misspell":
        if isinstance(value, yaml.ScalarNode) and value.tag == "tag:yaml.org,2002:str" and (key.value in NAMED or chance.random() < 0.2):
            if value.style not in (None, "'", '"') or not value.value:
                return None
            quotes = 1 if value.style else 0
            start, end = value.start_mark.index + quotes, value.end_mark.index - quotes
            return start, end, misspelt(text[start:end], chance), [value.start_mark.line + 1]
        if key.style in ("|", ">"):
            return None
        quotes = 1 if key.style else 0
        start, end = key.start_mark.index + quotes, key.end_mark.index - quotes
        return start, end, misspelt(text[start:end], chance), [line]
    start, end = value.start_mark.index, content_end(text, value)
    if isinstance(value, yaml.ScalarNode) and value.style in ("|", ">"):
        return None
    lead = " " if start == end else ""
    return start, end, lead + chance.choice(SCALARS), sorted({line, value.start_mark.line + 1})


def mutants(text, count, seed):
    """Up to `count` different changes of a text: (kind, start, end, replacement, lines), places in characters."""
    chance = random.Random(seed)
    base = yaml.load(text, Loader=Loader)
    sites = entries(yaml.compose(text, Loader=Loader))
    seen, result = set(), []
    for _ in range(count * 10):
        if len(result) == count or not sites:
            break
        kind = chance.choice(KINDS)
        change = edit(text, chance.choice(sites), kind, chance)
        if change is None or change[:3] in seen:
            continue
        seen.add(change[:3])
        start, end, replacement, lines = change
        try:
            changed = yaml.load(text[:start] + replacement + text[end:], Loader=Loader)
        except (yaml.YAMLError, ValueError, TypeError):
            continue
        if not isinstance(changed, dict) or changed == base:
            continue
        result.append((kind, start, end, replacement, lines))
    return result
