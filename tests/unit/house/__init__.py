"""Unit tests of the project itself: its documents, tables, files and benchmarks."""
