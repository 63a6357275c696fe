"""The test suite: unit (pure), integration (real databases and sockets), acceptance and chaos (real processes)."""
