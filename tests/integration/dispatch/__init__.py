"""Integration tests of what is in dispatch."""
