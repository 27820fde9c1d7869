"""A language model, over the protocol of OpenAI that most servers for models speak.

    model      which one is configured, and whose machine it runs on
    asking     a question and its answer, by way of LangChain
    line       the HTTP below it: bounded in time and size, and can be hung up
    refusals   what a server's refusals mean, in our errors

Whoever asks holds no transaction, and sends nothing a listener did not agree to: neither is known
here.
"""

from spotify_insights.llm.asking import Answer, Message, Schema, ask, load
from spotify_insights.llm.model import DEFAULT_MODEL, Mode, Model, configured

__all__ = [
    "DEFAULT_MODEL",
    "Answer",
    "Message",
    "Mode",
    "Model",
    "Schema",
    "ask",
    "configured",
    "load",
]
