"""What all parts with a PyTorch network share: the device they run on, reading their files, preparing their pictures.

Nothing heavy is imported here; torch, safetensors and OpenCV come in when a function is called.
"""
