namespace CharFinder;

/// <summary>The arrays of an index, as they are kept in memory and on disk: one block each, no object for a word.</summary>
/// <param name="Letters">The words in ASCII, in ascending order, one after the other.</param>
/// <param name="WordEnds">Where each word ends in <paramref name="Letters"/>.</param>
/// <param name="RangeEnds">Where each word's characters end in <paramref name="Ranges"/>.</param>
/// <param name="Ranges">The characters of all words, each word's ascending.</param>
internal sealed record IndexData(byte[] Letters, int[] WordEnds, int[] RangeEnds, CodeRange[] Ranges);
