"""Who may do what, for every route and every field: tables, and tests that walk them on a server in production."""
