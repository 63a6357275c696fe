"""Unit tests of the room actions."""
