"""Unit tests of the room journal."""
