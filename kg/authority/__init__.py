"""What is known of Wikidata items: the embedded default, importers, and the index."""
