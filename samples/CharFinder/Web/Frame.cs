namespace CharFinder;

/// <summary>What all pages begin and end with.</summary>
internal static class Frame
{
    /// <summary>The end.</summary>
    public const string Tail = "</body>\n</html>\n";

    /// <summary>The beginning, up to and with the body's tag.</summary>
    /// <param name="title">The page's title.</param>
    /// <param name="script">The name of its script among the assets.</param>
    public static string Head(string title, string script) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="UTF-8">
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="description" content="Finds characters by the words of their Unicode names.">
        <link rel="icon" href="{Assets.Address("icon.svg")}" type="image/svg+xml">
        <link rel="stylesheet" href="{Assets.Address("style.css")}">
        <script type="module" src="{Assets.Address(script)}"></script>
        </head>
        <body>
        """;
}
