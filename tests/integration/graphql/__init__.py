"""Integration tests of what is in graphql."""
