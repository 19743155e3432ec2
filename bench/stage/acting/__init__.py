"""What happens before the camera: performances, what crosses the face, and the kinds of takes."""
