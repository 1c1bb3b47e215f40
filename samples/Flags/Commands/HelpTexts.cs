namespace Flags;

/// <summary>What the program's help says beside the options.</summary>
internal static class HelpTexts
{
    /// <summary>Lines to copy, by the command's name.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Examples = new Dictionary<string, string[]>
    {
        [""] =
        [
            "Flags flags2 -s ERROR -al 100 -m 100   a hundred flags at once from a server that is slow and fails",
            "Flags asyncio                          the smallest program: twenty flags, one coroutine each",
            "Flags compare                          sequential, threads and asyncio beside each other",
            "Flags flags2 --help                    all options of the full downloader",
            "(from a clone: dotnet run --project samples/Flags -- flags2 -s ERROR -al 100 -m 100)",
        ],
        ["sequential"] = ["Flags sequential", "Flags sequential -s LOCAL --dest /tmp/flags"],
        ["threadpool"] = ["Flags threadpool", "Flags threadpool -s LOCAL --dest /tmp/flags"],
        ["asyncio"] = ["Flags asyncio", "Flags asyncio -s LOCAL --dest /tmp/flags"],
        ["flags2"] =
        [
            "Flags flags2                           the 20 most populous countries",
            "Flags flags2 br us B                   Brazil, the United States, and all codes BA to BZ",
            "Flags flags2 -s ERROR -al 100 -m 100   the first hundred of all flags, a hundred at a time",
            "Flags flags2 -s ERROR -al 100 --via-proxy   the same flags fail: now it is the proxy that makes them",
            "Flags flags2 -s DELAY --mode threadpool -v b",
            "Flags flags2 --url http://localhost:8001/flags -a",
        ],
        ["flags3"] =
        [
            "Flags flags3                           saved as Brazil-BR.gif, by the name in metadata.json",
            "Flags flags3 -s DELAY -a -m 100",
        ],
        ["serve"] =
        [
            "Flags serve --kind ERROR               on port 8003; then: curl -i http://localhost:8003/flags/br/br.gif",
            "Flags serve --kind LOCAL --port 9000 --delay 0.04",
            "Flags serve --kind ERROR --error-rate 0.1 --seed 7",
        ],
        ["compare"] =
        [
            "Flags compare                          20 flags and 600 requests, three ways",
            "Flags compare --sweep                  the best -m for each server",
            "Flags compare --image-scale 100        what saving large files does to the loop",
        ],
    };

    /// <summary>What all commands' help ends with.</summary>
    public static readonly IReadOnlyList<string> Closing =
    [
        "Exit codes:",
        "  0 done (flags that a server lacks or refuses are counted, not a failure)",
        "  1 usage error, a flag could not be saved, or the server could not be reached",
        "  130 interrupted by Ctrl-C, after reporting what was done",
    ];
}
