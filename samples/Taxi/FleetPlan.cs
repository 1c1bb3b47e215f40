namespace Taxis;

/// <summary>What is simulated.</summary>
/// <param name="EndTime">The minute at which the simulation ends.</param>
/// <param name="Taxis">How many there are. Taxi number n leaves the garage at minute 5 n and makes 2 (n + 1) trips.</param>
/// <param name="Seed">For the random numbers.</param>
internal sealed record FleetPlan(int EndTime, int Taxis, int Seed)
{
    private const int DepartureInterval = 5;

    public static int StartOf(int taxi) => taxi * DepartureInterval;

    public static int TripsOf(int taxi) => (taxi + 1) * 2;
}
