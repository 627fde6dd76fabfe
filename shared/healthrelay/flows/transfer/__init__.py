"""Everything that a store holds, into one file and back: for backup, move and support."""
