"""Two small real services, a document source and a text analyser, that the demo workflow calls."""
