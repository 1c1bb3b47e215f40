using System.Text.Json;

namespace Tulip.Executors.Tests;

/// <summary>What the workers run.</summary>
internal static class Jobs
{
    private static int s_count;

    public static string? Initialized { get; private set; }

    public static int Square(int number) => number * number;

    public static string Join(string text, int number, double[] numbers, (string Key, int Value) pair)
        => $"{text} {number} {string.Join('/', numbers)} {pair.Key}={pair.Value}";

    public static int ProcessId() => Environment.ProcessId;

    public static int Count() => ++s_count;

    public static T Same<T>(T value) => value;

    public static void Nothing()
    {
    }

    public static string Upper(Named named) => named.Name.ToUpperInvariant();

    public static void Initialize() => Initialized = "yes";

    public static void FailToInitialize() => throw new FormatException("no initial state");

    public static string? WhatWasInitialized() => Initialized;

    public static string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    public static string Folder() => Directory.GetCurrentDirectory();

    public static string? ReadInput() => Console.ReadLine();

    public static void Exit(int code) => Environment.Exit(code);

    public static void FailFast() => Environment.FailFast("on purpose");

    public static void Throw(string type) => throw type switch
    {
        "format" => new FormatException("bad format", new InvalidDataException("the cause")),
        "own" => new OwnException(3),
        "cancelled" => new OperationCanceledException("given up"),
        "argument" => new ArgumentOutOfRangeException("number", "too great"),
        _ => new ArgumentException(type),
    };

    /// <summary>Says in a file that it runs, and where; then blocks.</summary>
    public static void Block(string file)
    {
        File.WriteAllText(file + ".new", Environment.ProcessId.ToString());
        File.Move(file + ".new", file);
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Says in a file that it runs, and waits until that file is deleted.</summary>
    public static int BlockWhile(string file)
    {
        File.WriteAllText(file, "");
        while (File.Exists(file))
            Thread.Yield();
        return 42;
    }

    public static Picky Unreadable() => new();

    public static Stream Unwritable() => new MemoryStream();

    public static int Even(int number) => number % 2 == 0 ? number : throw new FormatException($"{number} is odd");

    public static JsonSerializerOptions CamelCase() => new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    public static Task<int> Later() => Task.FromResult(1);

    internal sealed record Named(string Name);

    internal sealed class OwnException(int code) : Exception($"code {code}");
}

/// <summary>Can be written as JSON, and not read again.</summary>
internal sealed class Picky
{
    public int Value
    {
        get => 1;
        set => throw new OverflowException($"not {value}");
    }
}
