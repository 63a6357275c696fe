"""How the service itself is doing: health, metrics, statistics, and what they are counted from."""
