"""The people of a household, and what is stored of them."""
