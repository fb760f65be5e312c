"""Pipelines: build and update, on whatever runs them."""
