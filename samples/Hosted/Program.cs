using Flags;
using Hosts;
using Spinners;

return HostedApp.Run(args, Console.Out, Console.Error, Pace.Usual, Behaviour.DefaultDelay);
