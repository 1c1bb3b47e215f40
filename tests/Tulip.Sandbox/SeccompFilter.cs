using System.Runtime.InteropServices;

namespace Tulip.Sandbox;

/// <summary>A filter of system calls, as the kernel's BPF machine runs it.</summary>
internal static unsafe partial class SeccompFilter
{
    private const int NoNewPrivileges = 38;
    private const long SeccompCallX64 = 317;
    private const long SeccompCallArm64 = 277;
    private const long SetModeFilter = 1;
    private const long AllThreads = 1;

    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;
    private const uint Allow = 0x7fff0000;
    private const uint FailNotPermitted = 0x00050000 | 1;

    // io_uring_setup, io_uring_enter, io_uring_register: the same numbers on every processor.
    private const uint FirstUringCall = 425;

    /// <summary>Forbids io_uring to this process and all it starts; null, or what went wrong.</summary>
    public static string? ForbidUring()
    {
        ReadOnlySpan<Instruction> program =
        [
            new(LoadWord, 0, 0, 0),
            new(JumpIfEqual, 3, 0, FirstUringCall),
            new(JumpIfEqual, 2, 0, FirstUringCall + 1),
            new(JumpIfEqual, 1, 0, FirstUringCall + 2),
            new(Return, 0, 0, Allow),
            new(Return, 0, 0, FailNotPermitted),
        ];
        fixed (Instruction* instructions = program)
        {
            var filter = new Filter { Length = (ushort)program.Length, Instructions = instructions };
            if (prctl(NoNewPrivileges, 1, 0, 0, 0) != 0)
                return "prctl: " + Marshal.GetLastPInvokeErrorMessage();

            var call = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? SeccompCallArm64 : SeccompCallX64;
            return syscall(call, SetModeFilter, AllThreads, (long)&filter) == 0 ? null : "seccomp: " + Marshal.GetLastPInvokeErrorMessage();
        }
    }

    /// <summary>Becomes the command; returns only if that fails, with the reason.</summary>
    public static string Execute(string[] command)
    {
        var arguments = (byte**)NativeMemory.AllocZeroed((nuint)command.Length + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < command.Length; i++)
            arguments[i] = (byte*)Marshal.StringToCoTaskMemUTF8(command[i]);
        _ = execvp(arguments[0], arguments);
        return $"{command[0]}: {Marshal.GetLastPInvokeErrorMessage()}";
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long argument1, long argument2, long argument3);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int execvp(byte* file, byte** arguments);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);

    [StructLayout(LayoutKind.Sequential)]
    private struct Filter
    {
        public ushort Length;
        public Instruction* Instructions;
    }
}
