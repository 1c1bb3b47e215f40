"""What Python's unicodedata says, for the tests to compare with.

reference.py names            the version of Unicode, then CODE;NAME of every character that has a name
reference.py words            the version of Unicode, then the word report
reference.py search QUERY...  the version of Unicode, then what the character finder prints for each query
"""
import re
import sys
import unicodedata

# unicodedata knows no names of Tangut ideographs before Python 3.15; the standard's rule gives them.
TANGUT = [range(0x17000, 0x187F8), range(0x18D00, 0x18D09)]
IDEOGRAPHS = ('CJK UNIFIED IDEOGRAPH', 'CJK COMPATIBILITY IDEOGRAPH')


def name(code):
    found = unicodedata.name(chr(code), None)
    if found is None and any(code in part for part in TANGUT):
        found = f'TANGUT IDEOGRAPH-{code:04X}'
    return found


def words(text):
    return [word.upper() for word in re.findall(r'\w+', text)]


def build():
    index = {}
    for code in range(sys.maxunicode + 1):
        found = name(code)
        if found is not None:
            indexed = next((start for start in IDEOGRAPHS if found.startswith(start)), found)
            for word in words(indexed):
                index.setdefault(word, set()).add(code)
    return index


def search(index, query):
    wanted = [index.get(word, set()) for word in words(query)]
    found = sorted(set.intersection(*wanted)) if wanted else []
    for code in found:
        print(f'U+{code:04X}'.ljust(7), chr(code), name(code), sep='\t')
    count = {0: 'No match', 1: '1 match'}.get(len(found), f'{len(found)} matches')
    print(f'({count} for {query!r})')


sys.stdout.reconfigure(encoding='utf-8', newline='\n')
print(unicodedata.unidata_version)
if sys.argv[1] == 'names':
    for code in range(sys.maxunicode + 1):
        found = unicodedata.name(chr(code), None)
        if found is not None:
            print(f'{code:04X};{found}')
elif sys.argv[1] == 'words':
    for word, codes in sorted(build().items(), key=lambda item: (-len(item[1]), item[0])):
        print(f'{len(codes):5} {word}')
elif sys.argv[1] == 'search':
    index = build()
    for query in sys.argv[2:]:
        search(index, query)
