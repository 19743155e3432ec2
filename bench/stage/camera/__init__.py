"""The camera, and what it does to a picture: softness and grain."""
