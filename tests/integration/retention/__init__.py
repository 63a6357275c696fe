"""Tests of what is deleted, when, and what is left of it."""
