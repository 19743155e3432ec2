"""Tools for hosts (Nuke, Natron), generated from the declarations of the nodes and checked in below ``plugin``."""
