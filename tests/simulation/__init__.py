"""The deterministic simulation: the real engine on a virtual clock, with a world that fails by a seeded schedule."""
