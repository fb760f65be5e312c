"""Dumps, changes, mirrors."""
