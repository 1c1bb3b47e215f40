namespace Notes;

/// <summary>Where notes are kept. Cancelling a call stops what it does; a change is made whole or not at all.</summary>
internal interface INoteStore
{
    /// <summary>Keeps a new note.</summary>
    Coroutine<Note> Add(string text);

    /// <summary>The note with a number; null if there is none.</summary>
    Coroutine<Note?> Find(long id);

    /// <summary>Notes that have a word, the latest first; at most 100.</summary>
    Coroutine<IReadOnlyList<Note>> Search(string word);

    /// <summary>Takes a note away; false if there is none.</summary>
    Coroutine<bool> Delete(long id);

    /// <summary>A report that takes this many seconds to make: how many notes there are.</summary>
    Coroutine<long> SlowReport(double seconds);

    /// <summary>Closes files and connections.</summary>
    Coroutine Close();
}
