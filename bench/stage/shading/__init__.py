"""Rendering: a person under a light, from Mitsuba's noisy passes to the layers of a clean picture."""
