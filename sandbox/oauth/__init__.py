"""What the OAuth endpoints of both providers have in common."""
