"""Tokens are encrypted for their place alone, and the operator can change the key while the bot runs."""

import secrets
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.__main__ import main
from bot.coach import installing
from bot.core.errors import CommandError
from bot.core.installation import Installation
from bot.ops import upkeep
from bot.store import installations, open_store
from bot.store.schema import installation
from bot.token_keys import TokenKeys, UnknownKey, new_key
from tests.coach.members import NOW

OLD, NEW = "old:" + "A" * 43, "new:" + "B" * 43
SECRET = "xoxb-canary"
ROOT = Path(__file__).parent.parent


def test_a_token_comes_back_from_its_own_place_unless_it_was_copied_elsewhere_or_changed() -> None:
    known = TokenKeys(OLD)
    hidden = known.encrypt("T1", "token", SECRET)
    assert known.decrypt("old", "T1", "token", hidden) == SECRET
    assert "canary" not in hidden
    assert known.encrypt("T1", "token", SECRET) != hidden, "nobody can tell that two are the same"
    other = "A" if hidden[20] != "A" else "B"
    changed = (hidden[:20] + other + hidden[21:], hidden[:-8], "", "é")
    copied = (("T2", "token", hidden), ("T1", "refresh_token", hidden))
    for case in (*copied, *(("T1", "token", broken) for broken in changed)):
        with pytest.raises(UnknownKey):
            known.decrypt("old", *case)


def test_a_new_key_is_what_the_setting_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "new"]) == 0
    printed = capsys.readouterr().out.strip()
    made = TokenKeys(printed)
    assert made.decrypt(made.first, "T1", "token", made.encrypt("T1", "token", SECRET)) == SECRET
    assert new_key() != printed


async def test_all_tokens_move_to_the_first_key(migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "AT_ONCE", 2)  # so that five workspaces take several transactions
    texts = await _install(migrated_sqlite, TokenKeys(OLD), 5)
    with pytest.raises(CommandError, match="lacks the key `old`"):
        await upkeep.rotate(migrated_sqlite, NEW)
    with pytest.raises(CommandError, match=r"The key `old` .* does not decrypt"):
        await upkeep.rotate(migrated_sqlite, f"old:{'C' * 43}")
    assert await upkeep.rotate(migrated_sqlite, f"{NEW},{OLD}") == 5
    assert await upkeep.rotate(migrated_sqlite, f"{NEW},{OLD}") == 0
    store, new = open_store(migrated_sqlite), TokenKeys(NEW)
    for workspace_id, text in texts.items():
        found = await store.read(installations.find, workspace_id)
        assert found is not None
        assert new.token(found) == text
        assert new.refresh_token(found) == f"r-{text}"
    assert await store.read(installations.key_ids) == {"new": 5}
    await store.close()


async def test_a_damaged_token_is_named_and_holds_up_no_other(migrated_sqlite: str) -> None:
    await _install(migrated_sqlite, TokenKeys(OLD), 3)
    store = open_store(migrated_sqlite)
    damage = update(installation).where(installation.c.workspace_id == "T0").values(token="AAAA")
    await store.write(lambda tx: tx.execute(damage))
    with pytest.raises(CommandError, match=r"The stored token of T0 is damaged.* 2 workspaces were changed"):
        await upkeep.rotate(migrated_sqlite, f"{NEW},{OLD}")
    assert await store.read(installations.key_ids) == {"new": 2, "old": 1}
    await store.close()


async def _install(address: str, known: TokenKeys, count: int) -> dict[str, str]:
    store, texts = open_store(address), {}
    for number in range(count):
        workspace_id, text = f"T{number}", f"xoxb-{secrets.token_hex(8)}"
        texts[workspace_id] = text
        sealed = known.seal(workspace_id, text, f"r-{text}")
        await store.write(
            installing.install, Installation(workspace_id, NOW, "UBOT", frozenset({"commands"}), sealed, NOW), NOW
        )
    await store.close()
    return texts
