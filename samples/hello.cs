#!/usr/bin/env dotnet
#:project ../src/Tulip
#:property PublishAot=false

// The shortest way in: one file, no project. Run it with `dotnet run samples/hello.cs`, or as ./hello.cs where files can be
// made executable. Outside this repository the second line is `#:package Tulip@0.1.0`.
using Tulip;
using static Tulip.Aio;

Run(Main());

static async Coroutine Main()
{
    await Gather(Greet("Hello", 0.2), Greet("world", 0.1)); // both at once: the shorter wait speaks first
}

static async Coroutine Greet(string word, double delay)
{
    await Sleep(delay);
    Console.WriteLine(word);
}
