"""The rules of the layout, read off the imports: app → qa → embeddings, and who imports what."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shell import imported

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("qa/**/*.py"), *ROOT.glob("embeddings/**/*.py"), ROOT / "app.py"])
ONLY_IN = {
    "faiss": {"embeddings/vectors.py", "embeddings/candidates.py"},
    "torch": {"embeddings/transformer.py", "embeddings/exporting.py"},
    "onnxruntime": {"embeddings/onnx.py"},
    "platformdirs": {"embeddings/onnx.py"},
    "sentence_transformers": {"embeddings/transformer.py", "embeddings/exporting.py"},
    "transformers": {"embeddings/transformer.py"},
    "filelock": {"qa/locking.py"},
    "watchfiles": {"qa/watching.py"},
    "markdown_it": {"qa/reading/markdown.py"},
    "charset_normalizer": {"qa/reading/decoding.py"},
    "olefile": {"qa/reading/ole.py"},
    "pypdfium2": {"qa/reading/pdf/pdfium.py"},
    "python_calamine": {"qa/reading/sheets.py"},
    "subprocess": {"qa/reading/workers.py", "embeddings/onnx.py"},
    "nupunkt": {"qa/partition.py"},
    "Stemmer": {"qa/folding.py"},
    "ir_measures": {"qa/evaluation/metrics.py"},
    "rich": {"qa/terminal.py"},
    "mcp": {"qa/mcp_server.py"},
}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    packages = {module.split(".")[0] for module in imports(path)}
    if name.startswith("embeddings/"):
        assert not packages & {"qa", "app"}
    assert "app" not in packages
    if not name.startswith("qa/page/") and name != "app.py":
        assert "gradio" not in packages
        assert (
            not any(module.startswith("qa.page") for module in imports(path))
            or name == "qa/commands.py"
        )
    if name.startswith("qa/reading/"):
        inner = {module for module in imports(path) if module.startswith("qa")}
        allowed = ("qa.reading", "qa.types", "qa.errors", "qa.flat")
        assert all(module.startswith(allowed) for module in inner)
    for package, home in ONLY_IN.items():
        assert package not in packages or name in home
    assert "sqlite3" not in packages or name.startswith(("qa/catalog/", "qa/conversations.py"))


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["evaluate", "--help"]])
def test_help_waits_for_nothing_heavy(arguments: list[str]) -> None:
    loaded, printed = imported(arguments)
    assert not loaded & {"numpy", "torch", "faiss", "gradio", "sqlite3", "rich", "watchfiles"}
    assert "usage: qa" in printed


def test_nothing_is_pickled() -> None:
    assert not [path for path in MODULES if {"pickle", "shelve", "marshal"} & imports(path)]


def test_the_hub_is_offline_before_anything_is_imported() -> None:
    code = "import os, qa; assert os.environ['HF_HUB_OFFLINE'] == '1'"
    subprocess.run([sys.executable, "-c", code], check=True, env={"HF_HUB_OFFLINE": "0"})
