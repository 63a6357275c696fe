"""The file of the embedded database and what lies beside it: whether it is whole, its checkpoints, its copies."""
