"""Programs and workflows to copy; not a part of what is installed."""
