"""The schema's history, applied by itself on start."""
