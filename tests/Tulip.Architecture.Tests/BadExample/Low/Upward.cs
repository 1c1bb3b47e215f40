using Tulip.BadExample.High;

namespace Tulip.BadExample.Low;

/// <summary>The lowest layer, which names the one above in each way there is.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public class Upward : Base
{
    private readonly Upper? _field;

    public void ByParameter(Upper? upper)
    {
    }

    public object ByCode() => new Upper();

    public object ByCall() => Upper.Make();

    public bool ByCast(object thing) => thing is Upper;

    public object ByTypeArgument() => new List<Upper>();

    public object ByMethodTypeArgument() => Array.Empty<Upper>();

    public object ByLambda()
    {
        Func<object> make = () => new Upper();
        return make;
    }

    public async Task ByStateMachine()
    {
        await Task.Yield();
        Upper.Make();
    }

    public void ByConstraint<T>() where T : Upper
    {
    }

    public void BySpreadMethod() => Spread.InHigh();

    // Not a violation: the same type's method of this layer.
    public void BySpreadMethodBelow() => Spread.InLow();
}

public partial class Torn
{
    public void InLow()
    {
    }
}

/// <summary>A part of a type that may be spread.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public static partial class Spread
{
    public static void InLow()
    {
    }
}
