"""The pages that a browser gets: the console's built ones, and the page of an approval link."""
