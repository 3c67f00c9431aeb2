"""Plotly figures: built from plain values, returned, never shown."""
