"""The Stream Designer: where a stream is drawn, checked, tried out and published (DG-14, DG-15)."""
