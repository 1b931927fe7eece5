"""Records what `ast.literal_eval` of Python 3.11 makes of texts: one JSON array a line, [text, repr of the value or null].

Sets, complex numbers and `...` count as no literal, also inside others. `python record_literals.py [count]` adds so many random
variations: `python record_literals.py 300 > literals.jsonl`.
"""

import ast
import json
import random
import sys
import warnings

warnings.simplefilter("ignore")
pick = random.Random(11)

TEXTS = [
    "1,234", "123 #4", "\n5", "\n 5", "\f5", "\\\n5", "5\\\n", "5\\\n+1", "...", "1_000", "0_0", "01", "1.", ".5", "1e400", "5\n#c\n  ", '"a" "b"', 'b"a" "b"', '"\\777"', "-True",
    "-(5)", "(-5)", "- 5", "{1}", "1+2j", "[1+2j]", "{[1]:2}", "{1:2,}", "[1,]", "[,]", "(,)", "()", "(1)", "5;", "\t5", " 5 ", "5\r\n", '"a\r\nb"', '"""a\r\nb"""', 'u"x"', 'ur"x"',
    'rb"x"', 'Rb"\\x"', 'f"x"', '"\\q"', '"\\N{DASH}"', '"\\N{EN DASH}"', '"\\x4"', "0x1F", "0X1f", "0b101", "0o17", "0x_f", "1__0", "1_", "1_.5", "1._5", "1e1_0", "1E5", "1e", "5in",
    "0xfor", "1or", '"a"b"c"', '"a"\n"b"', '("a"\n"b")', "5,\n", "\ufeff5", "5\x00", 'b"é"', 'b"\\u1234"', '"\\\n"', "[1 # c\n,2]", "True ", "TRUE", "None", "nan", "+5", "++5", "+True",
    "+1.5", "-.5", "1.5.", "5 ,6", "{}", "{ }", "{1:1,1:2}", "{1:1,True:2,1.0:3}", "[\n]", "5\n\n", "(5\n)", "5\v", "\v5", "é", '"é"', "5 \f", "#\n5", "# c\n\n5", "\n\n5", "00", "00.5", "09.5",
    "0777", "1 ", '"abc', "'a\\'b'", '"\\0"', '"\\08"', "12345678901234567890", "-12345678901234567890", "1j", "5 if", "[*[1]]", "{**{}}", '{"a":}', "5\\", "[\\\n1]", "\n#x\n\t5", "\r5",
    "\r\n5", "(\n 5)", "5\n  ", "5\n  \n", "5 # c", "5\n #c", "5\n #c\n", "5\n\t", "5\n#c", "  5\n  ", "[1]\n ", "\f\n5", "\n\f5", "\n \f5", " \f5", " \n5", " \n 5", "\x1c5", "5\n\f",
    "5 \\\n", "5\\\n ", "\\\n 5", " \\\n5", "#", "\n", "5\r", "5\r5", '"a\\\r\nb"', '"""a\\\r\nb"""', "5\n\\\n", "(1,\\\n2)", "'''a''''", '"""a"b"""', '""""a"""', '"""a\\"""', '""', '""""""',
    "b''", "r'\\'", "r'\\''", "Br'x'", "bR'x'", "u'x''y'", '"\\U0001F600"', '"\\U00110000"', '"\\N{LATIN SMALL LETTER A}"', '"\\N{nope}"', '"\\N"', '"\\x"', '"\\u12"', "b'\\xff\\n'", "b'\\x4'",
    "b'\\777'", '"tab\there"', '"nul\\x00"', "1_000.5_0", "1.e5", "1.5e+3", "1.5e-3", "1e+", ".e5", ".", "..", "0b", "0b2", "0b12", "0o8", "0x", "0xg", "0b1_", "0_", "1e5_", "1E5j", "5L", "0e0",
    "0.", "00e1", "1.5 2", "1 .5", "- - 5", "-\n5", "(-\n5)", "+(+5)", "-(5,)", '-"a"', "not True", "True or False", "True,False", "(True)", "((5))", "((5),)", "[(5)]", '{"a":1}["a"]',
    '{"a":1,"b":[1,2,{"c":None}]}', '{"a" "b":1}', '{"a":1 "b":2}', "{1,2}", "{,}", "{1:2:3}", "{():1}", "{(1,[2]):1}", "set(1)", "(1 2)", "[1 2]", '"a",', "None,None", "True1", "TrueX", "True.x",
    "true", "null", "1if", "5and 6", '"a" and 5', '"%s"', "\u00a05", "5\u00a0", '"a"\u00a0', "１２", "0777.5", "0_1.5", 'b"a" b"b"', '"a" u"b"', 'rb"\\\'"', "'a\nb'", '"""a\nb"""', "µ", '"\u2028"',
    "1" * 4300, "1" * 4301, "-" + "0" * 10, "[" * 200 + "]" * 200, "[" * 201 + "]" * 201, "(" * 200 + "1" + ")" * 200, "{1:" * 60 + "1" + "}" * 60, "Trueé", "Nonesuch", "Nobody", "Tree", "Fate", "bb", "brb",
    "rub", "u", "b", "'", '"', "''", "''''", "'''", "1.7976931348623159e308", "5e-324", "1e-400", "-0", "-0.0", "0x" + "f" * 40, "(1,)", "(1,2,)", "((1,),)", "[[],[]]", "'a'.b", "'a'[0]", "[1][0]", "(1)(2)",
    "2021-10-14", "2021-01-01", "12:30", "1/2", "10%", "$5", "#5", "5 5", "'a' 5", "[5 5]", "0b1_0", "{'a': (1, [2, {3: None}])}", "b'a' b'\\x00'", "-'a'", "{'a':1,'a':2}", "{b'a': 1}", "{(1, 2): 3}",
]

PARTS = ["1", "0", "5.", ".5", "e", "_", "-", "+", " ", "\n", "'", '"', "'''", "\\", "a", "b", "r", "u", "x", "[", "]", "(", ")", "{", "}", ":", ",", "True", "None", "'a'", "\"b\"", "#", "\t", "\\n", "\\x41",
         "1_0", "0x1", "é", "b'c'", "\r", "\f", "7", "[]", "()", "{}", "1,", "'k':"]


def plain(value):
    if isinstance(value, (list, tuple)):
        return all(plain(item) for item in value)
    if isinstance(value, dict):
        return all(plain(item) for pair in value.items() for item in pair)
    return not isinstance(value, (set, complex, type(...)))


def record(text):
    try:
        value = ast.literal_eval(text)
        answer = repr(value) if plain(value) else None
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        answer = None
    try:
        print(json.dumps([text, answer]).encode("utf-8").decode("utf-8"))
    except UnicodeEncodeError:
        pass


for text in dict.fromkeys(TEXTS):
    record(text)
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 0):
    if pick.random() < 0.5:
        text = "".join(pick.choice(PARTS) for _ in range(pick.randint(1, 7)))
    else:
        text = pick.choice([base for base in TEXTS if len(base) < 60])
        for _ in range(pick.randint(1, 3)):
            place = pick.randint(0, len(text))
            text = text[:place] + pick.choice(PARTS + [""]) + text[place + pick.randint(0, 2):]
    record(text)
