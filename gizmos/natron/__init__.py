"""Doublure's tools for Natron: PyPlugs around the OpenFX nodes, and what installs them."""
