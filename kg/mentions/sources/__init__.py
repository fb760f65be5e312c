"""On whose word: the media that a report names, and the role each plays."""
