"""Workflows as the texts that people write: read, checked, and each fault found at its line."""
