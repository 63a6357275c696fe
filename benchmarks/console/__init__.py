"""What the console's pages cost, in the real browser over a long history, beside what they may cost."""
