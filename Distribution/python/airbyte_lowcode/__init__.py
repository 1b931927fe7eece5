"""Where the program airbyte-lowcode is, which this distribution brings along."""

import os
import sysconfig
from pathlib import Path

__version__ = "@VERSION@"


def path() -> Path:
    """The program: in the folder for scripts of the place where this module is installed."""
    name = "airbyte-lowcode"
    here = Path(__file__).resolve().parent
    folders = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", f"{os.name}_user")]
    # `pip install --target` and `--prefix` put the two beside each other.
    folders += [here.parent / "bin", *(folder / "bin" for folder in list(here.parents)[1:5])]
    for folder in folders:
        program = Path(folder) / name
        if program.is_file():
            return program
    raise FileNotFoundError(f"There is no {name} in any of {', '.join(map(str, folders))}")
