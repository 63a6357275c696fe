"""Action types, one a file; third parties add theirs by the entry point group `orchestrator.actions`."""
