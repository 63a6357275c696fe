"""Attacks on a real server in production, and the proof that each would be noticed if its defence were gone."""
