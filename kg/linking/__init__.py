"""Linking: each mention gets a verdict, a confidence and reasons."""
