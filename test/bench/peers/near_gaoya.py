"""gaoya's index, which makes the runs of words itself: the first of near documents is kept."""

import sys

from common import texts, write
from gaoya.minhash import MinHashStringIndex

index = MinHashStringIndex(
    hash_size=32,
    jaccard_threshold=0.7,
    num_bands=16,
    band_size=8,
    num_hashes=128,
    analyzer="word",
    ngram_range=(5, 5),
    lowercase=False,
)
removed = []
for number, text in enumerate(texts(sys.argv[1])):
    if index.query(text):
        removed.append(number)
    else:
        index.insert_document(number, text)
write(removed)
