"""What the recordings of PyTorch share: inputs that float32 holds exactly, and a case with its value and its gradients.

Inputs are drawn in the order in which they are asked for, from the seed that the caller sets.
"""
import torch


def normal(*shape):
    return torch.randn(shape).float().double()


def positive(*shape):
    return (torch.rand(shape) + 0.5).float().double()


def plain(t):
    return {"shape": list(t.shape), "values": t.detach().reshape(-1).tolist()}


def record(function, inputs):
    leaves = [t.clone().requires_grad_() for t in inputs]
    output = function(*leaves)
    weight = normal(*output.shape)
    (output * weight).sum().backward()
    return {
        "inputs": [plain(t) for t in inputs],
        "weight": plain(weight),
        "output": plain(output),
        "gradients": [plain(t.grad) for t in leaves],
    }
