"""The browser pages that the service brings along, built from `console/`."""
