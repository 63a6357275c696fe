"""Tests of the analysis that the demo shows."""
