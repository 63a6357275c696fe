"""Integration tests of what is in rest."""
