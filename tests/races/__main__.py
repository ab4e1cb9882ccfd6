"""`python -m tests.races FD`: the process that people are forked from, with a test at the file descriptor."""

import sys
from multiprocessing.connection import Connection

from tests.races.crowd import load_product, serve

load_product()
serve(Connection(int(sys.argv[1])))
