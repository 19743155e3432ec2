"""The report of a publish as one HTML file that needs nothing else."""
