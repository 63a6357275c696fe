"""The mutations, one module for each kind of thing that they change, and their root."""
