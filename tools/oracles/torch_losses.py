"""Values and gradients of the losses of packages/models, from PyTorch in float64, written out from their papers.

Run: /usr/bin/python3 tools/oracles/torch_losses.py > packages/models/test/golden/losses.json   (PyTorch 1.13, seed below)
The names are those of packages/models/test/loss/losses.golden.test.ts.
"""
import json

import torch
import torch.nn.functional as F

from torch_record import normal, record

torch.manual_seed(20240119)
torch.set_default_dtype(torch.float64)

YES = torch.tensor([[0.0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 1, 1]])
CLASSES = torch.tensor([2, 0, 1, 3])
GROUPS = torch.tensor([0, 1, 0, 2, 1, 0])
SAME = (GROUPS[:, None] == GROUPS[None, :]).double()
BELONGS = torch.tensor([[1.0, 0, 0, 1, 1], [0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [1, 1, 1, 1, 1]])


def focal(logits, focus):
    p = torch.softmax(logits, 1)[torch.arange(4), CLASSES]
    return (-((1 - p) ** focus) * p.log()).mean()


def focal_binary(logits, focus):
    p = torch.sigmoid(logits)
    p = torch.where(YES == 1, p, 1 - p)
    return -((1 - p) ** focus) * p.log()


def asymmetric(logits, present, absent, margin):
    p = torch.sigmoid(logits)
    q = (p - margin).clamp(min=0)
    return -(YES * (1 - p) ** present * p.log() + (1 - YES) * q**absent * (1 - q).log())


def info_nce(a, b, temperature):
    cosines = F.normalize(a, dim=1) @ F.normalize(b, dim=1).t() / temperature
    own = torch.arange(len(a))
    return (F.cross_entropy(cosines, own) + F.cross_entropy(cosines.t(), own)) / 2


def supervised_contrast(anchors, candidates, positive, temperature, within):
    cosines = F.normalize(anchors, dim=1) @ F.normalize(candidates, dim=1).t() / temperature
    total = 0.0
    rows = [i for i in range(len(anchors)) if (positive[i].sum() - within) > 0]
    for i in rows:
        seen = [j for j in range(len(candidates)) if not (within and i == j)]
        among = torch.logsumexp(cosines[i, seen], 0)
        good = [j for j in seen if positive[i, j] == 1]
        total = total - sum(cosines[i, j] - among for j in good) / len(good)
    return total / len(rows)


def distillation(student, teacher, temperature):
    ours = F.log_softmax(student / temperature, 1)
    return temperature**2 * F.kl_div(ours, F.softmax(teacher.detach() / temperature, 1), reduction="batchmean")


TEACHER = normal(3, 4)
CASES = {
    "focalCrossEntropy": (lambda x: focal(x, 2.0), [normal(4, 4)]),
    "focalBinaryCrossEntropy": (lambda x: focal_binary(x, 1.5), [normal(3, 4) * 5]),
    "asymmetricLoss": (lambda x: asymmetric(x, 0.0, 4.0, 0.05), [normal(3, 4) * 4]),
    "asymmetricLossOfBoth": (lambda x: asymmetric(x, 1.0, 3.0, 0.2), [normal(3, 4) * 2]),
    "huberLoss": (lambda x, y: F.huber_loss(x, y, reduction="none", delta=0.7), [normal(4, 3), normal(4, 3)]),
    "cosineLoss": (lambda a, b: (1 - F.cosine_similarity(a, b)).mean(), [normal(4, 5), normal(4, 5)]),
    "infoNce": (lambda a, b, t: info_nce(a, b, t[0]), [normal(5, 4), normal(5, 4), torch.tensor([0.125])]),
    "supervisedContrast": (lambda z: supervised_contrast(z, z, SAME, 0.1, 1), [normal(6, 4)]),
    "supervisedContrastAcross": (
        lambda a, c: supervised_contrast(a, c, BELONGS, 0.25, 0), [normal(4, 3), normal(5, 3)]
    ),
    "distillationLoss": (lambda s: distillation(s, TEACHER, 3.0), [normal(3, 4)]),
}
cases = {name: record(*case) for name, case in CASES.items()}
teacher = TEACHER.reshape(-1).tolist()
print(json.dumps({"torch": torch.__version__, "teacher": teacher, "cases": cases}))
