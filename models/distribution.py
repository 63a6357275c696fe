"""What the package is called where it is installed from, and which version is installed."""

from importlib.metadata import version

DISTRIBUTION = "orchestrator-engine"
"""Its command is `orchestrator`; that name alone is somebody else's on the public index."""


def installed_version() -> str:
    """The version as it was built."""
    return version(DISTRIBUTION)
