"""The review movie: plate, result and difference side by side, as somebody looks at a version."""
