"""What a shot's files say, read once: facts about every frame, never pixels, for the checks of ``core/check``."""
