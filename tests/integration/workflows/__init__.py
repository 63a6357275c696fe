"""Workflows as texts, their versions, and what differs between them and between their executions."""
