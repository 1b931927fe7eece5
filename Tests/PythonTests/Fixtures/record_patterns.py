"""Records what Python's `re` answers to random patterns: record_patterns.py [COUNT [SEED]] > patterns.jsonl

A row is [pattern, ignores case, text, answer]. The answer is null where Python refuses the pattern, else the list of all
matches, each a list with the span of the whole and of each group in code points, [] for a group that took no part.
Needs Python 3.11.
"""

import json
import random
import re
import signal
import sys
import warnings

ATOMS = ["a", "b", "c", "x", "1", "9", "_", "-", " ", "é", "ß", "İ", "ſ", "K", "σ", "ς", "Σ", "٣", "½", "😀", "\u0301", "\u00a0", "\u1680",
         "\n", "\r", "#", "&", "~", "]", "}", "{", ",", ".", ".", "^", "$", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\b", "\\B",
         "\\A", "\\Z", "\\n", "\\t", "\\x41", "\\u00e9", "\\0", "\\101", "\\1", "\\2", "\\.", "\\-", "\\\\", "[a-c]", "[^a]", "[\\w-]",
         "[]a]", "[^]x]", "[a&&b]", "[[a]", "[\\d\\s]", "[^\\W\\d]", "[\\D]", "[\\S_]", "[+--]", "[é-ü]", "[A-z]", "[a\\]b]", "[b-a]", "\\h", "\\q",
         "(?:)", "()", "(?i:A)", "(?-i:b)", "(?a:\\w)", "(?s:.)", "(?m:^)", "(?m:$)", "(?x: a b #c\n)", "(?#note)", "(?=a)", "(?!a)", "(?<=a)",
         "(?<!b)", "(?<=[ab]c)", "(?<=a|bc)", "(?P=n)", "(?(1)a|b)", "(?(n)c)", "(?>a+)", "\\N{EM DASH}"]
QUANTIFIERS = ["*", "+", "?", "{2}", "{1,2}", "{,2}", "{2,}", "{,}", "{}", "{x}", "*?", "+?", "??", "{1,2}?", "*+", "++", "?+", "**", "+*"]
LETTERS = "aabbccxAB19_- éÉßſKσςΣ٣½😀\u0301\u00a0\n\r#&]}{,.iIİı—"


def pattern(chance, depth=0):
    text = ""
    for _ in range(chance.choice([1, 1, 2, 2, 3, 4])):
        roll = chance.random()
        if roll < 0.15 and depth < 3:
            opening = chance.choice(["(", "(", "(", "(?:", "(?P<n>", "(?P<m>", "(?=", "(?!", "(?<=", "(?>", "(?i:"])
            part = opening + pattern(chance, depth + 1) + ")"
        elif roll < 0.22 and depth < 3:
            part = pattern(chance, depth + 1) + "|" + pattern(chance, depth + 1)
        else:
            part = chance.choice(ATOMS)
        if chance.random() < 0.3:
            part += chance.choice(QUANTIFIERS)
        text += part
    if depth == 0 and chance.random() < 0.1:
        text = chance.choice(["(?i)", "(?m)", "(?s)", "(?x)", "(?a)", "(?im)", "(?u)", "(?L)"]) + text
    if depth == 0 and chance.random() < 0.03:
        text = "".join(chance.choice("()[]{}*+?|^$\\.a1-") for _ in range(chance.randint(1, 6)))
    return text


def answer(source, ignores_case, text):
    try:
        compiled = re.compile(source, re.IGNORECASE if ignores_case else 0)
    except (re.error, OverflowError, RecursionError):
        return None
    spans = []
    for match in compiled.finditer(text):
        groups = [list(match.span(number)) for number in range(compiled.groups + 1)]
        spans.append([span if span[0] >= 0 else [] for span in groups])
    return spans


def main():
    count, seed = [int(value) for value in (sys.argv[1:] + ["3000", "1"])[:2]] if len(sys.argv) > 2 else [int((sys.argv[1:] + ["3000"])[0]), 1]
    warnings.simplefilter("ignore")
    chance = random.Random(seed)

    def give_up(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    written = 0
    while written < count:
        source = pattern(chance)
        text = "".join(chance.choice(LETTERS) for _ in range(chance.randint(0, 8)))
        ignores_case = chance.random() < 0.25
        signal.setitimer(signal.ITIMER_REAL, 1)
        try:
            row = [source, ignores_case, text, answer(source, ignores_case, text)]
        except TimeoutError:
            continue
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        print(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
        written += 1


main()
