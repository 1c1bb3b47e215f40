using Tulip.Conformance.Commands;

return CommandLine.Run(args, Console.Out, Console.Error);
