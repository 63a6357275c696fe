"""The GraphQL types: what the entities of resolvers look like to clients, and what clients hand in."""
