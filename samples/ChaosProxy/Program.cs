using ChaosProxy;

return ChaosApp.Run(args, Surroundings.OfProcess());
