"""Floor 2: each adapter speaks one foreign language and ends it at its own edge."""
