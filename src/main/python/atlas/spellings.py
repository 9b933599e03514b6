"""How checkpoints spell and lay out a class: what export_skeleton.py writes of it, as far as no config decides it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from export_skeleton import Exporter, Unrecordable


class Spellings(Exporter):
    """Of a model on the meta device."""

    def __init__(self, model):
        self.model, self.renamings, self.conversions = model, [], []
        self.spellings(self.renamings, self.conversions)

    def note(self, text):
        """What cannot be said is not: a checkpoint that is stored so does not agree with the description."""

    def operation(self, o, transform, count):
        if type(o).__name__ == "PermuteForRope":
            raise Unrecordable("depends on sizes")
        return super().operation(o, transform, count)
