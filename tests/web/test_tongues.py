"""Languages: catalogues are whole and in step, the right one is chosen, and no template holds bare text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from spotid import web
from spotid.translations import catalogues, gather
from spotid.web import tongues

ROOT = Path(__file__).resolve().parents[2]
# Names, keys and signs: the same in every language.
BARE = {
    *("SpotID", "Esc", "Enter", "Del", "Delete", "Space", "Shift", "Ctrl", "km", "km/h", "MB", "px", "id", "CSV"),
    *("Page up", "Page down", "PgDn", "Alt"),
    *("https", "http", "KEN"),  # how an address begins; a country by ISO 3166
}
CODE = re.compile(r"\{#.*?#\}|\{%-?\s*(trans\b.*?endtrans|block width.*?endblock)\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}", re.S)
SHOWN = ("title", "alt", "placeholder", "aria-label", "label")
WORD = re.compile(r"(?<![\w/.-])(?:" + "|".join(sorted(BARE, key=len, reverse=True)) + r")(?![\w/-])")
LETTERS = re.compile(r"[A-Za-z]{2,}")


@pytest.fixture(scope="module")
def texts() -> list[gather.Text]:
    return gather.gather()


def test_every_text_is_in_every_catalogue_and_what_is_compiled_is_in_step() -> None:
    assert catalogues.faults() == []


def test_the_faults_of_a_catalogue_are_seen() -> None:
    texts = [
        gather.Text("seen, row {row}", "", "static/js/a.js:1"),
        gather.Text("{n} zebra", "{n} zebras", "static/js/a.js:2"),
    ]
    kept = catalogues.merged("es", texts)
    assert len(catalogues.incomplete("es", kept)) == 2, "nothing is translated yet"
    kept.get("seen, row {row}").string = "visto, fila {fila}"
    kept.get("{n} zebra").string = ("{n} cebra", "")
    told = catalogues.incomplete("es", kept)
    assert any("other values" in one for one in told) and any("not translated" in one for one in told)
    kept.get("seen, row {row}").string = "visto, fila {row}"
    kept.get("{n} zebra").string = ("{n} cebra", "{n} cebras")
    assert catalogues.incomplete("es", kept) == []
    kept.get("seen, row {row}").flags.add("fuzzy")
    assert any("doubtful" in one for one in catalogues.incomplete("es", kept))


@pytest.mark.parametrize(
    ("header", "cookie", "lang"),
    [
        ("", "", "en-GB"),
        ("es-MX,es;q=0.9,en;q=0.8", "", "es"),
        ("fr-CA", "", "fr"),
        ("de,fr;q=0.5,en;q=0.3", "", "fr"),
        ("sw", "", "en-GB"),
        ("es", "fr", "fr"),
        ("es", "en", "en-GB"),
        ("es", "../../etc", "es"),
    ],
)
def test_the_language_is_the_persons(client, header: str, cookie: str, lang: str) -> None:
    if cookie:
        client.set_cookie(tongues.COOKIE, cookie)
    text = client.get("/", headers={"Accept-Language": header}).get_data(as_text=True)
    assert f'<html lang="{lang}"' in text
    assert 'data-language="fr" lang="fr"' in text


def test_sentences_of_the_program_follow_and_what_has_values_in_it_says_that_it_is_english(app, client) -> None:
    spanish = {"Accept-Language": "es"}
    known = client.get("/project/0/", headers=spanish).get_data(as_text=True)
    assert tongues.say("This project is not open.", "es") in known and "This project is not open." not in known
    told = client.get("/api/project/0/job", headers=spanish).get_json()["error"]
    assert told["sentence"] == tongues.say("This project is not open.", "es") != "This project is not open."
    english = client.get("/api/project/0/job").get_json()["error"]
    assert english["sentence"] == "This project is not open."


def test_sentences_with_values_are_known_by_their_shape(client) -> None:
    told = client.get("/api/browse?path=/no such folder", headers={"Accept-Language": "fr"}).get_json()["error"]
    assert told == {
        **{
            "code": "not-found",
            "sentence": "Il n’y a pas de dossier « /no such folder ».",
            "advice": "Vérifiez le chemin.",
        }
    }
    assert tongues.say("There is no folder “{0} “ \\1 %(x)s”.", "es") == "No existe la carpeta “{0} “ \\1 %(x)s”."
    assert tongues.say("Nobody wrote this sentence.", "es") == "Nobody wrote this sentence."


@pytest.mark.parametrize(("header", "lang"), [("es", "en"), ("en", None)])
def test_a_sentence_that_is_in_no_catalogue_is_marked_as_english(app, header: str, lang: str | None) -> None:
    for path in ("/api/nothing", "/nothing"):
        with app.test_request_context(path, headers={"Accept-Language": header}):
            told, status = web._error("unknown", "Nobody wrote this sentence.", "", 400)
            assert status == 400
            if isinstance(told, str):
                assert ('<h1 lang="en">' in told) == (lang == "en")
            else:
                assert told.get_json()["error"].get("lang") == lang


def test_sentences_that_the_program_put_together_are_known_one_by_one() -> None:
    one, other = "The model “a” needs torch, which this SpotID came without.", "There is no model “b”."
    told = tongues.say(f"{one} {other} {one}", "es")
    assert told == f"{tongues.say(one, 'es')} {tongues.say(other, 'es')} {tongues.say(one, 'es')}"
    assert tongues.say(f"{other} Nobody wrote this.", "es") == f"{tongues.say(other, 'es')} Nobody wrote this."
    assert tongues.say("There is no model “A. B”.", "es") == "No hay ningún modelo “A. B”.", "a name with a full stop"


def test_words_and_reasons_within_a_sentence_follow_and_names_do_not() -> None:
    assert "(codificador)" in tongues.say("This project works with the encoder “matcher”.", "es")
    assert "“matcher”" in tongues.say("This project works with the cut-out “matcher.pt”.", "es").replace(".pt", "")
    failed = "“a.pt” could not be fetched: {}."
    for why, said in (("host.org does not answer", "host.org ne répond pas"), ("EOF", "EOF")):
        assert tongues.say(failed.format(why), "fr").endswith(f": {said}.")


def test_every_word_that_stands_within_a_sentence_is_looked_up(texts: list[gather.Text]) -> None:
    from spotid.jobs import parts

    bare = [one.one for one in texts if one.place.startswith(gather.ON_THE_WAY) and one.one[0].islower()]
    assert bare and set(parts.WORDS.values()) | {one for one in bare if "{" not in one} == tongues.WITHIN


def test_what_is_said_of_models_and_profiles_is_gathered_and_looked_up(client, texts: list[gather.Text]) -> None:
    from spotid.profiles import load_profile
    from spotid.weights import shelf

    known = {one.one for one in texts}
    assert {one.about for one in shelf.models().values() if not one.own} <= known
    assert load_profile("leopard").title in known
    told = {
        one["name"]: one for one in client.get("/api/models", headers={"Accept-Language": "fr"}).get_json()["models"]
    }
    assert told["mobile-sam"]["about"].startswith("MobileSAM : dessine le contour")
    assert told["mobile-sam"]["licences"][0]["notice"].startswith("Libre pour tout usage.")


def test_a_name_from_the_disk_is_never_looked_up(app) -> None:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        told = tongues.told({"name": "Finished.", "sentence": "Finished.", "rows": [{"path": "At work."}]})
    assert told["name"] == "Finished." and told["rows"] == [{"path": "At work."}]
    assert told["sentence"] == "Terminé."


def test_numbers_are_written_as_each_language_writes_them(app) -> None:
    wanted = {"en": ("1,234", "12,345"), "es": ("1234", "12.345"), "fr": ("1\u202f234", "12\u202f345")}
    for code, (small, large) in wanted.items():
        with app.test_request_context(headers={"Accept-Language": code}):
            assert (tongues.thousands(1234), tongues.thousands(12345), tongues.thousands(None)) == (small, large, "0")


@pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*.html")), ids=lambda path: path.name)
def test_no_template_holds_bare_text(path: Path) -> None:
    found = Texts()
    found.feed(CODE.sub("", path.read_text(encoding="utf-8")))
    texts = [one for one in found.texts if not one.startswith("/project/")]  # macros that give an address
    assert [one for one in texts if LETTERS.search(WORD.sub("", one))] == []


class Texts(HTMLParser):
    """The texts of a page that a person reads: between the tags, and in the attributes that are shown or read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in SHOWN and value]


def test_no_translation_can_break_out_of_an_attribute() -> None:
    for language in catalogues.LANGUAGES:
        for message in catalogues.read(language):
            said = message.string if isinstance(message.string, tuple) else (message.string,)
            asked = str(message.id)
            for one in said:
                assert '"' not in one or '"' in asked, f"{language}: {one}"
                assert "<script" not in one.lower() and "javascript:" not in one.lower()
