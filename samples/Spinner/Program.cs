using Spinners;

return SpinnerApp.Run(args, Console.Out, Console.Error, Pace.Usual);
