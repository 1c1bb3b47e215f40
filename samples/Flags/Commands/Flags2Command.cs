using System.CommandLine;
using Samples;

namespace Flags;

/// <summary><c>flags2</c>: the downloader with all options, in four ways.</summary>
internal static class Flags2Command
{
    public static Command Create(Surroundings surroundings)
    {
        var command = new Command("flags2", "Download flags for country codes. Default: top 20 countries by population.");
        var options = new DownloadOptions("5; 30 for threadpool; sequential always uses 1");
        var site = new SiteOptions(ServerKind.LOCAL);
        var mode = new Option<string>("--mode")
        {
            HelpName = "MODE",
            Description = "asyncio, executor (asyncio saving in threads), files (asyncio saving with AsyncFile), threadpool or sequential",
            DefaultValueFactory = _ => DownloadMode.Asyncio.Name,
        };

        options.AddTo(command);
        command.Add(mode);
        site.AddTo(command);
        command.SetAction(parsed => DownloadCommand.Run(parsed, options, site, Find(parsed.GetRequiredValue(mode)), surroundings));
        return command;
    }

    private static DownloadMode Find(string name)
    {
        var names = DownloadMode.OfFlags2.Select(mode => mode.Name);
        return DownloadMode.OfFlags2.FirstOrDefault(mode => mode.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"--mode MODE must be one of {string.Join(", ", names)}");
    }
}
