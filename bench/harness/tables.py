"""Medians, their spread, and tables of them; what was measured on."""

import os
import pathlib
import platform
import statistics

NOISY = 0.15


def values(lines, key):
    return [line[key] for line in lines or [] if line.get(key) is not None]


def median(lines, key):
    found = values(lines, key)
    return statistics.median(found) if found else None


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def noisy(lines, key):
    """Whether the runs differ too much for their median to be trusted."""
    found = values(lines, key)
    return bool(found) and statistics.median(found) > 0 and (max(found) - min(found)) / statistics.median(found) > NOISY


def text_of(rows):
    """A Markdown table; the first row is the heading, the first column the names."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def text(row):
        cells = [row[0].ljust(widths[0]), *(value.rjust(width) for value, width in zip(row[1:], widths[1:]))]
        return "| " + " | ".join(cells) + " |"

    rule = "|" + "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])]) + "|"
    return "\n".join([text(rows[0]), rule, *map(text, rows[1:])])


def machine():
    return f"{processor()}, {os.cpu_count()} processors, {platform.system()} {platform.release()}"


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
