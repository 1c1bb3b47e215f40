using Tour;

return TourApp.Run(args, Console.Out, Console.Error);
