"""Generated tools for hosts (Nuke, Natron, Blender)."""
