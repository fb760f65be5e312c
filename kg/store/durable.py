"""Files that survive a power cut: fsync, atomic replacement, one writer at a time."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from kg.errors import ReleaseError

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


def sync_file(path: Path) -> None:
    """Make the bytes of a file, or the names in a directory, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path, *, but: Collection[str] = ()) -> None:
    """Make everything under `folder` durable, and the folder itself; not the bytes of the files `but` (paths
    relative to it), which are durable already.
    """
    for directory, _, names in os.walk(folder):
        for name in names:
            path = Path(directory, name)
            if not path.is_symlink() and path.relative_to(folder).as_posix() not in but:
                sync_file(path)
        sync_file(Path(directory))


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Where to make what is to be `path` once all of it is there; nothing is left where that fails."""
    temporary = path.with_name(f".{os.getpid()}.{path.name}")  # with the suffixes, which say the compression
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_file(path: Path, data: bytes) -> None:
    """Replace a file as a whole: a reader, or a crash, sees the old bytes or the new, never a part."""
    with replacing(path) as temporary, temporary.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    sync_file(path.parent)


def point(link: Path, target: str) -> None:
    """Make the symbolic link `link` point to `target`, replacing it as a whole."""
    with replacing(link) as temporary:
        temporary.symlink_to(target)
    sync_file(link.parent)


def exchange(one: Path, other: Path) -> None:
    """Give two folders each other's names at once, so that a reader, or a crash, always finds both."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(one))


@contextlib.contextmanager
def exclusive(path: Path, *, doing: str) -> Iterator[None]:
    """Hold the lock `path` while the block runs; `ReleaseError` names who holds it already.

    The kernel lets go of the lock when its holder dies, however it dies.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = path.open("a+b")
    except OSError as e:
        raise ReleaseError(
            f"{path.parent}: cannot be changed: {e.strerror}",
            remedy="give leave to write there, or set --data",
        ) from e
    with opened as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            if e.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            handle.seek(0)
            holder = handle.read().decode(errors="replace").strip() or "another process"
            raise ReleaseError(
                f"{path.parent}: {holder} is at work there", remedy="wait for it to end"
            ) from e
        handle.truncate(0)
        handle.write(f"process {os.getpid()} ({doing})".encode())
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)


def remove_tree(folder: Path) -> None:
    """Remove a folder; first renamed, so that no half-removed folder bears its name."""
    doomed = folder.with_name(f".removed-{folder.name}-{os.getpid()}")
    try:
        folder.rename(doomed)
    except FileNotFoundError:
        return
    shutil.rmtree(doomed, ignore_errors=True)
    sync_file(folder.parent)
