"""PyTorch's side of the training-step benchmark: one long-lived process that answers lines on standard input.

First it says which torch, how many threads and which BLAS it runs on (read from its own memory map). Then for each line
{"n": tiles, "steps": count} it does that many gated-attention steps on a bag of n tiles and answers {"ms": [...]}.
Model, loss and optimiser are those of train-step.mjs.
"""
import json
import sys
import time

import torch

FEATURES, HIDDEN, ATTENTION, CLASSES = 1024, 512, 256, 2


def loaded(*words):
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "/" in line}
    return sorted(p for p in paths if any(w in p.rsplit("/", 1)[-1] for w in words))


class GatedAttention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = torch.nn.Linear(FEATURES, HIDDEN)
        self.content = torch.nn.Linear(HIDDEN, ATTENTION)
        self.gate = torch.nn.Linear(HIDDEN, ATTENTION)
        self.score = torch.nn.Linear(ATTENTION, 1)
        self.head = torch.nn.Linear(HIDDEN, CLASSES)

    def forward(self, x):
        h = torch.relu(self.trunk(x))
        weight = torch.softmax(self.score(torch.tanh(self.content(h)) * torch.sigmoid(self.gate(h))), 0)
        return self.head(weight.t() @ h)


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(1)
    model = GatedAttention()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-4)
    label = torch.tensor([1])
    bags = {}
    probe = torch.randn(64, 64) @ torch.randn(64, 64)
    assert probe.shape == (64, 64)
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "blas": loaded("blas", "mkl", "gomp")}), flush=True)
    for line in sys.stdin:
        wish = json.loads(line)
        bag = bags.setdefault(wish["n"], torch.randn(wish["n"], FEATURES))
        times = []
        for _ in range(wish["steps"]):
            start = time.perf_counter()
            optimiser.zero_grad(set_to_none=True)
            torch.nn.functional.cross_entropy(model(bag), label).backward()
            optimiser.step()
            times.append(1000 * (time.perf_counter() - start))
        print(json.dumps({"ms": times}), flush=True)


main()
