"""Integration tests of what is in database."""
