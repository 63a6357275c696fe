"""Requests of either edge, and what is asked of their answers."""
