"""What healthrelay costs, as ratios to floors measured in the same run, and as exact counts."""
