"""What guides an admin: what is left to set up, and what needs attention now, each with its mend."""
