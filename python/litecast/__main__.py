"""The command `litecast`, which is a native program that the package brings with it."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "litecast")
    os.execv(program, ["litecast", *sys.argv[1:]])


if __name__ == "__main__":
    main()
