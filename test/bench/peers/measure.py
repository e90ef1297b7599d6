"""Runs a command; tells the processor time (user and system), the peak memory and the exit code of its process."""

import json
import resource
import subprocess
import sys

ended = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(
    json.dumps(
        {
            "cpu": usage.ru_utime + usage.ru_stime,
            "peakMB": usage.ru_maxrss / 1024,
            "status": ended.returncode,
        }
    )
)
