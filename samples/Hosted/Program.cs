using Hosts;

return HostedApp.Run(args, Console.Out);
