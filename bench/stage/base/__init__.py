"""The ground: assets, meshes, curves over time, the coding of colour, and the Mitsuba that is here."""
