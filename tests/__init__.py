"""The test suite: unit (pure), integration (real databases and sockets), acceptance (a real process)."""
