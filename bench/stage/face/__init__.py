"""The face that all people share: its skin atlas, and the traits that make one of them of it."""
