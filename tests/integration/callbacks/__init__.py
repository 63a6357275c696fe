"""Callbacks: every end is reported, signed, at least once."""
