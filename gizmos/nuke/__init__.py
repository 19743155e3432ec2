"""Doublure's tools for Nuke: groups around the OpenFX nodes, a menu, and what installs them."""
