"""Chooses Keras' backend before anything imports Keras, and one thread for PyTorch."""

import os

import torch

os.environ["KERAS_BACKEND"] = "torch"
torch.set_num_threads(1)
