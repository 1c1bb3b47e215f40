// The ways in which files are read and written, each with all tests of files.
namespace Tulip.Tests.FileSystem;

/// <summary>Threads alone: an engine that knows no files.</summary>
public sealed class AsyncFileByThreadsTests() : WaitingFileSuite("portable", FileWays.All);

/// <inheritdoc cref="AsyncFileByThreadsTests"/>
public sealed class AsyncFilesByThreadsTests() : AsyncFilesSuite("portable", FileWays.All);

/// <summary>The ring beside epoll.</summary>
public sealed class AsyncFileByRingOfEpollTests() : WaitingFileSuite("epoll", FileWays.Completions);

/// <inheritdoc cref="AsyncFileByRingOfEpollTests"/>
public sealed class AsyncFilesByRingOfEpollTests() : AsyncFilesSuite("epoll", FileWays.Completions);

/// <summary>The engine's own ring.</summary>
public sealed class AsyncFileByUringTests() : WaitingFileSuite("io_uring", FileWays.Completions);

/// <inheritdoc cref="AsyncFileByUringTests"/>
public sealed class AsyncFilesByUringTests() : AsyncFilesSuite("io_uring", FileWays.Completions);

/// <summary>At once from memory, else threads: as where io_uring is forbidden.</summary>
public sealed class AsyncFileAtOnceTests() : AsyncFileSuite("epoll", FileWays.Now);

/// <inheritdoc cref="AsyncFileAtOnceTests"/>
public sealed class AsyncFilesAtOnceTests() : AsyncFilesSuite("epoll", FileWays.Now);

/// <summary>As a program has it with epoll.</summary>
public sealed class AsyncFileOnEpollTests() : AsyncFileSuite("epoll", FileWays.All);

/// <inheritdoc cref="AsyncFileOnEpollTests"/>
public sealed class AsyncFilesOnEpollTests() : AsyncFilesSuite("epoll", FileWays.All);

/// <summary>As a program has it with io_uring.</summary>
public sealed class AsyncFileOnUringTests() : AsyncFileSuite("io_uring", FileWays.All);

/// <inheritdoc cref="AsyncFileOnUringTests"/>
public sealed class AsyncFilesOnUringTests() : AsyncFilesSuite("io_uring", FileWays.All);

/// <inheritdoc cref="AsyncFileByThreadsTests"/>
public sealed class TroubleByThreadsTests() : TroubleSuite("portable", FileWays.All);

/// <inheritdoc cref="AsyncFileByRingOfEpollTests"/>
public sealed class TroubleByRingOfEpollTests() : TroubleSuite("epoll", FileWays.Completions);

/// <inheritdoc cref="AsyncFileByUringTests"/>
public sealed class TroubleByUringTests() : TroubleSuite("io_uring", FileWays.Completions);

/// <inheritdoc cref="AsyncFileOnEpollTests"/>
public sealed class TroubleOnEpollTests() : TroubleSuite("epoll", FileWays.All);
