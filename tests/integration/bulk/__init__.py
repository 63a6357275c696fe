"""Integration tests of what is in bulk."""
