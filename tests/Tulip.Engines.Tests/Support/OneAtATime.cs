// Descriptors are counted: no other test may have any of its own meanwhile.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
