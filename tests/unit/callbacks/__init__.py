"""Unit tests of the room callbacks."""
