"""The command line, a module for each group of commands: `add` says its words and its work."""
