// A program that is sent signals by tests. It says "ready" when one may come, and what became of it.
using System.Runtime.InteropServices;
using Tulip;
using static Tulip.Aio;

var signal = Enum.Parse<PosixSignal>(args[1]);
try
{
    Run(args[0] switch
    {
        "handle" => Handle(),
        "remove" => Remove(),
        "handle-then-remove" => HandleThenRemove(),
        _ => throw new ArgumentException(args[0]),
    });
    return 0;
}
catch (KeyboardInterruptException)
{
    Console.WriteLine("interrupted");
    return 130;
}

async Coroutine Handle()
{
    var told = new AsyncEvent();
    GetRunningLoop().AddSignalHandler(signal, told.Set);
    Console.WriteLine("ready");
    await told.Wait();
    Console.WriteLine("handled");
}

async Coroutine Remove()
{
    GetRunningLoop().AddSignalHandler(signal, () => Console.WriteLine("handled"));
    GetRunningLoop().RemoveSignalHandler(signal);
    Console.WriteLine("ready");
    await new AsyncEvent().Wait();
}

async Coroutine HandleThenRemove()
{
    await Handle();
    await Remove();
}
