"""The documented REST edge: Litestar controllers over the resolvers; knows no GraphQL."""
