"""Unit tests of the room dispatch."""
