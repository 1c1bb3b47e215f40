using System.Text;

namespace Tulip.Structure.Tests.Nesting;

/// <summary>Every nesting of two limits, and some of more: which one ends how and when is what the model says, and no
/// request to cancel is left behind.</summary>
public sealed class NestingTests
{
    private const int Shown = 5;
    private const int DeepCases = 3_000;

    [Theory]
    [InlineData(BodyKind.Sleeps)]
    [InlineData(BodyKind.SleepsBriefly)]
    [InlineData(BodyKind.SwallowsOnce)]
    [InlineData(BodyKind.SwallowsThrice)]
    [InlineData(BodyKind.CleansUp)]
    [InlineData(BodyKind.CleansUpShielded)]
    public void Nesting_OfTwo_EndsAsTheModelSays(BodyKind body) => Compare(NestingCase.Pairs(body));

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Nesting_OfMore_EndsAsTheModelSays(int depth)
    {
        var random = new Random(depth);
        Compare(Enumerable.Range(0, DeepCases).Select(_ => NestingCase.Random(random, depth)));
    }

    private static void Compare(IEnumerable<NestingCase> cases)
    {
        var failures = new StringBuilder();
        var wrong = 0;
        foreach (var nesting in cases)
        {
            var expected = NestingModel.Of(nesting);
            var actual = Actual(nesting);
            if (expected.SequenceEqual(actual) || ++wrong > Shown)
                continue;
            failures.AppendLine().AppendLine(nesting.ToString());
            failures.AppendLine($"  model:   {string.Join("; ", expected)}");
            failures.AppendLine($"  library: {string.Join("; ", actual)}");
        }

        Assert.True(wrong == 0, $"{wrong} nestings end otherwise.{failures}");
    }

    private static IReadOnlyList<string> Actual(NestingCase nesting)
    {
        try
        {
            return NestingRun.Of(nesting);
        }
        catch (Exception exception)
        {
            return [exception.Message];
        }
    }
}
