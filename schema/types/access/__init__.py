"""The GraphQL types of who may do what: API keys, approval links, secrets, the audit log, and the viewer."""
