"""The past of workflows as GraphQL types: their versions, what differs between two, and what earlier runs say."""
