"""The use cases, one function each; permissions are checked here, once for both edges."""
