"""What a person's terminal is shown, with nothing in it that a terminal would obey."""
