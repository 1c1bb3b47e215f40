using Stages;

return StagesApp.Run(args, Console.Out, Console.Error);
