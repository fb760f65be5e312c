"""Where: names of places in both languages, those of the authority and new ones."""
