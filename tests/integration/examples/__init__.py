"""Integration tests of what is in examples."""
