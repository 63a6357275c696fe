"""Unit tests of the room secrets."""
