// AwaiterStatus: finds the task inside .NET's own awaiters, so that after a cancel it can be asked whether it was
// cancelled: if so the cancel has been delivered, and the coroutine's cleaning up is not cancelled a second time.
// Each of these structs begins with its one reference to the task (an awaiter of a ValueTask: to the task or its
// source). What is not known here, or has no task inside, is simply not asked.
using System.Runtime.CompilerServices;

namespace Tulip;

internal static class AwaiterStatus
{
    /// <summary>The task, or the source of a value task, that the awaiter waits for, if it can be told.</summary>
    public static object? SourceOf<TAwaiter>(ref TAwaiter awaiter)
        => Known<TAwaiter>.BeginsWithTask ? Unsafe.As<TAwaiter, object?>(ref awaiter) : null;

    private static class Known<TAwaiter>
    {
        public static readonly bool BeginsWithTask = Find(typeof(TAwaiter));

        private static bool Find(Type type)
        {
            if (!type.IsValueType)
                return false;

            var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
            return definition == typeof(TaskAwaiter)
                || definition == typeof(TaskAwaiter<>)
                || definition == typeof(ConfiguredTaskAwaitable.ConfiguredTaskAwaiter)
                || definition == typeof(ConfiguredTaskAwaitable<>.ConfiguredTaskAwaiter)
                || definition == typeof(ValueTaskAwaiter)
                || definition == typeof(ValueTaskAwaiter<>)
                || definition == typeof(ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter)
                || definition == typeof(ConfiguredValueTaskAwaitable<>.ConfiguredValueTaskAwaiter);
        }
    }
}
