"""Runs executions; knows no HTTP server and no GraphQL."""
