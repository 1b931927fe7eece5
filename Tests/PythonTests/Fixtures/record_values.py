#!/usr/bin/env python3
"""Writes values.jsonl beside it: what Python's int, float, repr, strip and sorted answer. Run it with CPython 3.11.

A row is [what, given…, answer]; null stands for a ValueError. Floats are written as the hexadecimal digits of their 64 bits.
Texts with lone surrogates are left out: a text of Swift has none.
"""

import itertools
import json
import random
import struct
from pathlib import Path

random.seed(7)
rows = []


def bits(value):
    return "nan" if value != value else struct.pack(">d", value).hex()


def in_base(value, base):
    digits, rest = "", abs(value)
    while rest:
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % base] + digits
        rest //= base
    return ("-" if value < 0 else "") + (digits or "0")


def radix(text, base):
    if base:
        return base
    plain = text.strip().lstrip("+-").lower()
    return {"0x": 16, "0o": 8, "0b": 2}.get(plain[:2], 10)


def integer(text, base):
    try:
        value = int(text, base)
    except ValueError:
        return None
    fits = -2 ** 63 <= value < 2 ** 63
    return in_base(value, 10 if fits else radix(text, base))


def number(text):
    try:
        return bits(float(text))
    except ValueError:
        return None


SPACES = [" ", "\t", "\n", "\r", "\v", "\f", "\x1c", "\x1f", "\x85", "\xa0", "\u2003", "\u2028", "\u3000", "\u200b", "\ufeff", "\0"]
NUMBERS = [
    "", "0", "-0", "+0", "7", "-7", "+7", "--7", "+-7", "- 7", "007", "1_000", "1__000", "_1", "1_", "1_e5", "1e_5", "1_0e1_0", "1_.5",
    "1._5", ".5_5", "1.5", ".5", "5.", ".", "-.5", "+5.", "1e5", "1E5", "1e+5", "1e-5", "1e", "e5", ".e5", "1.e5", "1e5.0", "1e400",
    "-1e400", "1e-400", "-1e-400", "5e-324", "2e-324", "1.7976931348623157e308", "1.7976931348623159e308", "0x1F", "0X1f", "0x1p3", "0b101",
    "0B101", "0o17", "0O17", "0x", "0b", "0o", "0x_1f", "0x__1f", "0x1_f", "0b_1", "0o_7", "0b2", "0o8", "0xg", "017", "00", "0_0", "0_",
    "inf", "-inf", "+inf", "INF", "Infinity", "-InFiNiTy", "infinit", "infinityy", "nan", "-nan", "NaN", "nan(1)", "1nan", "i_nf", "ınf",
    "True", "None", "1,5", "1 000", "1 2", "10j", "½", "²", "Ⅷ", "٣", "-٣", "١٢٣", "١_٢", "٣.٥", "１２３", "１e５", "𝟙𝟚", "1٢", "०", "੧੨",
    "٠x1f", "0٢", "a", "z", "Z", "zz", "ff", "FF", "é", "1é", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "-9223372036854775809", "123456789012345678901234567890", "-000123456789012345678901234567890", "0x8000000000000000",
    "0xffffffffffffffffffff", "-0b" + "1" * 70, "1" * 4300, "1" * 4301, "0" * 4301, "-" + "1" * 4300, "1_" * 4299 + "1",
    "f" * 4301, "1" * 400 + ".5", "0." + "0" * 400 + "1e400", "1" + "0" * 400 + "e-400", "9007199254740993", "0.1", "123456789.123456789",
    "2.2250738585072011e-308", "179769313486231580793e289",
]
texts = list(NUMBERS)
for space in SPACES:
    texts += [space, space + "5", "5" + space, space + "５" + space, "5" + space + "5", "-" + space + "5"]
alphabet = "0019_+-.eE xX" + "٣５b"
texts += ["".join(random.choice(alphabet) for _ in range(random.randint(1, 7))) for _ in range(100)]

for text in dict.fromkeys(texts):
    rows.append(["float", text, number(text)])
    for base in (10, 0, 2, 8, 16, 36):
        if base in (10, 0) or len(text) < 30 or set(text) == {"f"}:
            rows.append(["int", text, base, integer(text, base)])

written = [
    "", "a", "'", '"', "'\"", "\\", "a'b", 'a"b', "\n\r\t", "\0\x01\x1f\x7f", "\x80\xa0\xad", "é", "e\u0301", "\u200b\u200d\u2028\ufeff",
    "\ue000", "\U0001f600", "\U000e0001", "\U0010ffff", "\u0378", "٣", "\u3000", "\ufffd", "\x85", "日本", "\U0001f468\u200d\U0001f469",
]
written += ["".join(chr(random.choice([random.randrange(0x80), random.randrange(0x300), random.randrange(0x2000, 0x2060)]))
                    for _ in range(6)) for _ in range(60)]
rows += [["repr", text, repr(text)] for text in written]
rows += [["strip", before + "a b" + after, (before + "a b" + after).strip()] for before, after in itertools.product(SPACES + [""], SPACES)]
rows += [["bytes", given.hex(), repr(given)] for given in [b"", b"a", b"'", b'"', b"'\"", bytes(range(256)), b"\\"]]

floats = [0.0, -0.0, 1.0, -1.5, 0.1, 1e15, 1e16, 9999999999999998.0, 1e17, 123456789012345680.0, 1e-4, 1e-5, 0.00012345, 1.5e-5, 1e22, 1e23, 1e100,
          5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, 4.35, 1e-323, 1.2e-7, 100.0, 123456.789, 1 / 3, 2 / 3, float("inf"),
          float("-inf"), float("nan"), 2.0 ** 53, 2.0 ** 63, -2.0 ** 63, 1e7, 1e10, 12345678901234567.0]
floats += [struct.unpack(">d", random.randbytes(8))[0] for _ in range(60)]
floats += [random.uniform(-10, 10) * 10 ** random.randint(-20, 20) for _ in range(60)]
rows += [["floatrepr", bits(value), repr(value)] for value in floats]

words = ["", "a", "A", "b", "é", "e\u0301", "z", "Z", "ß", "\uffff", "\ue000", "\U00010000", "\U0001f600", "a\0", "aa", "a b", "ä", "\u00c5", "A\u030a"]
rows.append(["sorted", words, sorted(words)])
shuffled = words * 2
random.shuffle(shuffled)
rows.append(["sorted", shuffled, sorted(shuffled)])

path = Path(__file__).parent / "values.jsonl"
path.write_text("".join(json.dumps(row) + "\n" for row in rows))
print(len(rows), "rows")
