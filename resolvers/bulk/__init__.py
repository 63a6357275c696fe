"""Bulk operations: made, watched and aborted here, and worked off by one node without harm to others."""
