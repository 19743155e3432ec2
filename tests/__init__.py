"""The tests. A package, because a dependency of the pipeline hooks installs one of the same name."""
