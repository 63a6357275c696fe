"""What many executions come to: each of them in a line, how many ended when, and what keeps or failed them."""
