// FileNotes: notes in memory, and each change as a line of JSON at the end of a file.
// Thread: the loop's, so the dictionary needs no lock. The file does: a line is written by a thread, and the next one has to wait.
//   1. A change is in the file before anybody sees it: who gets an answer finds the note after a restart.
//   2. A line that was not written to its end (the process was killed) is the last one, has no newline, and is left out.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Notes;

internal sealed class FileNotes : INoteStore
{
    private readonly SortedDictionary<long, Note> _notes = [];
    private readonly AsyncLock _writing = new();
    private readonly string _path;
    private long _last;

    private FileNotes(string path) => _path = path;

    /// <summary>Reads a file, if there is one.</summary>
    public static async Coroutine<FileNotes> Open(string path)
    {
        var store = new FileNotes(path);
        if (await AsyncFiles.Exists(path))
            await store.Load(await AsyncFiles.ReadAllText(path));
        return store;
    }

    public async Coroutine<Note> Add(string text) => (await Commit(() => new Change(new Note(_last + 1, text, TimeProvider.System.GetUtcNow()), null)))!.Added!;

    public async Coroutine<Note?> Find(long id) => await Sleep(0, _notes.GetValueOrDefault(id));

    public async Coroutine<IReadOnlyList<Note>> Search(string word)
        => await Sleep(0, _notes.Values.Reverse().Where(note => note.Text.Contains(word, StringComparison.Ordinal)).Take(100).ToList());

    public async Coroutine<bool> Delete(long id) => await Commit(() => _notes.ContainsKey(id) ? new Change(null, id) : null) is not null;

    public async Coroutine<long> SlowReport(double seconds)
    {
        await Sleep(seconds);
        return _notes.Count;
    }

    public async Coroutine Close()
    {
        using (await _writing.Acquire())
        {
            // Whoever wrote is done.
        }
    }

    /// <summary>Makes a change in a task of its own: a cancel ends the wait for it, never the change in its middle.</summary>
    /// <param name="decide">Called when it is this change's turn; null for none.</param>
    private async Coroutine<Change?> Commit(Func<Change?> decide)
    {
        return await Shield(CreateTask(Run()));

        async Coroutine<Change?> Run()
        {
            using (await _writing.Acquire())
            {
                var change = decide();
                if (change is not null)
                {
                    await AsyncFiles.AppendAllText(_path, JsonSerializer.Serialize(change, ChangeJson.Default.Change) + "\n");
                    Apply(change);
                }

                return change;
            }
        }
    }

    private async Coroutine Load(string text)
    {
        var complete = text[..(text.LastIndexOf('\n') + 1)];
        foreach (var line in complete.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Apply(JsonSerializer.Deserialize(line, ChangeJson.Default.Change)!);

        // What is not complete would otherwise become the beginning of the next line.
        if (complete.Length < text.Length)
            await AsyncFiles.WriteAtomically(_path, System.Text.Encoding.UTF8.GetBytes(complete));
    }

    private void Apply(Change change)
    {
        if (change.Added is { } note)
            _notes[note.Id] = note;
        if (change.Deleted is { } id)
            _notes.Remove(id);
        _last = Math.Max(_last, change.Added?.Id ?? 0);
    }
}

/// <summary>A line of the file.</summary>
internal sealed record Change(Note? Added, long? Deleted);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Change))]
internal sealed partial class ChangeJson : JsonSerializerContext;
