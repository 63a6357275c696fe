"""Workflows to copy, the systems that they call, and the command that draws them."""
