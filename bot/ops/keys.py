"""Change the keys that encrypt the workspaces' tokens, for the operator: `python -m bot keys`."""

from bot.coach import installing
from bot.store import installations, open_store
from bot.token_keys import TokenKeys, UnknownKey, new_key

AT_ONCE = 50  # workspaces in one transaction

__all__ = ["CannotRotate", "new_key", "rotate"]


class CannotRotate(Exception):
    """Some tokens stay under their old key; the text says why and what to do."""


async def rotate(url: str, setting: str) -> int:
    """Encrypt all tokens under the first key of the setting. Return how many workspaces changed.

    Raise CannotRotate or WrongSchema.

    The bot may run meanwhile, if all its processes know both keys.
    """
    keys, store, changed, after = TokenKeys(setting), open_store(url), 0, ""
    try:
        await store.check_schema()
        keys.check(await store.read(installations.for_each_key))
        while ids := await store.write(installing.change_keys, keys.first, after, AT_ONCE, keys.reseal):
            changed, after = changed + len(ids), ids[-1]
    except UnknownKey as error:
        raise CannotRotate(
            f"{error}. {changed} workspaces were changed before that. Set the right key, and try again."
        ) from error
    else:
        return changed
    finally:
        await store.close()
