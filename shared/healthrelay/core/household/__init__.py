"""The people of a household, and what is kept of them."""
