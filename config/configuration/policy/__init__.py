"""What needs no database: the file itself, and what differs between two configurations."""
