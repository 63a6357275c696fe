"""Unit tests of the room models."""
