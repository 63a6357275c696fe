"""Integration tests of what is in access."""
