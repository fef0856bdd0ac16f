"""The page with the texts and their facts says what is shipped."""

from pathlib import Path

from plein.casework.messages.actions.shipping import shipped_texts

PAGE = Path(__file__).resolve().parents[5] / "docs" / "look-up" / "messages.md"


def row(text: dict[str, object]) -> str:
    facts = [f"`{fact['key']}`{'?' if fact['optional'] else ''}" for fact in text["facts"]]  # type: ignore[attr-defined]
    private = "yes" if text["is_private"] else ""
    return f"| `{text['key']}` | {text['about']['en']} | {', '.join(facts)} | {private} |"  # type: ignore[index]


def test_every_shipped_text_stands_on_the_page_with_its_facts() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert [row(text) for text in shipped_texts() if row(text) not in page] == []
