"""Carries out one execution: prepares attempts, makes them, and journals what came of each.

The dispatcher alone calls it, by the pool of runs.
"""
