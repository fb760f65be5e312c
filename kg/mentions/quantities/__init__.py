"""How much: numbers with units of measurement."""
