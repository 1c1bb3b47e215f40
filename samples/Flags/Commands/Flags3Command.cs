using System.CommandLine;

namespace Flags;

/// <summary><c>flags3</c>: two requests for each flag, saved under the country's name.</summary>
internal static class Flags3Command
{
    public static Command Create(Surroundings surroundings)
    {
        var command = new Command("flags3", "Download flags, each with its country's name. Default: top 20 countries by population.");
        var options = new DownloadOptions("5");
        var site = new SiteOptions(ServerKind.LOCAL);
        options.AddTo(command);
        site.AddTo(command);
        command.SetAction(parsed => DownloadCommand.Run(parsed, options, site, DownloadMode.CountryNames, surroundings));
        return command;
    }
}
