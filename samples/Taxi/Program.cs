using Taxis;

return TaxiApp.Run(args, Console.Out, Console.Error);
