"""Light: HDRIs and keys, how they move in a take, and the backdrop that they are seen as."""
