"""Floor 3: request in, flow called, response out."""
