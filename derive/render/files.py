"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_all(contents: dict[Path, bytes]) -> list[Path]:
    """Write files so that each is there whole or as it was: to a temporary name beside it, then moved into place."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            waiting.append((Path(temporary), path))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(temporary).chmod(0o666 & ~_umask())
        for temporary_path, path in waiting:
            os.replace(temporary_path, path)
    finally:
        for temporary_path, _ in waiting:
            temporary_path.unlink(missing_ok=True)
    return list(contents)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
