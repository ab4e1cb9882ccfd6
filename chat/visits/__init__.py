"""What a page view costs: one small request, answered before Django's middleware, and no write.

``app`` takes ``POST /widget/visit`` and ``POST /widget/shown``; ``board`` is what every page view looks at,
kept in the process; ``resolving`` (pure) says what a visitor gets; ``batches`` reads and writes for many at
once.
"""
