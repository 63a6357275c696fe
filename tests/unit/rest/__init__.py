"""Unit tests of the room rest."""
