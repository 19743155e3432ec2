"""The ground-truth stage: rendered performances whose right answers are known."""
