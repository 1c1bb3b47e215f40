// sandbox COMMAND [ARGUMENT…]: runs a command that is forbidden to use io_uring, as most containers forbid it.
// The three system calls fail with EPERM, by a seccomp filter that the command and all its children inherit.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tulip.Sandbox;

[assembly: DisableRuntimeMarshalling]

if (args.Length == 0 || args[0] is "--help" or "-h")
{
    Console.WriteLine("""
        Usage: sandbox COMMAND [ARGUMENT…]

        Runs a command that is forbidden to use io_uring, as in most containers: to see that Tulip
        falls back to epoll there.

        Example: sandbox dotnet test --project tests/Tulip.Transports.Tests
        """);
    return args.Length == 0 ? 2 : 0;
}

if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("sandbox: seccomp filters are Linux's.");
    return 2;
}

var error = SeccompFilter.ForbidUring() ?? SeccompFilter.Execute(args);
Console.Error.WriteLine($"sandbox: {error}");
return 1;
