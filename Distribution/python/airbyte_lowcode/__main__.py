"""`python -m airbyte_lowcode` is `airbyte-lowcode`."""

import os
import sys

from . import path

if __name__ == "__main__":
    program = os.fspath(path())
    os.execv(program, [program, *sys.argv[1:]])
