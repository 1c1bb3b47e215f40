using CharFinder;

return CharFinderApp.Run(args, Surroundings.OfProcess());
