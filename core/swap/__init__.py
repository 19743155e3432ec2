"""Swap: crops in a light-separated space, the identity-modulated network, training and inference."""
