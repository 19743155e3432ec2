"""Relight: fits the light on the plate's face and puts it on the swapped one."""
