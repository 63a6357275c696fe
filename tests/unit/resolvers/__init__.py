"""Unit tests of the room resolvers."""
