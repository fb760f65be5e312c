"""Importers: tables and dumps to items, streaming, with a report of what was left out and why."""
