"""Provenance: what a shot was made from, hashed and signed, and the check that nothing changed since."""
