#!/bin/sh
# Makes flags/<cc>.gif for every code in countries.tsv from Debian's iso-flags-png-320x240 (public domain).
# Needed only to make the images again: apt-get install iso-flags-png-320x240 imagemagick
#
# 128 colours with error diffusion keep every image between 6 and 20 KB, 12 KB on average: the size at which
# saving a file is work worth moving off the loop. Plain GIF compression of flat colours gives a tenth of that.
set -eu
cd "$(dirname "$0")"
source=${1:-/usr/share/iso-flags-png-320x240}

rm -rf flags
mkdir flags
tail -n +2 countries.tsv | cut -f1 | tr '[:upper:]' '[:lower:]' | while read -r cc; do
    convert "$source/$cc.png" -strip -dither FloydSteinberg -colors 128 "flags/$cc.gif"
done

ls -l flags | awk 'NR > 1 { n++; sum += $5 } END { printf "%d flags, %d bytes, %d on average\n", n, sum, sum / n }'
