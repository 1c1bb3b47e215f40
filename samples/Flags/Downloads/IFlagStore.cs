using Tulip;

namespace Flags;

/// <summary>Where downloaded flags are kept.</summary>
internal interface IFlagStore
{
    /// <summary>Keeps the image under the name, whole or not at all. Any thread.</summary>
    /// <exception cref="FlagException">It could not be kept; the message says why in one line.</exception>
    void Save(byte[] image, string fileName);

    /// <summary>The same without blocking the loop. The loop's thread.</summary>
    /// <exception cref="FlagException">It could not be kept; the message says why in one line.</exception>
    async Coroutine SaveByLoop(byte[] image, string fileName) => Save(image, fileName);
}
