"""What is told of several executions together: two compared, one done over, many at once."""
