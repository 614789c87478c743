"""PyTorch's side of the training bench: the original network, and the residual CRNN."""

import os
import sys

import torch
from torch import nn
from training_data import batches, load, serve_works

torch.set_num_threads(len(os.sched_getaffinity(0)))
torch.manual_seed(1)


class Original(nn.Module):
    """Time folded into the batch for the convolution, as one would write it."""

    def __init__(self):
        super().__init__()
        self.convolution, self.normalisation = nn.Conv1d(1, 32, 3, padding=1), nn.BatchNorm1d(32, eps=1e-3)
        self.lstm = nn.LSTM(640, 64, batch_first=True)
        self.head = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 8)
        )

    def forward(self, x):
        clips, frames, coefficients, _ = x.shape
        z = self.normalisation(torch.relu(self.convolution(x.reshape(clips * frames, 1, coefficients))))
        h, _ = self.lstm(z.reshape(clips, frames, 32 * coefficients))
        return self.head(h[:, -1])


def normalised(channels_in, channels, size, **options):
    padding = tuple(n // 2 for n in size)
    return nn.Sequential(
        nn.Conv2d(channels_in, channels, size, padding=padding, bias=False, **options), nn.BatchNorm2d(channels)
    )


class Residual(nn.Module):
    def __init__(self, channels_in, channels):
        super().__init__()
        self.first, self.second = (normalised(c, channels, (3, 3)) for c in (channels_in, channels))
        self.way = nn.Conv2d(channels_in, channels, 1, bias=False)

    def forward(self, x):
        return torch.relu(self.way(x) + self.second(torch.relu(self.first(x))))


class ResidualCrnn(nn.Module):
    """The network of lib/models/convolutional: values and their slopes, residual convolutions, a GRU both ways, attention."""

    def __init__(self, width=24):
        super().__init__()
        self.images = nn.Sequential(
            normalised(2, width, (3, 3), stride=(1, 2)), nn.ReLU(), nn.MaxPool2d(2),
            Residual(width, 2 * width), nn.MaxPool2d(2), nn.Dropout2d(0.1),
            Residual(2 * width, 4 * width), nn.MaxPool2d((1, 2)), nn.Dropout2d(0.1),
        )  # fmt: skip
        self.frames = nn.Sequential(nn.Conv1d(16 * width, 96, 1, bias=False), nn.BatchNorm1d(96), nn.ReLU(), nn.Dropout(0.2))
        self.gru = nn.GRU(96, 48, batch_first=True, bidirectional=True)
        self.attention = nn.Sequential(nn.Conv1d(192, 32, 1), nn.Tanh(), nn.Conv1d(32, 192, 1))
        self.head = nn.Sequential(nn.BatchNorm1d(384), nn.Dropout(0.4), nn.Linear(384, 8))

    def forward(self, x):
        x = x.permute(0, 3, 1, 2)
        slopes = nn.functional.pad(x[:, :, 2:] - x[:, :, :-2], (0, 0, 1, 1))
        z = self.images(torch.cat([x, slopes], 1))
        clips, channels, frames, bands = z.shape
        z = self.frames(z.permute(0, 1, 3, 2).reshape(clips, channels * bands, frames))
        g, _ = self.gru(z.transpose(1, 2))
        h = torch.cat([z, g.transpose(1, 2)], 1)
        w = torch.softmax(self.attention(h), 2)
        mean = (w * h).sum(2)
        return self.head(torch.cat([mean, ((w * h * h).sum(2) - mean**2).clamp_min(1e-5).sqrt()], 1))


tasks = load(sys.argv[1])
models = {"original": Original(), "residualCrnn": ResidualCrnn()}


def stepper(name):
    model, task = models[name], tasks[name]
    rows, labels = torch.tensor(task["rows"]), torch.tensor(task["labels"]).long()
    optimizer = torch.optim.Adam(model.parameters(), 0.001)
    order = batches(task)

    def step():
        model.train()
        batch = torch.tensor(next(order))
        loss = nn.functional.cross_entropy(model(rows[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def predict(count):
    rows = torch.tensor(tasks["original"]["rows"][:count])

    def work():
        models["original"].eval()
        with torch.no_grad():
            return [torch.softmax(models["original"](part), 1) for part in rows.split(512)]

    return work


parameters = {name: sum(p.numel() for p in model.parameters()) for name, model in models.items()}
works = {"original": stepper("original"), "residualCrnn": stepper("residualCrnn"), "one": predict(1), "many": predict(None)}
serve_works({"torch": torch.__version__, "parameters": parameters}, works)
