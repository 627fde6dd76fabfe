"""A small Fitbit: its OAuth endpoints and its Web API 1."""
