"""A small Google: its OAuth endpoints and its Health API v4."""
