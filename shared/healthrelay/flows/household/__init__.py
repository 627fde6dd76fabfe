"""Add, change, export and erase people; keep the application's own values."""
