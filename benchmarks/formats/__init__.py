"""Files of every kind, read: real ones, hostile ones, mutated ones."""
