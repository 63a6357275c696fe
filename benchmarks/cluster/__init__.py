"""API processes and workers on one PostgreSQL: what is measured of them, and what is simulated from that."""
