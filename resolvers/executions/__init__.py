"""The use cases of executions: execute, find, read, watch and change them, and what their journals tell."""
