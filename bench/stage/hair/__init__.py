"""Hair as strands that grow from the skin: heads, brows, lashes, beards, and the cap over them."""
