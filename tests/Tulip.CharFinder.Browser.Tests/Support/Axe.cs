using System.Diagnostics;

namespace Tulip.CharFinder.Browser.Tests;

/// <summary>axe-core, which looks for what keeps people out of a page. It comes from npm when it is first wanted.</summary>
internal static class Axe
{
    private const string Package = "axe-core@4.14.1";

    private static readonly Lazy<string?> s_script = new(Load);

    /// <summary>Its script; the test is skipped if npm is not there or cannot give it.</summary>
    public static string GetOrSkip()
    {
        Assert.SkipWhen(s_script.Value is null, $"needs {Package} from npm");
        return s_script.Value;
    }

    private static string? Load()
    {
        var folder = Directory.CreateTempSubdirectory("charfinder-axe-");
        try
        {
            using var npm = Process.Start(new ProcessStartInfo(
                "npm", ["install", "--silent", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder.FullName, Package])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var errors = npm.StandardError.ReadToEndAsync();
            npm.StandardOutput.ReadToEnd();
            errors.GetAwaiter().GetResult();
            npm.WaitForExit();
            var script = Path.Combine(folder.FullName, "node_modules", "axe-core", "axe.min.js");
            return File.Exists(script) ? File.ReadAllText(script) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
