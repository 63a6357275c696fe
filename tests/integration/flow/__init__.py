"""How executions go: which items run, who ends them, which others they start, who wins."""
