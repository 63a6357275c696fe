"""Unit tests of the room running."""
