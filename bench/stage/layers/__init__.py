"""What is known of a pixel beside its colour: its surface and motion, the mattes, the pupils."""
