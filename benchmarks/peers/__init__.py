"""Other orchestrators, started as their authors say, for measurements beside ours in one run."""
