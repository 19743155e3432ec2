"""A small reader and writer of Nuke scripts (.nk): data in, data out, nothing is run."""
