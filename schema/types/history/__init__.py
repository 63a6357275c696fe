"""The versions of workflows as GraphQL types, and what differs between two."""
