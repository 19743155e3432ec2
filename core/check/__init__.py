"""Is a shot fit to be delivered: one pure question a file, facts in (``core/scan``), findings out."""
