using System.Buffers.Binary;
using CharFinder;

namespace Tulip.CharFinder.Tests;

public sealed class CacheTests : IDisposable
{
    private static readonly DateTime s_longAgo = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    private string Folder => Path.Combine(_folder.Path, "not", "there", "yet");

    private string File => Path.Combine(Folder, IndexFile.Name);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FirstLoad_SavesTheIndex_AndTheSecondReadsIt()
    {
        var built = Load();
        System.IO.File.SetLastWriteTimeUtc(File, s_longAgo);
        var read = Load();

        Assert.Equal(s_longAgo, System.IO.File.GetLastWriteTimeUtc(File));
        Assert.Equal(built.Data.Letters, read.Data.Letters);
        Assert.Equal(built.Data.WordEnds, read.Data.WordEnds);
        Assert.Equal(built.Data.RangeEnds, read.Data.RangeEnds);
        Assert.Equal(built.Data.Ranges, read.Data.Ranges);
        Assert.Equal(33, read.Search("chess black").Count);
        AssertOnlyTheFile();
    }

    public static TheoryData<string> Damages => [.. s_damages.Keys];

    private static readonly Dictionary<string, Func<byte[], byte[]>> s_damages = new()
    {
        ["empty"] = _ => [],
        ["ten bytes"] = bytes => bytes[..10],
        ["half of it"] = bytes => bytes[..(bytes.Length / 2)],
        ["a byte short"] = bytes => bytes[..^1],
        ["a byte long"] = bytes => [.. bytes, 0],
        ["another file"] = bytes => [.. Enumerable.Repeat((byte)'x', bytes.Length)],
        ["no magic"] = bytes => Signed(Flip(bytes, 0)),
        ["another format"] = bytes => Signed(Flip(bytes, 4)),
        ["other names"] = bytes => Signed(Flip(bytes, 8)),
        ["more letters"] = bytes => Signed(Flip(bytes, 12)),
        ["words below zero"] = bytes => Signed(Flip(bytes, 19)),
        ["a flipped bit in the ranges"] = bytes => Flip(bytes, bytes.Length / 2),
        ["a flipped bit in the words"] = bytes => Flip(bytes, bytes.Length - 100),
        ["a flipped bit in the checksum"] = bytes => Flip(bytes, bytes.Length - 1),
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void DamagedFile_IsBuiltAnew(string damage)
    {
        Load();
        var whole = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, s_damages[damage](whole.AsSpan().ToArray()));

        Assert.Null(IndexFile.Load(File, UnicodeNames.Shared));
        Assert.Equal(33, Load().Search("chess black").Count);
        Assert.Equal(whole, System.IO.File.ReadAllBytes(File));
        Assert.Empty(_warnings);
        AssertOnlyTheFile();
    }

    [Fact]
    public void FolderThatCannotBeMade_WarnsAndSearches()
    {
        System.IO.File.WriteAllText(Path.Combine(_folder.Path, "not"), "a file in the way");
        Assert.Equal(33, Load().Search("chess black").Count);
        Assert.StartsWith($"Could not save '{File}': ", Assert.Single(_warnings));
    }

    [Fact]
    public void FileThatCannotBeReplaced_WarnsAndLeavesNothingBehind()
    {
        Directory.CreateDirectory(Path.Combine(File, "in the way"));
        Assert.Equal(33, Load().Search("chess black").Count);
        Assert.StartsWith($"Could not save '{File}': ", Assert.Single(_warnings));
        AssertOnlyTheFile();
    }

    [Fact]
    public void ProtectedFolder_WarnsAndSearches()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "needs a user who may not write everywhere");
        Directory.CreateDirectory(Folder);
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal(33, Load().Search("chess black").Count);
        Assert.Single(_warnings);
    }

    [Fact]
    public void CommandLine_WithoutAPlaceForTheIndex_WarnsOnTheErrorStream()
    {
        using var run = FinderRun.Of("registered");
        Directory.Delete(run.CacheFolder, recursive: true);
        System.IO.File.WriteAllText(run.CacheFolder, "");
        run.Start("registered");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("(1 match for 'registered')", run.Output[^1]);
        Assert.StartsWith("Could not save '", Assert.Single(run.Errors));
    }

    [Fact]
    public void CommandLine_WithNoCache_KeepsNothing()
    {
        using var run = FinderRun.Of("--no-cache registered");
        Assert.Equal(2, run.Output.Length);
        Assert.False(Directory.Exists(run.CacheFolder));
    }

    [Fact]
    public void ManyPrograms_AtOnce_LeaveOneWholeFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a system that replaces a file while it is read");
        const int Programs = 8;
        using var start = new Barrier(Programs);
        var counts = new int[Programs];
        var threads = Enumerable.Range(0, Programs).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            counts[number] = new IndexCache(UnicodeNames.Shared, Folder, Warn).Load().Search("chess black").Count;
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(counts, count => Assert.Equal(33, count));
        Assert.Empty(_warnings);
        Assert.NotNull(IndexFile.Load(File, UnicodeNames.Shared));
        AssertOnlyTheFile();
    }

    [Fact]
    public void Saving_WhileOthersSaveAndRead_LeavesAWholeFileAtAllTimes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a system that replaces a file while it is read");
        const int Rounds = 30;
        Directory.CreateDirectory(Folder);
        IndexFile.Save(TestIndex.Whole, File);
        using var start = new Barrier(4);
        var troubles = new int[4];
        var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            for (var round = 0; round < Rounds; round++)
            {
                try
                {
                    if (number % 2 is 0)
                        IndexFile.Save(TestIndex.Whole, File);
                    else if (IndexFile.Load(File, UnicodeNames.Shared) is null)
                        troubles[number]++;
                }
                catch (IOException)
                {
                    troubles[number]++;
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal([0, 0, 0, 0], troubles);
        AssertOnlyTheFile();
    }

    private static byte[] Flip(byte[] bytes, int position)
    {
        bytes[position] ^= 0x80;
        return bytes;
    }

    /// <summary>Makes the checksum right again, so that it is not what is noticed.</summary>
    private static byte[] Signed(byte[] bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(^4..), Checksum.Of(bytes.AsSpan(..^4)));
        return bytes;
    }

    private CharIndex Load() => new IndexCache(UnicodeNames.Shared, Folder, Warn).Load();

    private void Warn(string warning)
    {
        lock (_warnings)
            _warnings.Add(warning);
    }

    private void AssertOnlyTheFile() => Assert.Equal([File], Directory.GetFileSystemEntries(Folder));
}
