"""What a character is made of, which conventions its names follow, and what of a performance it can show."""
