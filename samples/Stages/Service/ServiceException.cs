namespace Stages;

/// <summary>A call that the service refused.</summary>
internal sealed class ServiceException(string message) : Exception(message);
