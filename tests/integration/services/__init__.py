"""Integration tests of what is in services."""
