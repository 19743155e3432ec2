"""Facesets: one person's faces on disk, measured, sifted, and told apart; what training learns from."""
