namespace Tulip.Notes.Tests;

/// <summary>What the program says when it cannot begin.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("*** Usage error: --postgres TEXT is a connection string such as ", "--postgres", "nonsense")]
    [InlineData("*** Usage error: --file PATH: there is no folder '/none'", "--file", "/none/notes.jsonl")]
    [InlineData("*** Usage error: --file PATH is a file, not '/'", "--file", "/")]
    [InlineData("*** Cannot serve at 'nonsense': ", "--listen", "nonsense")]
    [InlineData("*** Cannot serve at 'https://127.0.0.1:0': ", "--listen", "https://127.0.0.1:0")]
    public void WhatCannotBe_IsSaidInOneLine_BeforeAnythingIsServed(string message, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(1, NotesApp.Run(arguments, output, error));
        Assert.StartsWith(message, error.ToString());
        Assert.Equal("", output.ToString());
    }
}
