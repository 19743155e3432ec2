"""The nodes a compositor sees, each declared once."""
