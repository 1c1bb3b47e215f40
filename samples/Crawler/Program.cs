using Crawler;

return CrawlerApp.Run(args, Surroundings.OfProcess());
