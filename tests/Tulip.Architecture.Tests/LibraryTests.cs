using Tulip.Architecture.Tests.Reading;
using Tulip.Architecture.Tests.Rules;

namespace Tulip.Architecture.Tests;

/// <summary>The rules, applied to the library as it was built.</summary>
public sealed class LibraryTests
{
    private const int FileLines = 400;
    private const int MethodLines = 60;

    private static readonly string[] s_packages = ["Tulip", "Tulip.Engines"];

    /// <summary>What lives as long as the process: a loop and a context for each thread, pools of frames for each thread,
    /// two numbers, one count, one cache.</summary>
    private static readonly string[] s_staticState =
    [
        "Tulip.CurrentLoop.t_running",
        "Tulip.CurrentLoop.t_set",
        "Tulip.Context.t_ofThread",
        "Tulip.StateMachineFrame.t_pool",
        "Tulip.ThreadPoolExecutor.s_lastNumber",
        "Tulip.ProcessPoolExecutor.s_lastNumber",
        "Tulip.DebugMode.s_loops",
        "Tulip.SourceLocations.s_symbols",
    ];

    [Fact]
    public void Layers_NameOnlyWhatIsBelow()
    {
        using var tulip = BuiltAssembly.Tulip();
        Expect.None(new ArrowRule(tulip, Layers.OfTulip, "Tulip.Engines").Violations());
    }

    [Fact]
    public void Engines_KnowNothingAbove()
    {
        using var engines = BuiltAssembly.Engines();
        Expect.None(DependencyRule.AssembliesOf(engines));
    }

    [Fact]
    public void Pointers_LiveOnlyInTheEngines()
    {
        using var tulip = BuiltAssembly.Tulip();
        Expect.None(new UnsafeRule(tulip, uncheckedCastsIn: ["Loop", "Tasks"]).Violations());
    }

    [Fact]
    public void PublicTypes_SayFromWhichThreads()
    {
        using var tulip = BuiltAssembly.Tulip();
        using var engines = BuiltAssembly.Engines();
        Expect.None([.. new ThreadSafetyRule(tulip).Violations(), .. new ThreadSafetyRule(engines).Violations()]);
    }

    [Fact]
    public void StaticState_IsTheListedOne()
    {
        using var tulip = BuiltAssembly.Tulip();
        using var engines = BuiltAssembly.Engines();
        Expect.None([.. new StaticStateRule(tulip, s_staticState).Violations(), .. new StaticStateRule(engines, []).Violations()]);
    }

    [Fact]
    public void FilesAndMethods_AreShort()
    {
        using var tulip = BuiltAssembly.Tulip();
        using var engines = BuiltAssembly.Engines();
        Expect.None(
        [
            .. new SizeRule(tulip, FileLines, MethodLines, []).Violations(),
            .. new SizeRule(engines, FileLines, MethodLines, []).Violations(),
        ]);
    }

    [Fact]
    public void Redis_KeepsTheSameRules()
    {
        using var redis = BuiltAssembly.Redis();
        Expect.None(
        [
            .. new UnsafeRule(redis, uncheckedCastsIn: []).Violations(),
            .. new ThreadSafetyRule(redis).Violations(),
            .. new StaticStateRule(redis, []).Violations(),
            .. new SizeRule(redis, FileLines, MethodLines, []).Violations(),
            .. DependencyRule.AssembliesOf(redis, "Tulip"),
            .. DependencyRule.PackagesOf(Repository.PathOf("src/Tulip.Redis/Tulip.Redis.csproj")),
        ]);
    }

    [Fact]
    public void AspNetCore_KeepsTheSameRules()
    {
        using var server = BuiltAssembly.AspNetCore();
        Expect.None(
        [
            .. new UnsafeRule(server, uncheckedCastsIn: []).Violations(),
            .. new ThreadSafetyRule(server).Violations(),
            .. new StaticStateRule(server, ["Tulip.AspNetCore.ConnectionIds.s_last"]).Violations(),
            .. new SizeRule(server, FileLines, MethodLines, []).Violations(),
            .. DependencyRule.PackagesOf(Repository.PathOf("src/Tulip.AspNetCore/Tulip.AspNetCore.csproj")),
        ]);
    }

    [Fact]
    public void Package_DependsOnNothing()
    {
        using var tulip = BuiltAssembly.Tulip();
        var projects = s_packages.Select(name => Repository.PathOf($"src/{name}/{name}.csproj"));
        Expect.None([.. projects.SelectMany(DependencyRule.PackagesOf), .. DependencyRule.AssembliesOf(tulip, "Tulip.Engines")]);
    }
}
