"""Short spellings of states, journals, gates and commands for the tests that know no edge."""
