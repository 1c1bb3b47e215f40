using Tulip;

namespace Stages;

/// <summary>What the ways work with, and the place where they report a failure, if they can.</summary>
internal sealed record Scene(EventLoop Loop, RemoteService Service, Steps Steps)
{
    private readonly List<FailureReport> _reports = [];

    public IReadOnlyList<FailureReport> Reports => _reports;

    /// <summary>Code that has caught a failure says which stage it was and what it can still see there.</summary>
    public void Report(int stage, Exception failure, params string[] inHand) => _reports.Add(new FailureReport(stage, failure, inHand));
}

/// <summary>What the code that caught a failure could say.</summary>
internal sealed record FailureReport(int Stage, Exception Failure, IReadOnlyList<string> InHand);
