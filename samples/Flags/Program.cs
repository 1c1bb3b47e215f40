using System.Text;
using Flags;

// The bar's blocks and countries' names are not ASCII.
if (!Console.IsOutputRedirected)
    Console.OutputEncoding = Encoding.UTF8;

return FlagsApp.Run(args, Surroundings.OfProcess());
