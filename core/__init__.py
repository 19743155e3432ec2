"""The core: pixels, tensors and faces. It imports no host, no node and no pipeline."""
