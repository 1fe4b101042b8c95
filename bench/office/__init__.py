"""What the measurements of the office share."""
