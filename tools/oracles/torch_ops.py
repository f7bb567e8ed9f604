"""Values and gradients of every operator of packages/graph, from PyTorch in float64.

Run: python3 tools/oracles/torch_ops.py > packages/graph/test/golden/ops.json   (recorded with PyTorch 1.13, seed below)
Inputs are rounded to float32, so that both sides start from the same numbers. For each case the gradients are those of
sum(output * weight) with a fixed random weight. The names are those of packages/graph/test/operator-cases.ts.
"""
import json

import torch
import torch.nn.functional as F

torch.manual_seed(20240117)
torch.set_default_dtype(torch.float64)


def normal(*shape):
    return torch.randn(shape).float().double()


def positive(*shape):
    return (torch.rand(shape) + 0.5).float().double()


def attention_bag(x, trunk, trunk_bias, content, gate, score, head, label):
    h = torch.relu(x @ trunk + trunk_bias)
    weight = torch.softmax((torch.tanh(h @ content) * torch.sigmoid(h @ gate)) @ score.t(), 0)
    return F.cross_entropy((weight.t() @ h) @ head, label)


def encoder_block(x, wq, wk, wv, gain, bias):
    q, k, v = (F.layer_norm(x, (6,), gain, bias) @ w for w in (wq, wk, wv))
    heads = [t.reshape(5, 2, 3).transpose(0, 1) for t in (q, k, v)]
    mixed = torch.softmax(heads[0] @ heads[1].transpose(1, 2) / 3**0.5, -1) @ heads[2]
    return x + mixed.transpose(0, 1).reshape(5, 6)


TIED = torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, -1.0]])
CASES = {
    "add": (lambda a, b: a + b, [normal(3, 4), normal(4)]),
    "sub": (lambda a, b: a - b, [normal(3, 1), normal(3, 4)]),
    "mul": (lambda a, b: a * b, [normal(2, 3, 4), normal(3, 1)]),
    "div": (lambda a, b: a / b, [normal(3, 4), positive(1, 4)]),
    "neg": (lambda a: -a, [normal(3, 4)]),
    "exp": (torch.exp, [normal(3, 4)]),
    "log": (torch.log, [positive(3, 4)]),
    "sqrt": (torch.sqrt, [positive(3, 4)]),
    "square": (torch.square, [normal(3, 4)]),
    "abs": (torch.abs, [normal(3, 4)]),
    "minimum": (torch.minimum, [normal(3, 4), normal(3, 4)]),
    "maximum": (torch.maximum, [normal(3, 4), normal(3, 4)]),
    "where": (lambda a, b: torch.where(a > b, a * a, b), [normal(3, 4), normal(4)]),
    "tanh": (torch.tanh, [normal(3, 4)]),
    "sigmoid": (torch.sigmoid, [normal(3, 4)]),
    "relu": (torch.relu, [normal(3, 4)]),
    "softplus": (F.softplus, [normal(3, 4)]),
    "gelu": (F.gelu, [normal(3, 4)]),
    "silu": (F.silu, [normal(3, 4)]),
    "softmax": (lambda a: torch.softmax(a, 0), [normal(3, 4)]),
    "logSoftmax": (lambda a: torch.log_softmax(a, -1), [normal(3, 4)]),
    "logSumExp": (lambda a: torch.logsumexp(a, 1), [normal(3, 4)]),
    "gemm": (lambda a, b, c: a @ b + c, [normal(3, 5), normal(5, 2), normal(2)]),
    "gemmTransposedLeft": (lambda a, b: a.t() @ b, [normal(5, 3), normal(5, 2)]),
    "gemmTransposedRight": (lambda a, b, c: a @ b.t() + c, [normal(3, 5), normal(2, 5), normal(3, 1)]),
    "gemmTransposedBoth": (lambda a, b: a.t() @ b.t(), [normal(5, 3), normal(2, 5)]),
    "gemmShared": (lambda a, b, c: (a @ b) * (a @ c) + a @ b, [normal(3, 4), normal(4, 2), normal(4, 2)]),
    "linear": (lambda x, w, b: x @ w + b, [normal(2, 3, 4), normal(4, 5), normal(5)]),
    "matmul": (lambda a, b: a @ b, [normal(2, 3, 4), normal(1, 4, 5)]),
    "transpose": (lambda a: a.permute(2, 0, 1) ** 2, [normal(2, 3, 4)]),
    "reshape": (lambda a: a.reshape(6, 2) ** 2, [normal(3, 4)]),
    "concat": (lambda a, b: torch.cat([a, b, a], 1) ** 2, [normal(2, 3), normal(2, 1)]),
    "slice": (lambda a: a[:, 1:3] ** 2, [normal(3, 5)]),
    "sliceFromEnd": (lambda a: a[-2:] ** 2, [normal(3, 5)]),
    "gather": (lambda a: a[torch.tensor([2, 0, 2])] ** 2, [normal(3, 4)]),
    "gatherColumn": (lambda a: a[:, 1] ** 2, [normal(3, 4)]),
    "topK": (lambda a: torch.topk(a, 2, 1).values ** 2, [normal(3, 5)]),
    "smallestK": (lambda a: torch.topk(a, 2, 0, largest=False).values ** 2, [normal(4, 2)]),
    "expand": (lambda a: a.expand(2, 3, 4) ** 2, [normal(3, 1)]),
    "sum": (lambda a: a.sum((0, 2)), [normal(2, 3, 4)]),
    "mean": (lambda a: a.mean(0, keepdim=True), [normal(3, 4)]),
    "max": (lambda a: a.amax(0), [normal(4, 3)]),
    "maxOfTies": (lambda a: a.amax(1), [TIED]),
    "min": (lambda a: a.amin(1), [normal(3, 4)]),
    "layerNorm": (lambda x, g, b: F.layer_norm(x, (6,), g, b), [normal(3, 6), normal(6), normal(6)]),
    "crossEntropy": (lambda a: F.cross_entropy(a, torch.tensor([2, 0, 1])), [normal(3, 4)]),
    "crossEntropyWeighted": (
        lambda a: (F.cross_entropy(a, torch.tensor([1, 0]), reduction="none") * torch.tensor([0.25, 2.0])).mean(),
        [normal(2, 2)],
    ),
    "meanSquaredError": (F.mse_loss, [normal(3, 2), normal(3, 2)]),
    "dropout": (lambda a: a * torch.tensor([[1.0, 0, 1, 1], [0, 1, 1, 0]]) / 0.75, [normal(2, 4)]),
    "attentionBag": (
        lambda *a: attention_bag(*a, torch.tensor([1])),
        [normal(37, 8), normal(8, 6), normal(6), normal(6, 5), normal(6, 5), normal(1, 5), normal(6, 2)],
    ),
    "encoderBlock": (encoder_block, [normal(5, 6), normal(6, 6), normal(6, 6), normal(6, 6), normal(6), normal(6)]),
}


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


def adam_path(weight_decay):
    """Twenty steps on the mean squared error of a linear map, parameters after each step."""
    x, y = normal(7, 3), normal(7, 2)
    w = normal(3, 2)
    leaf = w.clone().requires_grad_()
    optimiser = torch.optim.Adam([leaf], lr=0.01, weight_decay=weight_decay)
    path = []
    for _ in range(20):
        optimiser.zero_grad()
        F.mse_loss(x @ leaf, y).backward()
        optimiser.step()
        path.append(leaf.detach().reshape(-1).tolist())
    return {"x": plain(x), "y": plain(y), "start": plain(w), "lr": 0.01, "weightDecay": weight_decay, "path": path}


print(
    json.dumps(
        {
            "torch": torch.__version__,
            "cases": {name: record(*case) for name, case in CASES.items()},
            "adam": {"plain": adam_path(0.0), "decayed": adam_path(0.1)},
        },
        indent=0,
    )
)
