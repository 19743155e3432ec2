"""Measures of quality against ground truth, one file each."""
