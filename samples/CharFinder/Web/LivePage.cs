namespace CharFinder;

/// <summary>The HTML of the page that shows what others search for; its script (Assets/live.js) fills it.</summary>
internal static class LivePage
{
    /// <summary>The page.</summary>
    public static string Render() => $"""
        {Frame.Head("Charfinder: live searches", "live.js")}
        <header>
        <h1>Live searches</h1>
        <nav aria-label="Pages"><a href="/">Charfinder</a></nav>
        </header>
        <main>
        <p id="message" role="status">Connecting…</p>
        <p><button type="button" id="pause" aria-pressed="false">Pause</button></p>
        <noscript><p>This page needs its script: searches arrive while it is open.</p></noscript>
        <ol id="searches" class="searches" reversed></ol>
        </main>
        <footer><p>What readers of this server search for, as they do; they are numbered, not named.</p></footer>
        {Frame.Tail}
        """;
}
