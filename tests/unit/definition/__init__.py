"""Unit tests of the room definition."""
