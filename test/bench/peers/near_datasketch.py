"""datasketch's MinHashLSH: the first of near documents is kept."""

import sys

from common import shingles, texts, write
from datasketch import MinHash, MinHashLSH

index = MinHashLSH(num_perm=128, params=(16, 8))
removed = []
for number, text in enumerate(texts(sys.argv[1])):
    sketch = MinHash(num_perm=128, seed=1)
    sketch.update_batch([run.encode() for run in shingles(text)])
    if index.query(sketch):
        removed.append(number)
    else:
        index.insert(number, sketch)
write(removed)
