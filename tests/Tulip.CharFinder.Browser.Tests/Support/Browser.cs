// Browser: one Chromium for all tests of this project.
//   1. It is the one that is installed, or one that is installed for it: Debian's, by root. Where there is none the tests are skipped
//      and say so.
//   2. Each test has a context of its own: no page knows of another.
//   3. Times are guards only, and long ones: a browser on a busy machine is slow.
using System.Diagnostics;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tulip.CharFinder.Browser.Tests;

/// <summary>A Chromium without windows.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const int Patience = 300_000;

    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private IPlaywright? _driver;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if ((Find() ?? Install()) is not { } program)
            return;

        SetDefaultExpectTimeout(Patience);
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Timeout = Patience,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _driver?.Dispose();
    }

    /// <summary>A reader's window onto the server.</summary>
    public async Task<IPage> Open(Uri server, string path = "/", int width = 1280, int height = 900, ColorScheme colors = ColorScheme.Light)
    {
        Assert.SkipWhen(_browser is null, "needs Chromium (Debian: apt-get install -y chromium)");
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = server.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = colors,
            DeviceScaleFactor = 1,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        await page.GotoAsync(path);
        return page;
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => s_names, Path.Combine).FirstOrDefault(File.Exists);

    private static string? Install()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get"))
            return null;

        foreach (var arguments in (string[][])[["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]])
        {
            var start = new ProcessStartInfo("apt-get", arguments) { RedirectStandardOutput = true };
            start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
            using var process = Process.Start(start)!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
        }

        return Find();
    }
}
