"""Running a program that may go wrong: limits on time, memory and file size, and nothing left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from derive.errors import RenderError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may take: seconds by the clock and of processor time, bytes of memory and of any file."""

    seconds: float = 30.0
    memory: int = 1 << 30
    file_size: int = 200 << 20

    @classmethod
    def of_document(cls, source: str) -> Limits:
        """A long document may take longer: a second more for every 2000 characters."""
        return cls(seconds=cls().seconds + len(source) // 2000)


@dataclass(frozen=True, slots=True)
class Finished:
    """How a run ended; a negative status is the signal that ended it."""

    status: int
    output: bytes
    errors: bytes


def run(args: list[str], folder: Path, environment: Mapping[str, str], limits: Limits, sent: bytes = b"") -> Finished:
    """Run a program in its own process group; at the time limit the whole group is killed.

    Raises:
        RenderError: the time limit was reached, or the program cannot be started.
    """
    try:
        process = subprocess.Popen(
            args, cwd=folder, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise RenderError(f"{args[0]} cannot be started: {error}") from error
    _restrict(process.pid, limits)
    try:
        output, errors = process.communicate(sent, timeout=limits.seconds)
    except subprocess.TimeoutExpired:
        raise RenderError(_timed_out(args[0], limits)) from None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
    if process.returncode == -signal.SIGXCPU:
        raise RenderError(_timed_out(args[0], limits))
    return Finished(process.returncode, output, errors)


def _timed_out(program: str, limits: Limits) -> str:
    name = Path(program).name
    return f"{name} was stopped after {limits.seconds:g} seconds: is there an endless macro or loop in a template?"


def _restrict(pid: int, limits: Limits) -> None:
    """Set the kernel's limits on a running process, where the system has such limits."""
    try:
        import resource
    except ImportError:
        return
    if not hasattr(resource, "prlimit"):
        return
    seconds = int(limits.seconds) + 1
    wanted = {
        resource.RLIMIT_CPU: (seconds, seconds + 1),
        resource.RLIMIT_AS: (limits.memory, limits.memory),
        resource.RLIMIT_FSIZE: (limits.file_size, limits.file_size),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, limit in wanted.items():
        with contextlib.suppress(ProcessLookupError, PermissionError, ValueError):
            resource.prlimit(pid, kind, limit)
