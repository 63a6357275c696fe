"""The settings of a service, and what is refused in production."""
