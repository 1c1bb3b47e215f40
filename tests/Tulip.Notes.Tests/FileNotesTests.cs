namespace Tulip.Notes.Tests;

public sealed class FileNotesTests
{
    [Fact]
    public void Notes_AreThereAgain_AfterARestart() => Run(static async path =>
    {
        var store = await FileNotes.Open(path);
        var notes = await Gather(Enumerable.Range(1, 50).Select(i => store.Add($"note {i}")));
        Assert.Equal(50, notes.Select(static note => note.Id).Distinct().Count());
        Assert.True(await store.Delete(notes[3].Id));
        Assert.False(await store.Delete(notes[3].Id));
        await store.Close();

        var again = await FileNotes.Open(path);
        Assert.Null(await again.Find(notes[3].Id));
        Assert.Equal(notes[4], await again.Find(notes[4].Id));
        Assert.Equal(49, (await again.Search("note")).Count);
        Assert.Equal(51, (await again.Add("next")).Id);
    });

    [Fact]
    public void CancelledAdd_IsMadeWholeOrNotAtAll() => Run(static async path =>
    {
        var store = await FileNotes.Open(path);
        for (var passes = 0; passes < 8; passes++)
        {
            var adding = CreateTask(store.Add($"{passes}"));
            for (var pass = 0; pass < passes; pass++)
                await Sleep(0);
            adding.Cancel();
            await Wait([adding]);
            await store.Add("after");
        }

        await store.Close();
        var again = await FileNotes.Open(path);
        Assert.Equal(await store.Search(""), await again.Search(""));
        Assert.Equal(8, (await again.Search("after")).Count);

        // No number twice: a note that is in the file is in the memory too.
        Assert.Equal(File.ReadLines(path).Count(), (await again.Search("")).Count);
    });

    [Fact]
    public void LineThatWasNotFinished_IsLeftOut_AndDoesNotSpoilTheNext() => Run(static async path =>
    {
        var store = await FileNotes.Open(path);
        var note = await store.Add("whole");
        File.AppendAllText(path, "{\"Added\":{\"Id\":2,\"Te");
        store = await FileNotes.Open(path);
        Assert.Equal([note], await store.Search(""));
        await store.Add("next");
        Assert.Equal(["next", "whole"], (await (await FileNotes.Open(path)).Search("")).Select(static found => found.Text));
    });

    private static void Run(Func<string, Coroutine> body)
    {
        var folder = Directory.CreateTempSubdirectory("notes-file-");
        try
        {
            LoopTest.RunInRealTime(() => body(Path.Combine(folder.FullName, "notes.jsonl")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
