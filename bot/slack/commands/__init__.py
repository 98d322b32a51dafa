"""What can be typed after /roleshift: one file per verb."""
