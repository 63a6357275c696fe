"""The use cases of workflows: define, find and search them, and start from templates."""
