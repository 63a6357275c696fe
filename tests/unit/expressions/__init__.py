"""Unit tests of the room expressions."""
