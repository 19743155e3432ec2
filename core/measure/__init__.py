"""Measures of quality against ground truth, one file each.

Every picture here is a (3, H, W) float32 tensor, scene-linear (ACEScg), and every matte an (H, W) float32
tensor in 0..1 that says where the face of the truth is. Nothing outside the matte counts.
"""
