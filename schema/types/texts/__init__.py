"""What the words of enums mean, as GraphQL says it."""
