"""Shared by the Python peers: the loop of JSON requests and replies, one a line."""

import json
import sys


def serve(greeting, answer):
    """Prints `greeting`, then the reply of `answer` to each request."""
    print(json.dumps(greeting), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
