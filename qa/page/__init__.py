"""The web page: with `app.py`, the only part that imports Gradio."""

import os

# Gradio reads this once, when it is first imported; `qa` has already set the hub offline.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
