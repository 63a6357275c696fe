"""Integration tests of what is in engine."""
