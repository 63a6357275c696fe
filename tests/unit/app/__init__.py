"""Unit tests of the room app."""
