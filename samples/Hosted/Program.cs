using Flags;
using Hosts;
using Spinners;

return HostedApp.Run(args, Console.Out, Pace.Usual, Behaviour.DefaultDelay);
