"""What executions come to at a glance, as GraphQL types."""
