"""People made from seeds: skin and its relief, eyes, mouth, neck, clothes."""
