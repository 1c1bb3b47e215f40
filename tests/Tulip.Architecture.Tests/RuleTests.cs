using Tulip.Architecture.Tests.Reading;
using Tulip.Architecture.Tests.Rules;

namespace Tulip.Architecture.Tests;

/// <summary>The rules themselves: each finds what the bad example does wrong, all of it and nothing else.</summary>
public sealed class RuleTests
{
    private const string Low = "Tulip.BadExample.Low.";
    private const string High = "Tulip.BadExample.High.";

    [Fact]
    public void ArrowRule_FindsEachWayToNameALayerAbove()
    {
        using var example = BuiltAssembly.BadExample();
        var layers = new Layers(["Low"], ["High"]) { Spread = [Low + "Spread"], MayNameEngines = ["Low"] };

        Assert.Equal(
            [
                High + "Upper.NamesEngine (High) names Tulip.Engines.IIoEngine of Tulip.Engines",
                Low + "Torn is spread over the folders High, Low",
                Upward("", "Base"),
                Upward("", "Upper"),
                Upward("..ctor", "Base..ctor"),
                Upward(".<>c.<ByLambda>b__7_0", "Upper..ctor"),
                Upward(".<ByStateMachine>d__8.MoveNext", "Upper.Make"),
                Upward(".ByCall", "Upper.Make"),
                Upward(".ByCast", "Upper"),
                Upward(".ByCode", "Upper..ctor"),
                Upward(".ByConstraint", "Upper"),
                Upward(".ByMethodTypeArgument", "Upper"),
                Upward(".ByParameter", "Upper"),
                Low + $"Upward.BySpreadMethod (Low) names {Low}Spread.InHigh (High), which is above it",
                Upward(".ByTypeArgument", "Upper"),
                "Tulip.BadExample.Unlisted.IStray is in the folder 'Unlisted', which has no place in the table of layers",
            ],
            new ArrowRule(example, layers, "Tulip.Engines").Violations().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void UnsafeRule_FindsPointersInEachForm()
    {
        using var example = BuiltAssembly.BadExample();
        Assert.Equal(
            [
                "Tulip.BadExample was compiled with unsafe code allowed",
                Low + "Pointers.Casts uses System.Runtime.CompilerServices.Unsafe.As",
                Low + "Pointers.HasPointerInside has a pointer",
                Low + "Pointers.HasPointerInside pins a variable",
                Low + "Pointers.TakesPointer has a pointer",
                Low + "Pointers._buffer is a fixed buffer",
                Low + "Pointers._function has a function pointer",
            ],
            new UnsafeRule(example, uncheckedCastsIn: ["High"]).Violations().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void UnsafeRule_LetsUncheckedCastsBeWhereTheyAreAllowed()
    {
        using var example = BuiltAssembly.BadExample();
        Assert.DoesNotContain(new UnsafeRule(example, uncheckedCastsIn: ["Low"]).Violations(), line => line.Contains("Unsafe.As"));
    }

    [Fact]
    public void ThreadSafetyRule_FindsTypesThatSayNothing_AlsoThroughInheritance()
    {
        using var example = BuiltAssembly.BadExample();
        Assert.Equal(
            [
                High + "Silent has no <threadsafety> in its documentation",
                High + "SilentByInheritance has no <threadsafety> in its documentation",
            ],
            new ThreadSafetyRule(example).Violations());
    }

    [Fact]
    public void StaticStateRule_FindsWhatIsVisible_WhatIsNotListed_AndListedThingsThatAreGone()
    {
        using var example = BuiltAssembly.BadExample();
        Assert.Equal(
            [
                High + "Gone.s_field is in the list of allowed static state, but does not exist",
                High + "StaticState.<Text>k__BackingField is static state that is not in the list of what is allowed",
                High + "StaticState.Visible is a static variable that users can see",
                High + "StaticState.s_ofThread is static state that is not in the list of what is allowed",
                High + "StaticState.s_table is static state that is not in the list of what is allowed",
            ],
            new StaticStateRule(example, [High + "StaticState.s_allowed", High + "Gone.s_field"]).Violations().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void SizeRule_FindsLongFilesAndMethods_AndExemptionsThatAreNotNeeded()
    {
        using var example = BuiltAssembly.BadExample();
        Assert.Equal(
            [
                "Low/Gone.cs is exempt, but short or gone",
                "Low/Upward.cs has 61 lines",
                Low + "Lengthy.Long has 6 lines",
            ],
            new SizeRule(example, fileLines: 60, methodLines: 5, exempt: ["Low/Gone.cs", Low + "Lengthy.LongToo"])
                .Violations().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void DependencyRule_FindsPackagesAndAssemblies()
    {
        using var example = BuiltAssembly.BadExample();
        var project = Repository.PathOf(example.SourceFolder + "Tulip.BadExample.csproj");
        Assert.Equal(["Tulip.BadExample.csproj refers to the package System.CommandLine"], DependencyRule.PackagesOf(project));
        Assert.Equal(["Tulip.BadExample refers to the assembly Tulip.Engines"], DependencyRule.AssembliesOf(example));
    }

    private static string Upward(string member, string target)
        => $"{Low}Upward{member} (Low) names {High}{target} (High), which is above it";
}
