"""Bringing what is committed to whoever looks at it: fast, in order, healed when a hint is lost."""
