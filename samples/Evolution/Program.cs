using Evolution;

return EvolutionApp.Run(args, Console.Out, Console.Error);
