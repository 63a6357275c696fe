"""The vocabulary of the orchestrator: tables, commands, entities, errors and the database."""
