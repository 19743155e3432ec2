"""Blend: matte, colour match, seam gain, grain; outside the matte the plate stays bit for bit."""
