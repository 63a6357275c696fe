"""Finds files below one folder and never outside it, whatever `..` and symbolic links say."""

from pathlib import Path


class OutsideFolderError(Exception):
    """The path does not lead to a place inside the folder."""


class ConfinedFolder:
    """A folder that is the only part of the file system its user may reach.

    Paths are judged after every symbolic link is followed. The check is not a sandbox: who may write
    into the folder can still swap a file for a link between the check and the opening.
    """

    def __init__(self, folder: Path) -> None:
        """Raise NotADirectoryError where `folder` is not an existing directory."""
        self.root = folder.resolve()
        if not self.root.is_dir():
            raise NotADirectoryError(f"The documents folder {folder} is not a directory")

    def locate(self, path: str) -> Path:
        """Return the real location of a path relative to the folder (or an absolute one inside it).

        The location need not exist. Raises OutsideFolderError for everything that leaves the folder.
        """
        try:
            location = (self.root / path).resolve()
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, or no path at all
            raise OutsideFolderError(path) from error
        if not location.is_relative_to(self.root):
            raise OutsideFolderError(path)
        return location

    def contains(self, path: str) -> bool:
        """Whether a file or folder exists at this path inside the folder; never raises."""
        try:
            return self.locate(path).exists()
        except (OutsideFolderError, OSError):
            return False
