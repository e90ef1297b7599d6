"""What the peers' programs share: rows in, numbers of removed rows out."""

import json
import sys


def texts(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def shingles(text):
    """Runs of five words, divided by white space."""
    words = text.split()
    return [" ".join(words[at : at + 5]) for at in range(len(words) - 4)]


def write(removed):
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.writelines(f"{index}\n" for index in removed)
