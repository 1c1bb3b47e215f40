using System.Diagnostics;
using System.Runtime.Versioning;

namespace Tulip.Tests.FileSystem;

/// <summary>What the system refuses to a user. It refuses root nothing: then the tests run once more, as nobody.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RefusalTests() : FileSuite("epoll", FileWays.All)
{
    private const string Nobody = "65534";

    // What setpriv and the shell say of a program that cannot be started.
    private const int CannotBeStarted = 126;
    private const int NotThere = 127;

    private const UnixFileMode ReadOnly = UnixFileMode.UserRead;
    private const UnixFileMode NoNewFiles = UnixFileMode.UserRead | UnixFileMode.UserExecute;
    private const UnixFileMode Everything = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public void File_NotToBeReadOrWritten_CannotBeOpenedSo() => AsAUser(nameof(File_NotToBeReadOrWritten_CannotBeOpenedSo), async () =>
    {
        var (secret, _) = Make("secret", 100);
        var (readable, bytes) = Make("fixed", 100);
        File.SetUnixFileMode(secret, UnixFileMode.None);
        File.SetUnixFileMode(readable, ReadOnly);

        await Refused(secret, async () => await AsyncFile.Open(secret));
        await Refused(secret, async () => await AsyncFiles.ReadAllBytes(secret));
        await Refused(secret, async () => await AsyncFiles.Copy(secret, At("copy")));
        await Refused(readable, async () => await AsyncFile.Open(readable, FileMode.Open, FileAccess.ReadWrite));
        await Refused(readable, async () => await AsyncFiles.WriteAllBytes(readable, new byte[10]));
        await Refused(readable, async () => await AsyncFiles.AppendAllText(readable, "more"));
        Assert.Equal(bytes, await AsyncFiles.ReadAllBytes(readable));
        Assert.False(await AsyncFiles.Exists(At("copy")));
    });

    [Fact]
    public void Directory_NotToBeChanged_StaysAsItIs() => AsAUser(nameof(Directory_NotToBeChanged_StaysAsItIs), async () =>
    {
        var folder = Directory.CreateDirectory(At("folder")).FullName;
        var old = Path.Combine(folder, "old");
        File.WriteAllText(old, "old");
        File.SetUnixFileMode(folder, NoNewFiles);
        try
        {
            await Refused(folder, async () => await AsyncFile.Open(Path.Combine(folder, "new"), FileMode.Create));
            await Refused(folder, async () => await AsyncFiles.WriteAtomically(old, "new"u8.ToArray()));
            await Refused(folder, async () => await AsyncFiles.Copy(old, Path.Combine(folder, "copy")));
            await Refused(folder, async () => await AsyncFiles.Rename(old, Path.Combine(folder, "renamed")));
            await Refused(folder, async () => await AsyncFiles.Delete(old));
            await Refused(folder, async () => await AsyncFiles.MakeDirectory(Path.Combine(folder, "inner")));
            Assert.Equal([old], await AsyncFiles.List(folder));
            Assert.Equal("old", await AsyncFiles.ReadAllText(old));

            File.SetUnixFileMode(folder, UnixFileMode.UserExecute);
            await Refused(folder, async () => await AsyncFiles.List(folder));
        }
        finally
        {
            File.SetUnixFileMode(folder, Everything);
        }
    });

    private static async Coroutine Refused(string path, Func<Coroutine> call)
        => Assert.Contains(path, (await Expect.Throws<UnauthorizedAccessException>(call)).Message, StringComparison.Ordinal);

    private void AsAUser(string test, Func<Coroutine> body)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The modes of files are Unix's.");
        if (Environment.IsPrivilegedProcess)
            AsNobody(test);
        else
            Run(body);
    }

    /// <summary>This test, in a process that is not root's.</summary>
    private void AsNobody(string test)
    {
        File.SetUnixFileMode(Root, (UnixFileMode)0b111_111_111);
        var program = Path.Combine(AppContext.BaseDirectory, "Tulip.Files.Tests");
        var start = new ProcessStartInfo("setpriv")
        {
            ArgumentList =
            {
                "--reuid", Nobody, "--regid", Nobody, "--clear-groups", program, "--filter-method", $"*{nameof(RefusalTests)}.{test}",
                "--no-ansi", "--no-progress", "--results-directory", Root,
            },
            Environment = { ["TMPDIR"] = Root, ["HOME"] = Root },
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode is CannotBeStarted or NotThere)
                Assert.Skip($"Nobody cannot start {program}: {errors.Result}");
            Assert.True(process.ExitCode == 0, $"As nobody it ends with {process.ExitCode}: {output}{errors.Result}");
            Assert.Contains("succeeded: 1", output, StringComparison.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("setpriv is needed to run as somebody else.");
        }
    }
}
