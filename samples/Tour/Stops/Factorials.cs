using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>Three calculations take turns; <c>Gather</c> gives their results in the order of the calls.</summary>
internal static class Factorials
{
    public static void Run(Scene scene) => scene.Run(Show(scene));

    private static async Coroutine Show(Scene scene)
    {
        var results = await Gather(Factorial(scene, "A", 2), Factorial(scene, "B", 3), Factorial(scene, "C", 4));
        scene.Print($"[{results.First}, {results.Second}, {results.Third}]");
    }

    private static async Coroutine<int> Factorial(Scene scene, string name, int number)
    {
        var product = 1;
        for (var factor = 2; factor <= number; factor++)
        {
            scene.Print($"Task {name}: Compute factorial({number}), currently i={factor}...");
            await Sleep(1);
            product *= factor;
        }

        scene.Print($"Task {name}: factorial({number}) = {product}");
        return product;
    }
}
