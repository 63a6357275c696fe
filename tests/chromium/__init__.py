"""The Chromium of the browser tests, for machines that have none of their own."""
