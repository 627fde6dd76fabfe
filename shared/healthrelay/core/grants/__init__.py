"""What a wearer allowed: consent, authorization, token, and how well the grant is."""
