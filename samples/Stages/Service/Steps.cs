namespace Stages;

/// <summary>Our own code between the calls: each step makes the next request out of a response.</summary>
internal sealed class Steps(Fault fault)
{
    public string Step1(string response) => $"request 2 after {response}";

    public string Step2(string response) => fault is Fault.Step
        ? throw new FormatException($"step 2 cannot read '{response}'")
        : $"request 3 after {response}";

    public string Step3(string response) => $"done with {response}";
}
