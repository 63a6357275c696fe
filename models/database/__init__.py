"""The database behind two verbs, on SQLite and on PostgreSQL, and its tables."""
