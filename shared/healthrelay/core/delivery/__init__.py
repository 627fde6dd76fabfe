"""How far each target has come, and what it is sent."""
