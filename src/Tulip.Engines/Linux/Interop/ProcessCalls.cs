// The calls that start, watch and end child processes. File actions and attributes are opaque to us: the C library
// gets memory that is larger than any of its layouts.
using System.Runtime.InteropServices;

namespace Tulip.Engines.Linux.Interop;

internal static unsafe partial class ProcessCalls
{
    private const string Library = "libc";

    public const int OpaqueSize = 1024;
    public const int SignalSetSize = 128;
    public const short SpawnSetProcessGroup = 0x02;
    public const short SpawnSetSignalDefaults = 0x04;
    public const short SpawnSetSignalMask = 0x08;
    public const short SpawnSetSession = 0x80;
    public const int WaitByNumber = 1;
    public const int WaitByDescriptor = 3;
    public const int KillSignal = 9;
    public const int WaitNoHang = 1;
    public const int WaitExited = 4;
    public const int CodeExited = 1;
    public const int NoChild = 10;
    public const int NoProcess = 3;
    public const int ReadWrite = 2;

    private const int ChildSignal = 17;
    private const nint DefaultAction = 0;
    private const nint IgnoredAction = 1;
    private const long PidfdSendSignal = 424;
    private const long PidfdOpen = 434;

    public static int OpenDescriptor(int pid) => (int)syscall(PidfdOpen, pid, 0, 0, 0);

    public static int Send(int descriptor, int signal) => (int)syscall(PidfdSendSignal, descriptor, signal, 0, 0);

    /// <summary>A program that was started with SIGCHLD ignored has its children vanish when they end: how, nobody can learn then.</summary>
    public static void KeepEndedChildren()
    {
        // The handler comes first.
        var action = stackalloc byte[OpaqueSize];
        if (sigaction(ChildSignal, null, action) == 0 && *(nint*)action == IgnoredAction)
            _ = signal(ChildSignal, DefaultAction);
    }

    [LibraryImport(Library, SetLastError = true)]
    public static partial int pipe2(int* ends, int flags);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_adddup2(void* actions, int descriptor, int target);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_addopen(void* actions, int target, byte* path, int flags, uint mode);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_addchdir_np(void* actions, byte* path);

    [LibraryImport(Library)]
    public static partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int from);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setpgroup(void* attributes, int group);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [LibraryImport(Library)]
    public static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport(Library)]
    public static partial int posix_spawnp(int* pid, byte* file, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library)]
    public static partial int sigemptyset(void* signals);

    [LibraryImport(Library)]
    public static partial int sigfillset(void* signals);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int kill(int id, int signal);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int waitid(int kind, int id, int* information, int options);

    [LibraryImport(Library)]
    private static partial int sigaction(int signal, void* action, void* former);

    [LibraryImport(Library)]
    private static partial nint signal(int signal, nint action);

    [LibraryImport(Library, SetLastError = true)]
    private static partial long syscall(long number, long argument1, long argument2, long argument3, long argument4);
}
