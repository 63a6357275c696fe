"""Workflow files: read to JSON values, with places for messages, and described by a JSON Schema."""
