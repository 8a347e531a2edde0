"""A progress line on a terminal, for work that takes longer than a second; nothing anywhere else."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

PATIENCE = 1.0  # seconds before anything is shown


class Progress:
    """Called with a label before each piece of work; a context, so that the line is taken away at the end."""

    def __init__(self, total: int | None = None) -> None:
        self.total = total
        self._start = time.monotonic()
        self._done = 0
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        return self

    def __call__(self, label: str) -> None:
        """A piece of work begins."""
        if sys.stderr.isatty() and (self._bar is not None or time.monotonic() - self._start > PATIENCE):
            self._show(label)
        self._done += 1

    def _show(self, label: str) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(label, total=self.total)
        self._bar.update(self._task, description=label, completed=self._done)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
