"""What the tests share: databases, processes, browsers, services, and calls of the edges."""
