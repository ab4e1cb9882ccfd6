"""Who changed which setting, when, and what it was before."""
