"""Real processes under real faults, each test with the figure that it found."""
