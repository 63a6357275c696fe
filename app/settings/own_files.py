"""What others on the machine could read, have written or have planted: our data, and files that settings name."""

import os
from collections.abc import Iterator, Sequence
from errno import ELOOP
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISVTX

GROUP_AND_OTHERS = 0o077
MAY_WRITE = 0o022
ROOT = 0
MAX_LINKS = 40
HOLDS_NO_SECRET = frozenset({"lock"})


def faults_of_folder(folder: Path, names: Sequence[str], *, uid: int | None = None) -> Iterator[str]:
    """Yield each fault of a folder of ours, of the way to it, and of the files in it that begin with one of `names`.

    `uid` is the user as whom we run. What is not there has no fault.
    """
    trusted = _trusted(uid)
    try:
        yield from _faults_of_way(folder.absolute().parent, trusted)
        if folder.is_symlink():
            yield f"{folder} is a link, and could come to lead elsewhere: name the folder that it leads to"
        elif folder.is_dir():
            found = folder.stat()
            if found.st_mode & MAY_WRITE:
                yield _writable(folder)
            if found.st_uid not in trusted:
                yield _foreign(folder, found.st_uid)
            for file in _ours(folder, names):
                yield from _faults_of_entry(file, trusted)
    except OSError as error:
        yield f"{folder} cannot be looked at: {error.strerror}"


def faults_of_file(file: Path, *, uid: int | None = None) -> Iterator[str]:
    """Yield each fault of a file that a setting names and that anybody may read, and of the way to it, links too."""
    try:
        yield from _faults_of_way(file, _trusted(uid))
    except OSError as error:
        yield f"{file} cannot be looked at: {error.strerror}"


def faults_of_secrets_file(file: Path, secrets: Sequence[str]) -> Iterator[str]:
    """Yield a fault where a file holds such secrets and others may read it."""
    try:
        if secrets and file.stat().st_mode & GROUP_AND_OTHERS:
            yield f"others on this machine can read {', '.join(secrets)} in {file}: 'chmod go= {file}'"
    except OSError:
        return  # which is told above


def readable_by_others(folder: Path, names: Sequence[str]) -> Iterator[str]:
    """Yield a fault where files of ours, as above, hold secrets or data and others may read them."""
    try:
        # Nobody gets past a folder that is closed, whatever the files in it allow.
        if not folder.is_dir() or not folder.stat().st_mode & GROUP_AND_OTHERS:
            return
        found = [file.name for file in _ours(folder, names) if _shows(file)]
    except OSError:
        return  # which is told above
    if found:
        yield f"others on this machine can read {', '.join(found)} in {folder}: 'chmod -R go= {folder}'"


def _trusted(uid: int | None) -> frozenset[int]:
    """Who may have made what we rely on: we, and root, whom a container may know by another number."""
    return frozenset({os.geteuid() if uid is None else uid, ROOT, Path("/").stat().st_uid})


def _faults_of_way(path: Path, trusted: frozenset[int]) -> Iterator[str]:
    """Whoever may write one of these folders can put another one in the place of what is below it."""
    for step in _steps(path):
        try:
            found = step.lstat()
        except FileNotFoundError:
            return
        if found.st_uid not in trusted:
            yield _foreign(step, found.st_uid)
        is_shared = S_ISDIR(found.st_mode) and found.st_mode & S_ISVTX  # where nobody moves what is another one's
        if found.st_mode & MAY_WRITE and not S_ISLNK(found.st_mode) and not is_shared:
            yield _writable(step)


def _steps(path: Path) -> Iterator[Path]:
    """All that the system looks at on its way to a path, from the root on: folders, links, and what these lead to."""
    left = list(reversed(path.absolute().parts[1:]))
    here = Path("/")
    links = 0
    yield here
    while left:
        part = left.pop()
        if part == "..":
            here = here.parent
            continue
        step = here / part
        yield step
        if not step.is_symlink():
            here = step
            continue
        links += 1
        if links > MAX_LINKS:
            raise OSError(ELOOP, os.strerror(ELOOP), str(path))
        target = step.readlink()
        here = Path("/") if target.is_absolute() else here
        left += reversed(target.parts[1:] if target.is_absolute() else target.parts)


def _ours(folder: Path, names: Sequence[str]) -> list[Path]:
    beginnings = tuple(names)
    return [file for file in sorted(folder.iterdir()) if file.name.startswith(beginnings) and _is_file_or_link(file)]


def _is_file_or_link(file: Path) -> bool:
    return file.is_symlink() or not file.is_dir()


def _faults_of_entry(file: Path, trusted: frozenset[int]) -> Iterator[str]:
    found = file.lstat()
    if S_ISLNK(found.st_mode):
        yield f"{file} is a link, by which somebody else's file could be read or written: put the file itself there"
    elif found.st_uid not in trusted:
        yield _foreign(file, found.st_uid)


def _writable(path: Path) -> str:
    return f"others on this machine can write to {path}, and change what is relied on: 'chmod go-w {path}'"


def _foreign(path: Path, uid: int) -> str:
    return f"{path} belongs to another user of this machine ({uid}), who could change it: remove it, or 'chown' it"


def _shows(file: Path) -> bool:
    return file.is_file() and file.name not in HOLDS_NO_SECRET and bool(file.stat().st_mode & GROUP_AND_OTHERS)
