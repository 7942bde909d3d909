"""What the portal shows, for other programs: an API that only reads, through the same door."""
