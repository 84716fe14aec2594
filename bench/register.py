#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""nintei number import measured: a national full file of made-up rows.

    bench/register.py BUILD_DIR [ROWS]

5,500,000 rows (the default) make a CSV of 1.5 GB and a register of 1.7 GB
below TMPDIR; both are removed at the end.  Prints one JSON document."""
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

PLACES = (("東京都", 13), ("大阪府", 27), ("愛知県", 23))
ROW = ('%d,%d%s,01,1,2018-04-02,2015-10-05,"株式会社架空第%d号クラウドサービス"'
       ',,301,"%s","架空市中央区","架空町%d丁目%d番%d号架空ビルディング%d階",,%02d,101,'
       '1000000,,,,,,,2015-10-05,1,,,,,"カクウダイクラウドサービス",0\n')


def check_digit(base):
    return 9 - sum(int(d) * (1 if n % 2 == 0 else 2)
                   for n, d in enumerate(reversed(base))) % 9


def row(i):
    base = "%04d%02d%06d" % (100 + i // 900000, 1 + i // 300000 % 3,
                             i % 300000 + 1)
    place = PLACES[i % 3]
    return ROW % (i + 1, check_digit(base), base, i, place[0], i % 9 + 1,
                  i % 30 + 1, i % 20 + 1, i % 12 + 1, place[1])


def main():
    build = os.path.abspath(sys.argv[1])
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 5500000
    with tempfile.TemporaryDirectory(prefix="nintei-numbers-") as work:
        path = os.path.join(work, "00_zenkoku_all_20260529.csv")
        os.mkdir(os.path.join(work, "store"))
        with open(os.path.join(work, "nintei.yaml"), "w",
                  encoding="utf-8") as f:
            f.write("authority: {name: 機関}\n")
        with open(path, "w", encoding="utf-8", newline="") as f:
            for i in range(rows):
                f.write(row(i))
        out = {"rows": rows, "bytes": os.path.getsize(path)}
        begin = time.monotonic()
        subprocess.run([os.path.join(build, "bin", "nintei"), "-C", work,
                        "number", "import", path], check=True,
                       stdout=subprocess.DEVNULL)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        out["seconds"] = round(time.monotonic() - begin, 1)
        out["cpu_seconds"] = round(used.ru_utime + used.ru_stime, 1)
        out["rss_mib"] = round(used.ru_maxrss / 1024, 1)
        out["load"] = os.getloadavg()[0]
        print(json.dumps(out))


main()
