"""``POST /visitor/poll``: the visitor's socket over plain requests, where a network lets no socket through.

``app`` takes the request; ``exchange`` runs the socket's own code for as long as the request lasts. Nothing
is kept between two requests: resuming brings what was missed (DL-04), so any process answers the next one.
"""
