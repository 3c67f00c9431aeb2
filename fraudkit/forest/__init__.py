"""The Isolation Forest that ranks, explains and learns: pure computation, no input or output."""

from fraudkit.forest.feedback import LearningSettings
from fraudkit.forest.forest import Explanation, Forest
from fraudkit.forest.warm import warm_up

__all__ = ["Explanation", "Forest", "LearningSettings", "warm_up"]
