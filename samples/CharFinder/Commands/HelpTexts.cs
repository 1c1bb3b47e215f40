namespace CharFinder;

/// <summary>What the program's help says beside the options.</summary>
internal static class HelpTexts
{
    /// <summary>Lines to copy, by the command's name.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Examples = new Dictionary<string, string[]>
    {
        [""] =
        [
            "charfinder chess black                 characters with both words in their names",
            "charfinder cjk --start 1000 --stop 1010",
            "charfinder --style mojifinder cat face",
            "charfinder words --top 20              the most frequent words",
            "charfinder tcp                         serves telnet and nc on port 2323",
            "charfinder web                         serves browsers at http://127.0.0.1:8888/",
            "charfinder -- web                      searches for the word that is also a command",
            "(from a clone: dotnet run --project samples/CharFinder -- chess black)",
        ],
        ["tcp"] =
        [
            "charfinder tcp                        then, elsewhere: telnet 127.0.0.1 2323, or nc 127.0.0.1 2323",
            "charfinder tcp 0.0.0.0 8000           for other machines too",
        ],
        ["web"] =
        [
            "charfinder web                        then open http://127.0.0.1:8888/",
            "charfinder web --address 0.0.0.0 --port 8000",
            "charfinder -- web                     searches for 'web'; so does 'charfinder web spider', with other words",
        ],
        ["words"] = ["charfinder words", "charfinder words --top 20"],
    };

    /// <summary>What all commands' help ends with.</summary>
    public static IReadOnlyList<string> Closing =>
    [
        $"The names are those of Unicode {UnicodeNames.Shared.Version}, split at spaces and hyphens. Ideographs are found by 'cjk',",
        "'unified', 'compatibility' and 'ideograph', not by their code; controls and private use have no names.",
        "",
        "Exit codes:",
        "  0 done, also when nothing was found",
        "  1 usage error, no words, the results could not be written, or the port is taken",
        "  2 no words, with --style mojifinder",
        "  130 interrupted by Ctrl-C",
    ];
}
