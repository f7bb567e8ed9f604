"""Values and gradients of every operator of packages/graph, from PyTorch in float64.

Run: python3 tools/oracles/torch_ops.py > packages/graph/test/golden/ops.json   (recorded with PyTorch 1.13, seed below)
Inputs are rounded to float32, so that both sides start from the same numbers. For each case the gradients are those of
sum(output * weight) with a fixed random weight. The names are those of packages/graph/test/operator-cases.ts.
"""
import json

import torch
import torch.nn.functional as F

from torch_record import normal, plain, positive, record

torch.manual_seed(20240117)
torch.set_default_dtype(torch.float64)


def attention_bag(x, trunk, trunk_bias, content, gate, score, head, label):
    h = torch.relu(x @ trunk + trunk_bias)
    weight = torch.softmax((torch.tanh(h @ content) * torch.sigmoid(h @ gate)) @ score.t(), 0)
    return F.cross_entropy((weight.t() @ h) @ head, label)


def encoder_block(x, wq, wk, wv, gain, bias):
    q, k, v = (F.layer_norm(x, (6,), gain, bias) @ w for w in (wq, wk, wv))
    heads = [t.reshape(5, 2, 3).transpose(0, 1) for t in (q, k, v)]
    mixed = torch.softmax(heads[0] @ heads[1].transpose(1, 2) / 3**0.5, -1) @ heads[2]
    return x + mixed.transpose(0, 1).reshape(5, 6)


def away(*shape):
    """Values that keep clear of 0 and of each other's size, for windows and borders."""
    return (torch.randperm(int(torch.tensor(shape).prod())).reshape(shape) / 7.0 - 1.3).float().double()


def batch_norm(x, mean, variance, gain, bias):
    """PyTorch's own gives no gradient to the statistics."""
    m, v, g, b = (t[:, None, None] for t in (mean, variance, gain, bias))
    return (x - m) / (v + 1e-5).sqrt() * g + b


def batch_norm_of_fit(x, gain, bias):
    return F.batch_norm(x, None, None, gain, bias, training=True)


PLACES = torch.tensor([[0, 2, 2], [1, 0, 3]])
SEEN = torch.tensor([[True, True, False, True], [False, False, False, False], [True, False, True, True]])
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


cases = {name: record(*case) for name, case in CASES.items()}
adam = {"plain": adam_path(0.0), "decayed": adam_path(0.1)}

# Drawn after all the others, so that theirs stay what they were.
LATER = {
    "reciprocal": (torch.reciprocal, [positive(3, 4)]),
    "pow": (lambda a: a**2.5, [positive(3, 4)]),
    "powOfTensor": (lambda a, b: a**b, [positive(3, 4), normal(4)]),
    "sin": (torch.sin, [normal(3, 4)]),
    "cos": (torch.cos, [normal(3, 4)]),
    "erf": (torch.erf, [normal(3, 4)]),
    "logSigmoid": (F.logsigmoid, [normal(3, 4) * 40]),
    "log1p": (torch.log1p, [torch.tensor([-0.9, -1e-3, -1e-7, 1e-9, 0.0, 1e-5, 0.3, 50.0]).float().double()]),
    "expm1": (torch.expm1, [torch.tensor([-30.0, -0.6, -1e-3, -1e-7, 1e-9, 0.0, 1e-5, 0.3, 3.0]).float().double()]),
    "clip": (lambda a: torch.clamp(a, -0.5, 0.75), [normal(4, 5)]),
    "softmaxMasked": (lambda a: torch.nan_to_num(torch.softmax(a.masked_fill(~SEEN, -torch.inf), 1)), [normal(3, 4)]),
    "logSumExpMasked": (
        lambda a: torch.logsumexp(a.masked_fill(~SEEN[:, :3], -torch.inf)[[0, 2]], 1), [normal(3, 3)]
    ),
    "logSumExpOfAxes": (lambda a: torch.logsumexp(a, (0, 2)), [normal(2, 3, 4)]),
    "matmulShared": (lambda a, b: a @ b, [normal(3, 4), normal(2, 2, 4, 5)]),
    "matmulStretched": (lambda a, b: a @ b, [normal(2, 1, 3, 4), normal(5, 4, 2)]),
    "linearOfVector": (lambda x, w, b: x @ w + b, [normal(4), normal(4, 5), normal(5)]),
    "stack": (lambda a, b: torch.stack([a, b, a], 1) ** 2, [normal(2, 3), normal(2, 3)]),
    "split": (lambda a: a[:, :2].exp().sum() + (a[:, 2:] ** 2).sum(), [normal(3, 5)]),
    "repeat": (lambda a: a.repeat(1, 3) ** 2, [normal(2, 3)]),
    "reverse": (lambda a: a.flip(1) ** 3, [normal(2, 4)]),
    "reflect": (lambda a: F.pad(a, (2, 3), mode="reflect") ** 2, [normal(2, 4)]),
    "pad": (lambda a: F.pad(a, (1, 2), value=0.5) ** 2, [normal(2, 3)]),
    "cumSum": (lambda a: a.cumsum(1) ** 2, [normal(3, 4)]),
    "cumSumReversed": (lambda a: (a.flip(0).cumsum(0).flip(0) - a) ** 2, [normal(3, 4)]),
    "logCumSumExp": (lambda a: torch.logcumsumexp(a, 0), [normal(6) * 60]),
    "logCumSumExpReversed": (lambda a: torch.logcumsumexp(a.flip(0), 0).flip(0), [normal(6) * 60]),
    "gatherElements": (lambda a: a.gather(1, PLACES) ** 2, [normal(2, 4)]),
    "scatterAdd": (lambda a: torch.zeros(2, 4).scatter_add(1, PLACES, a) ** 2, [normal(2, 3)]),
    "mergeAxes": (lambda a: a.reshape(2, 12) ** 2, [normal(2, 3, 4)]),
    "splitAxis": (lambda a: a.reshape(2, 3, 2, 1) ** 2, [normal(2, 6, 1)]),
    "rmsNorm": (lambda x, g: x / (x.square().mean(-1, keepdim=True) + 1e-6).sqrt() * g, [normal(3, 6), normal(6)]),
    "l2Normalise": (lambda x: F.normalize(x, dim=-1), [normal(3, 6)]),
    "batchNorm": (batch_norm, [normal(2, 3, 2, 2), normal(3), positive(3), normal(3), normal(3)]),
    "batchNormOfFit": (batch_norm_of_fit, [normal(5, 3), normal(3), normal(3)]),
    "conv1d": (lambda x, w, b: F.conv1d(x, w, b, padding=1), [normal(2, 3, 7), normal(4, 3, 3), normal(4)]),
    "conv1dDilated": (lambda x, w: F.conv1d(x, w, dilation=2), [normal(2, 3, 9), normal(4, 3, 3)]),
    "conv1dDepthwise": (lambda x, w: F.conv1d(x, w, padding=2, groups=3), [normal(1, 3, 8), normal(3, 1, 5)]),
    "conv2d": (lambda x, w, b: F.conv2d(x, w, b, padding=1), [normal(2, 3, 5, 6), normal(4, 3, 3, 3), normal(4)]),
    "conv2dStrided": (
        lambda x, w: F.conv2d(x, w, stride=(2, 3), padding=(1, 2), dilation=(1, 2)),
        [normal(2, 2, 8, 11), normal(3, 2, 3, 3)],
    ),
    "conv2dGrouped": (
        lambda x, w: F.conv2d(x, w, stride=2, padding=1, groups=2), [normal(2, 4, 6, 7), normal(6, 2, 3, 3)]
    ),
    "conv2dDepthwise": (lambda x, w: F.conv2d(x, w, padding=2, groups=3), [normal(2, 3, 5, 6), normal(6, 1, 5, 5)]),
    "conv2dBand": (lambda x, w: F.conv2d(x, w, padding=(2, 0), groups=3), [normal(2, 3, 7, 8), normal(3, 1, 5, 1)]),
    "maxPool": (lambda x: F.max_pool2d(x, 3, 2, 1), [away(2, 2, 5, 6)]),
    "meanPool": (lambda x: F.avg_pool2d(x, 2, 2), [normal(2, 2, 4, 6)]),
    "binaryCrossEntropy": (
        lambda a: F.binary_cross_entropy_with_logits(
            a, torch.tensor([[0.0, 1, 0.3, 1], [1, 0, 1, 0]]), reduction="none"
        ),
        [normal(2, 4) * 30],
    ),
}
cases |= {name: record(*case) for name, case in LATER.items()}
print(json.dumps({"torch": torch.__version__, "cases": cases, "adam": adam}, indent=0))
