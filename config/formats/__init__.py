"""How dates and times are written: alike in every language, so that rows of them compare at a glance."""
