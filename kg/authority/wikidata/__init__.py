"""Wikidata over the network and in its documents."""
