"""RDF: the only minter of IRIs; records become triples; formats; validation."""
