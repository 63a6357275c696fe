"""Who may do what, by which credential and how often; and the use cases of keys, links, secrets and the audit log."""
