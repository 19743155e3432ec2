"""The OpenFX bundle: a small C library, what it reads, and how both get to where hosts look."""
