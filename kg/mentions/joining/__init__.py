"""From finds to mentions: what is one entity in an article, over its text and both languages."""
