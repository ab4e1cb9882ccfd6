"""The wire protocol, version 1: JSON frames, one module per direction of talk (DL-09)."""

PROTOCOL_VERSION = 1
