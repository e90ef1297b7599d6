"""
The usual check for leaks: one set of all runs of 13 words of all samples; a document with any of them is flagged.
Words are lower case, punctuation is white space. Arguments: documents and samples as JSON Lines with `text`, and
the file that the numbers of flagged documents go to.
"""

import json
import re
import sys

PUNCTUATION = re.compile(r"[^\w\s]")
SIZE = 13


def runs(text):
    words = PUNCTUATION.sub(" ", text.lower()).split()
    return [" ".join(words[at : at + SIZE]) for at in range(len(words) - SIZE + 1)]


def texts(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


known = set()
for sample in texts(sys.argv[2]):
    known.update(runs(sample))
with open(sys.argv[3], "w", encoding="utf-8") as out:
    for number, text in enumerate(texts(sys.argv[1])):
        if not known.isdisjoint(runs(text)):
            out.write(f"{number}\n")
