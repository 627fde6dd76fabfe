"""What was measured: series, records, days, and what a fetch must read."""
