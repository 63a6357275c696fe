"""The web server: its limits, its logging, and what stands around every request and socket."""
