"""How far a conversion has come, for whoever sits before the screen."""

from __future__ import annotations

import sys
import time

from ._typing import Any, Callable

ProgressFunction = Callable[[str, float], bool | None]

# What takes less time needs no bar.
PATIENCE_SECONDS = 0.5


class ProgressBar:
    """A bar on standard error: tqdm's where it is installed, else a line of text."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._bar: Any = None
        self._has_line = False
        self._step = ""

    def __call__(self, step: str, fraction: float) -> None:
        if time.monotonic() - self._start < PATIENCE_SECONDS:
            return
        if self._bar is None and not self._has_line:
            self._bar = _tqdm_bar()
            self._has_line = self._bar is None
        if self._bar is not None:
            # tqdm itself shows little of what comes quickly; a new step is worth it.
            self._bar.set_description(step, refresh=step != self._step)
            self._bar.update(round(100 * fraction) - self._bar.n)
            self._step = step
        else:
            print(f"\r\033[K{step} {fraction:.0%}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        elif self._has_line:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _tqdm_bar() -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm(total=100, leave=False, unit="%")


def is_watched() -> bool:
    """Whether a person sees standard error: at a terminal or in a notebook."""
    if "ipykernel" in sys.modules:
        return True
    return sys.stderr is not None and sys.stderr.isatty()
