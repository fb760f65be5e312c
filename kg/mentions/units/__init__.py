"""Armed forces and their formations: names, shapes, phrases, strengths."""
