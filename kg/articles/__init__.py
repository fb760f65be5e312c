"""Reading: every form an archive hands over becomes `kg.model.Article` records."""
