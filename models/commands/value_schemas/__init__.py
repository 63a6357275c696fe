"""What nested values are held to: a bounded part of JSON Schema, read when it is saved and checked within a budget."""
