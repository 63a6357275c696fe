"""Unit tests of the room services."""
