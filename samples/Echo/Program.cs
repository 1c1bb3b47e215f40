using Echoes;

return EchoApp.Run(args, Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.Error);
