"""Faces: detection, landmarks, pose and the track sidecar."""
