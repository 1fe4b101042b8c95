"""What is printed on paper: slips and day sheets as PDF, from what is stored."""
