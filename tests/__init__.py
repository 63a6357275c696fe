"""The test suite: unit (pure), integration (real databases and sockets), acceptance and chaos (real processes)."""

import os
import sys

# Set before anything of the project is imported: a run starts the service a hundred times, and compiles it once.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
