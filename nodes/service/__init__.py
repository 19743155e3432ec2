"""The render service: one process per user that keeps torch, models and tracks warm (``docs/service.md``)."""
