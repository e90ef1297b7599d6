"""rensa's RMinHashDeduplicator: the first of near documents is kept. Arguments: JSON Lines, where numbers go."""

import sys

from common import shingles, texts, write
from rensa import RMinHash, RMinHashDeduplicator

dedup = RMinHashDeduplicator(threshold=0.7, num_perm=128, use_lsh=True, num_bands=16)
removed = []
for index, text in enumerate(texts(sys.argv[1])):
    sketch = RMinHash(num_perm=128, seed=42)
    sketch.update(shingles(text))
    if not dedup.add(str(index), sketch):
        removed.append(index)
write(removed)
