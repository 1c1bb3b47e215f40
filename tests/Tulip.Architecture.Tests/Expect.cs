namespace Tulip.Architecture.Tests;

internal static class Expect
{
    /// <summary>Fails with all that a rule found, a line each.</summary>
    public static void None(IReadOnlyCollection<string> violations)
        => Assert.True(violations.Count == 0, $"{violations.Count} violations:\n" + string.Join('\n', violations));
}
