"""What a chart shows of a person's measurements: days, means, nights, and what is known of each."""
