"""The words of what somebody writes, in one form each: small letters, short forms in full, no endings."""

import re
import unicodedata
from functools import lru_cache
from itertools import chain

LIGHT = frozenset(  # these say nothing by themselves
    "i me my mine we us our ours you your yours it its this that these those a an the is am are was were be been being "
    "have has had do does to of for in on at with and or so as if then than by from into about there here will would "
    "can could should shall may might must want need get got getting give gave let go take took make some any just "
    "please hey hi hello really very also too now quite bit like lol haha ok okay well um oh ah hm hmm actually "
    "honestly literally basically simply totally completely maybe perhaps think guess kind sort sorry thanks all both "
    "each only even still already yet yes yeah yep yup man dude guys mate buddy "
    "going goes gone went doing making makes taking takes gets wanted wants wanting needs needed needing tried try "
    "trying keep keeps look looks looking seem seems seemed come comes coming came put puts rn phew probably obviously "
    "hopefully own always ever these those being lets such able though anyway somehow btw fyi".split()
)
ASKING = frozenset("how what why when where which who not".split())  # many ask the same with different ones of them
OF_TIPS = frozenset("tip exercise task step lesson assignment one thing stuff coach bot slack roleshift team".split())
TIMES = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun today tomorrow yesterday tonight "
    "morning afternoon evening noon lunch day week month year weekend monday tuesday wednesday thursday "
    "friday saturday sunday january february march april june july august september october november december next "
    "last until till before after since again ago later soon finally half past am pm second third first few couple "
    "st nd rd th while".split()
)
# What Slack writes is about AI, however it is put.
OF_AI = frozenset(
    "ai llm llms prompt prompts prompting model models token tokens agent agents agentic chatbot chatbots assistant "
    "copilot gpt chatgpt claude gemini cursor rag embedding embeddings hallucination hallucinations hallucinate "
    "hallucinates context eval evals chunk chunks chunking retrieval inference injection jailbreak mcp".split()
)
WORKERS = frozenset(  # beside the names of roles; who asks about a career names one of these
    "me us human staff workforce worker employee team department headcount job position profession "
    "career colleague junior freelancer trabajo puesto empleo equipo arbeit arbeitsplatz stelle beruf mensch emploi "
    "poste travail métier emprego trabalho vaga".split()
)
# A line may begin with these before it says what it says.
LEAD = frozenset("hey hi hello ok okay so well and just also now today finally already have i am we yes".split())
BARE = frozenset(  # in short forms they are left out, or they change nothing
    "a an the is am are just really so very honestly literally actually totally completely simply even".split()
)
LAUGHS = frozenset("lol lmao rofl jk haha hahaha 😅 😂 🤣 💀 😆 😜 🙃 :joy: :skull: :sweat_smile: :rofl:".split())
SHORT = {
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "thx": "thanks", "ty": "thanks", "k": "ok",
    "im": "i am", "ive": "i have", "youre": "you are", "whats": "what is", "wheres": "where is", "hows": "how is",
    "whos": "who is", "thats": "that is", "theres": "there is", "lets": "let us", "cannot": "can not", "w": "with",
    "cant": "can not", "wont": "will not", "dont": "do not", "doesnt": "does not", "didnt": "did not", "isnt": "is not",
    "arent": "are not", "wasnt": "was not", "havent": "have not", "hasnt": "has not", "couldnt": "could not",
    "wouldnt": "would not", "shouldnt": "should not", "aint": "is not", "gonna": "going to", "wanna": "want to",
    "gotta": "got to", "gimme": "give me", "lemme": "let me", "min": "minutes", "mins": "minutes",
    "hrs": "hours", "tmrw": "tomorrow", "tmr": "tomorrow", "idk": "i do not know", "dunno": "do not know",
    "wdym": "what do you mean", "smth": "something", "sth": "something", "ppl": "people", "abt": "about",
    "bc": "because", "cuz": "because", "msg": "message", "msgs": "messages", "nope": "no", "nah": "no", "using": "use",
    "used": "use", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40",
    "learnt": "learned",
}  # fmt: skip
CUT = {
    "can't": "can not", "won't": "will not", "n't": " not", "'m": " am", "'re": " are", "'ve": " have", "'ll": " will",
    "'d": " would", "'s": "", "'": "",
}  # fmt: skip
ENDINGS = {"ing": 3, "ed": 3, "es": 3, "s": 2, "ly": 4, "e": 3}  # and how many letters must be left
MAX_WORDS = 100  # of a text; later ones are ignored
MAX_KNOWN = 4_096  # words whose forms are remembered
_REPEATED = re.compile(r"(.)\1{2,}")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_EMOJI = re.compile(r":([a-z+-][a-z0-9_+-]*):")


def words_of(text: str, most: int = MAX_WORDS) -> list[str]:
    """Return the words of a text; if it has none, its emoji, or its question mark."""
    plain = text.casefold().replace("\u2019", "'").replace("`", "'")
    emoji = list[str]()
    if ":" in plain:
        emoji, plain = _EMOJI.findall(plain), _EMOJI.sub(" ", plain)
    if not plain.isascii():
        emoji += [sign for sign in plain if unicodedata.category(sign) == "So"]
    for cut, whole in CUT.items() if "'" in plain else ():
        plain = plain.replace(cut, whole)
    words = list(chain.from_iterable(map(_in_full, _WORD.findall(plain)[:most])))
    return words or emoji or ["?"] * ("?" in plain)


@lru_cache(MAX_KNOWN)
def _in_full(word: str) -> tuple[str, ...]:
    """Return what a word is short for, without letters that are repeated for stress: `soooo` is `so`."""
    once = _REPEATED.sub(r"\1", word)
    return tuple(SHORT.get(once, once).split())


@lru_cache(MAX_KNOWN)
def stem(word: str) -> str:
    """Return a word without its endings, the same for `finish`, `finished` and `finishing`."""
    return _shorter(_shorter(word))


def _shorter(word: str) -> str:
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    for ending, least in ENDINGS.items():
        left = word.removesuffix(ending)
        if left != word and len(left) >= least and not word.endswith(("ss", "us", "is", "eed")):
            is_doubled = len(left) > 3 and left[-1] == left[-2] and left[-1] not in "aeiouls"
            return left[:-1] if is_doubled else left
    return word
