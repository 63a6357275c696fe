"""The GraphQL edge, which is the main interface: Strawberry types over the entities that resolvers return."""
