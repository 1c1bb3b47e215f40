using Tulip.Load;

return LoadApp.Run(args, Console.Out, Console.Error);
