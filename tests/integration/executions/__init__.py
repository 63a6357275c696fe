"""Integration tests of how executions are labelled and found."""
