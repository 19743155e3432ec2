"""Likeness records: who agreed to what, signed, and the check that denies by default."""
